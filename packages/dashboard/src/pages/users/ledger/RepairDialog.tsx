import { useState } from "react";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { messageFor } from "../../../errors.ts";
import { useProject } from "../../../projects.ts";
import { toRulesDraft } from "../../../rules/draft.ts";
import { rulesOn } from "../../../rules/versions.ts";
import { repairsInWords } from "../../../rules/words.ts";
import { ChangeForm } from "./ChangeForm.tsx";
import { type ChangeDialogProps, newEntryId } from "./change.ts";
import { useChange } from "./use-change.ts";

interface RepairDialogProps extends ChangeDialogProps {
  /** The events whose streaks may be repaired. */
  readonly events: readonly string[];
}

/** The dialog that repairs a user's streak. */
export function RepairDialog(props: RepairDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="Repair a streak"
      about="Runs that have ended lately go on from today, as one. What was missed in them counts nothing."
    >
      <RepairForm {...props} />
    </Dialog>
  );
}

function RepairForm({ siteKey, user, today, events, onClose }: RepairDialogProps) {
  const [entryId] = useState(() => newEntryId("repair"));
  const [event, setEvent] = useState(events[0] ?? "");
  const { project } = useProject(siteKey);
  const widget = project?.widgets.find((each) => each.event === event);
  const words = widget && repairsInWords(toRulesDraft(rulesOn(widget, today)));
  const change = useChange(LedgerService.method.repairStreaks, {
    ...{ siteKey, userHashes: [user.userHash], entryId, event },
  });

  return (
    <ChangeForm
      {...{ change, onClose }}
      fields={["event"]}
      example="Asked for it in ticket 4711"
      nothing="There is nothing to repair."
      unchanged="The repaired run counts no more than the one that is shown."
      label="Repair"
      done="The streak is repaired."
      refusal="NOT_REPAIRABLE"
    >
      <SelectField
        label="Streak"
        hint={words ? `By its rules: ${words}.` : undefined}
        value={event}
        onValue={setEvent}
        error={messageFor(change.error, "event")}
        options={events.map((value) => ({ value, label: value }))}
      />
    </ChangeForm>
  );
}
