import { TextField } from "../../../components/Field.tsx";
import { messageFor } from "../../../errors.ts";
import styles from "./Ledger.module.css";
import type { Days } from "./use-days.ts";

/** Asks for the first and the last day of a change. */
export function DaysFields({
  days: { from, to, setFrom, setTo, problem },
  error,
  aboutFrom = "In the user’s time zone.",
  aboutTo,
  isRequired = true,
}: {
  readonly days: Omit<Days, "read">;
  /** What the server has refused; null when nothing. */
  readonly error: unknown;
  /** What is said of the first day. */
  readonly aboutFrom?: string;
  /** What an empty last day means. */
  readonly aboutTo: string;
  /** Whether there must be a first day. */
  readonly isRequired?: boolean;
}) {
  return (
    <div className={styles.pair}>
      <TextField
        label="First day"
        hint={aboutFrom}
        type="date"
        value={from}
        onValue={setFrom}
        error={messageFor(error, "from")}
        required={isRequired}
      />
      <TextField
        label="Last day"
        hint={aboutTo}
        type="date"
        value={to}
        onValue={setTo}
        min={from}
        error={problem ?? messageFor(error, "to")}
      />
    </div>
  );
}
