import { useState } from "react";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { messageFor } from "../../../errors.ts";
import { useProject } from "../../../projects.ts";
import { ChangeForm } from "./ChangeForm.tsx";
import { type ChangeDialogProps, newEntryId } from "./change.ts";
import { DaysFields } from "./DaysFields.tsx";
import { pausableEvents } from "./events.ts";
import { StreaksField } from "./StreaksField.tsx";
import { useChange } from "./use-change.ts";
import { useDays } from "./use-days.ts";

/** The dialog that pauses a user's streaks. */
export function PauseDialog(props: ChangeDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="Pause streaks"
      about="On the days of the pause, nothing is asked of the user, and what is done counts. Days that are over can be paused too."
    >
      <PauseForm {...props} />
    </Dialog>
  );
}

function PauseForm({ siteKey, user, today, onClose }: ChangeDialogProps) {
  const [entryId] = useState(() => newEntryId("pause"));
  const [event, setEvent] = useState<string>();
  const days = useDays(today);
  const { project } = useProject(siteKey);
  const pause = { siteKey, userHashes: [user.userHash], entryId, ...(event !== undefined && { event }) };
  const change = useChange(LedgerService.method.pauseStreaks, days.read && { ...pause, ...days.read });

  return (
    <ChangeForm
      {...{ change, onClose }}
      fields={["event", "from", "to"]}
      example="On holiday, ticket 4711"
      nothing="There is nothing to pause."
      unchanged="It changes only what is asked of the user."
      label="Pause"
      done="The pause is made."
    >
      <StreaksField
        value={event}
        onValue={setEvent}
        events={pausableEvents(user, project)}
        error={messageFor(change.error, "event")}
      />
      <DaysFields days={days} error={change.error} aboutTo="Empty: until the pause is ended." />
    </ChangeForm>
  );
}
