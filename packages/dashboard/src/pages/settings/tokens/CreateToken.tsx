import { useMutation } from "@connectrpc/connect-query";
import { type SubmitEvent, useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { Scope, TokenSchema } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog, DialogActions } from "../../../components/Dialog.tsx";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { Options } from "../../../components/Options.tsx";
import { messageFor, messageForNone } from "../../../errors.ts";
import { limitsOf } from "../../../limits.ts";
import { SCOPES } from "../../../scopes.ts";
import styles from "../Settings.module.css";
import { EXPIRIES, type Expiry, expireTimeOf } from "./expiry.ts";

interface CreateTokenProps {
  readonly siteKey: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Is told the secret of the new token. */
  readonly onSecret: (secret: string) => void;
}

/** The dialog that makes a token for a project. */
export function CreateToken(props: CreateTokenProps) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title="New token">
      <CreateForm {...props} />
    </Dialog>
  );
}

function CreateForm({ siteKey, onClose, onSecret }: CreateTokenProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>([Scope.EVENTS_RECORD]);
  const [expiry, setExpiry] = useState<Expiry>("never");
  const { mutateAsync, error, isPending } = useMutation(AdminService.method.createToken);
  const expireTime = expireTimeOf(expiry);
  const other = messageForNone(error, ["token.name"]);

  async function create(event: SubmitEvent) {
    event.preventDefault();
    const token = { name: name.trim(), siteKey, scopes: [...scopes], ...(expireTime && { expireTime }) };
    const made = await mutateAsync({ token }).catch(() => undefined);
    if (made?.token?.secret !== undefined) {
      onClose();
      onSecret(made.token.secret);
    }
  }

  return (
    <form className={styles.secret} onSubmit={create}>
      <TextField
        label="Name"
        hint="Who or what will use it. The audit log shows the name."
        value={name}
        onValue={setName}
        maxLength={limitsOf(TokenSchema, "name").maxLength}
        error={messageFor(error, "token.name")}
        placeholder="checkout server"
        autoComplete="off"
        required
      />
      <Options
        legend="Scopes"
        type="checkbox"
        options={SCOPES.map(({ scope, name, about }) => ({ value: scope, label: <code>{name}</code>, about }))}
        isChosen={(scope) => scopes.includes(scope)}
        onChange={(scope, isChosen) =>
          setScopes(isChosen ? [...scopes, scope] : scopes.filter((each) => each !== scope))
        }
      />
      <SelectField
        label="Expires"
        hint="A token that expires can’t make one that expires later."
        value={expiry}
        onValue={setExpiry}
        options={EXPIRIES}
      />
      {other !== undefined && <Notice kind="bad">{other}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" isBusy={isPending} disabled={name.trim() === "" || scopes.length === 0}>
          Create token
        </Button>
      </DialogActions>
    </form>
  );
}
