import { type SubmitEvent, useState } from "react";
import { AliasUserRequestSchema } from "#gen/streak/v1/admin_service_pb.ts";
import { Button } from "../../components/Button.tsx";
import { DialogActions } from "../../components/Dialog.tsx";
import { TextField } from "../../components/Field.tsx";
import { lengthOf, limitsOf } from "../../limits.ts";
import styles from "./LinkAlias.module.css";

const { maxLength } = limitsOf(AliasUserRequestSchema, "anonymousId");

/** Asks for the name to link. */
export function LinkName({
  userHash,
  initial,
  refusal,
  onChoose,
  onClose,
}: {
  readonly userHash: string;
  readonly initial: string;
  /** Why the server has refused the name before. */
  readonly refusal: string | undefined;
  readonly onChoose: (name: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(initial);
  const isUser = name === userHash;
  const error = isUser ? "This is the user itself." : name === initial ? refusal : undefined;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    onChoose(name);
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label="The other name"
        hint="Such as the anonymousId that the person’s events had before sign-in."
        value={name}
        onValue={setName}
        error={error}
        maxLength={maxLength}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={name === "" || isUser || lengthOf(name) > maxLength}>
          Continue
        </Button>
      </DialogActions>
    </form>
  );
}
