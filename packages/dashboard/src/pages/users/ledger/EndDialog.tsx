import { useState } from "react";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { isDate } from "../../../dates.ts";
import { messageFor } from "../../../errors.ts";
import { ChangeForm } from "./ChangeForm.tsx";
import { type ChangeDialogProps, newEntryId } from "./change.ts";
import { useChange } from "./use-change.ts";

/** The dialog that ends a user's pauses. */
export function EndDialog(props: ChangeDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="End the pauses"
      about="All pauses end that would hold on this day or later. A pause that begins on this day or later never holds."
    >
      <EndForm {...props} />
    </Dialog>
  );
}

function EndForm({ siteKey, user, today, onClose }: ChangeDialogProps) {
  const [entryId] = useState(() => newEntryId("end"));
  const [from, setFrom] = useState(today);
  const end = { siteKey, userHashes: [user.userHash], entryId, from };
  const change = useChange(LedgerService.method.unpauseStreaks, isDate(from) ? end : undefined);

  return (
    <ChangeForm
      {...{ change, onClose }}
      fields={["from"]}
      example="Back from holiday"
      nothing="No pause holds on this day or later."
      unchanged="It changes only what is asked of the user."
      label="End the pauses"
      done="The pauses are ended."
    >
      <TextField
        label="The first day without a pause"
        hint="In the user’s time zone. Something is asked of the user again on this day."
        type="date"
        value={from}
        onValue={setFrom}
        error={messageFor(change.error, "from")}
        required
      />
    </ChangeForm>
  );
}
