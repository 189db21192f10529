import { useState } from "react";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { isDate } from "../../../dates.ts";
import { messageFor } from "../../../errors.ts";
import { ChangeForm } from "./ChangeForm.tsx";
import { type ChangeDialogProps, newEntryId } from "./change.ts";
import { StreaksField } from "./StreaksField.tsx";
import { useChange } from "./use-change.ts";

/** What can be decided, with its words. */
const CHOICES = {
  out: {
    title: "Opt out of freezes",
    about: "Freezes cover nothing for the user from this day on. The user keeps them, and goes on earning them.",
    firstDay: "The first day that is not covered",
    nothing: "There is nothing to opt out of.",
    label: "Opt out",
    done: "The user has opted out.",
  },
  in: {
    title: "Opt in to freezes",
    about: "Freezes cover what the user misses again from this day on.",
    firstDay: "The first day that is covered again",
    nothing: "There is nothing to opt in to.",
    label: "Opt in",
    done: "The user has opted in.",
  },
} as const;

interface OptDialogProps extends ChangeDialogProps {
  readonly to: keyof typeof CHOICES;
  /** The events whose streaks have freezes. */
  readonly events: readonly string[];
}

/** The dialog that decides whether freezes cover anything for a user. */
export function OptDialog(props: OptDialogProps) {
  const { title, about } = CHOICES[props.to];
  return (
    <Dialog {...{ title, about }} isOpen={props.isOpen} onClose={props.onClose}>
      <OptForm {...props} />
    </Dialog>
  );
}

function OptForm({ siteKey, user, today, events, to, onClose }: OptDialogProps) {
  const { firstDay, nothing, label, done } = CHOICES[to];
  const [entryId] = useState(() => newEntryId(`opt-${to}`));
  const [event, setEvent] = useState<string>();
  const [from, setFrom] = useState(today);
  const choice = { siteKey, userHashes: [user.userHash], entryId, from, ...(event !== undefined && { event }) };
  const read = isDate(from) ? choice : undefined;
  const out = useChange(LedgerService.method.optOutOfFreezes, to === "out" ? read : undefined);
  const into = useChange(LedgerService.method.optInToFreezes, to === "in" ? read : undefined);
  const change = to === "out" ? out : into;

  return (
    <ChangeForm
      {...{ change, nothing, label, done, onClose }}
      fields={["event", "from"]}
      example="Asked for it in ticket 4711"
      unchanged="It changes only what freezes will cover."
    >
      <StreaksField value={event} onValue={setEvent} events={events} error={messageFor(change.error, "event")} />
      <TextField
        label={firstDay}
        hint="In the user’s time zone."
        type="date"
        value={from}
        onValue={setFrom}
        error={messageFor(change.error, "from")}
        required
      />
    </ChangeForm>
  );
}
