import { type ReactNode, type SubmitEvent, useState } from "react";
import { PauseStreaksRequestSchema } from "#gen/streak/v1/ledger_service_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { DialogActions } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { toastDone } from "../../../components/Toast.tsx";
import { messageFor, messageForNone } from "../../../errors.ts";
import { lengthOf, limitsOf } from "../../../limits.ts";
import styles from "./Ledger.module.css";

/** The most characters of a reason, which is the same wherever a reason is asked for. */
const { maxLength } = limitsOf(PauseStreaksRequestSchema, "reason");

/** A form that decides something about streaks, for a reason. */
export interface DecisionFormProps {
  /** The fields of the decision, and the names that the server has for them. */
  readonly children?: ReactNode;
  readonly fields?: readonly string[];
  /** An example of a reason. */
  readonly example: string;
  /** Where the reason stays, in words; “the list” of decisions when not given. */
  readonly keptIn?: string;
  /** What the decision would change. */
  readonly preview: ReactNode;
  /** Whether the fields have all that is needed, and there is something to decide. */
  readonly isReady: boolean;
  readonly isMaking: boolean;
  /** What the server has refused last; null or undefined when nothing. */
  readonly error: unknown;
  /** The word on the button. */
  readonly label: string;
  /** Makes the decision, and returns what is said when it is made. Rejects with what the server refuses. */
  readonly make: (reason: string) => Promise<string>;
  readonly onClose: () => void;
}

/** Asks why, tells what would change, and makes the decision. */
export function DecisionForm(props: DecisionFormProps) {
  const {
    children,
    fields = [],
    example,
    keptIn = "the list",
    preview,
    isReady,
    isMaking,
    label,
    make,
    onClose,
  } = props;
  const [reason, setReason] = useState("");
  const trimmed = reason.trim();
  const error = messageForNone(props.error, [...fields, "reason"]);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    let done: string;
    try {
      done = await make(trimmed);
    } catch {
      // Whoever makes it has the error.
      return;
    }
    toastDone(done);
    onClose();
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      {children}
      <TextField
        label="Reason"
        hint={`It stays in ${keptIn}, for whoever asks later. Such as “${example}”.`}
        value={reason}
        onValue={setReason}
        error={messageFor(props.error, "reason")}
        maxLength={maxLength}
        autoComplete="off"
        required
      />
      {preview}
      {error !== undefined && <Notice kind="bad">{error}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          kind="primary"
          isBusy={isMaking}
          disabled={!isReady || trimmed === "" || lengthOf(trimmed) > maxLength}
        >
          {label}
        </Button>
      </DialogActions>
    </form>
  );
}
