import { useState } from "react";
import { GrantFreezesRequestSchema, LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { messageFor } from "../../../errors.ts";
import { limitsOf } from "../../../limits.ts";
import { numberProblem } from "../../../rules/problems.ts";
import { ChangeForm } from "./ChangeForm.tsx";
import { type ChangeDialogProps, newEntryId } from "./change.ts";
import { DaysFields } from "./DaysFields.tsx";
import styles from "./Ledger.module.css";
import { useChange } from "./use-change.ts";
import { useDays } from "./use-days.ts";

const { minimum, maximum } = limitsOf(GrantFreezesRequestSchema, "count");

interface GrantDialogProps extends ChangeDialogProps {
  /** The events whose streaks have freezes. */
  readonly events: readonly string[];
}

/** The dialog that grants a user freezes. */
export function GrantDialog(props: GrantDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="Grant freezes"
      about="The user gets them on the first day, on top of earned ones. Those of a day that is over cover what was missed since then."
    >
      <GrantForm {...props} />
    </Dialog>
  );
}

function GrantForm({ siteKey, user, today, events, onClose }: GrantDialogProps) {
  const [entryId] = useState(() => newEntryId("grant"));
  const [event, setEvent] = useState(events[0] ?? "");
  const [count, setCount] = useState("1");
  const days = useDays(today);
  const problem = numberProblem(count, minimum, maximum);
  const grant = { siteKey, userHashes: [user.userHash], entryId, event, count: Number(count) };
  const isReady = problem === undefined && days.read !== undefined;
  const change = useChange(LedgerService.method.grantFreezes, isReady ? { ...grant, ...days.read } : undefined);
  const { error } = change;

  return (
    <ChangeForm
      {...{ change, onClose }}
      fields={["event", "count", "from", "to"]}
      example="Sorry for the outage, ticket 4711"
      nothing="There is nothing to grant."
      unchanged="The user has no room for them, or gets them later."
      label="Grant"
      done="The freezes are granted."
    >
      <div className={styles.pair}>
        <SelectField
          label="Streak"
          value={event}
          onValue={setEvent}
          error={messageFor(error, "event")}
          options={events.map((value) => ({ value, label: value }))}
        />
        <TextField
          label="How many"
          hint={`${minimum} to ${maximum}. A user has room for ${maximum} granted ones.`}
          value={count}
          onValue={setCount}
          error={count.trim() === "" ? undefined : (problem ?? messageFor(error, "count"))}
          inputMode="numeric"
          autoComplete="off"
          required
        />
      </div>
      <DaysFields days={days} error={error} aboutTo="The last day that they can cover. Empty: they never expire." />
    </ChangeForm>
  );
}
