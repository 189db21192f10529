import { useMutation } from "@connectrpc/connect-query";
import { type SubmitEvent, useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Token } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog, DialogActions } from "../../../components/Dialog.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { problemOf } from "../../../errors.ts";
import styles from "../Settings.module.css";

/** How long the old secret goes on, in seconds, with the words of the form. */
const OVERLAPS = [
  { value: "0", label: "It ends at once" },
  { value: "3600", label: "An hour" },
  { value: "86400", label: "A day" },
  { value: "604800", label: "A week" },
  { value: "2592000", label: "30 days" },
] as const;

interface RotateTokenProps {
  /** Undefined while none is to be rotated. */
  readonly token: Token | undefined;
  readonly onClose: () => void;
  /** Is told the new secret. */
  readonly onSecret: (secret: string) => void;
}

/** The dialog that gives a token a new secret. */
export function RotateToken(props: RotateTokenProps) {
  const { token, onClose } = props;
  return (
    <Dialog
      isOpen={token !== undefined}
      onClose={onClose}
      title={`Rotate ${token?.name ?? "the token"}`}
      about="A new token with the same name and scopes takes its place. Sessions that were begun with the old one end with it."
    >
      {token !== undefined && <RotateForm {...props} token={token} />}
    </Dialog>
  );
}

function RotateForm({ token, onClose, onSecret }: RotateTokenProps & { readonly token: Token }) {
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]["value"]>("86400");
  const { mutateAsync, error, isPending } = useMutation(AdminService.method.rotateToken);

  async function rotate(event: SubmitEvent) {
    event.preventDefault();
    const made = await mutateAsync({ tokenId: token.id, overlapSeconds: Number(overlap) }).catch(() => undefined);
    if (made?.token?.secret !== undefined) {
      onClose();
      onSecret(made.token.secret);
    }
  }

  return (
    <form className={styles.secret} onSubmit={rotate}>
      <SelectField
        label="How long the old secret still works"
        value={overlap}
        onValue={setOverlap}
        options={OVERLAPS}
      />
      {error !== null && <Notice kind="bad">{problemOf(error).message}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" isBusy={isPending}>
          Rotate token
        </Button>
      </DialogActions>
    </form>
  );
}
