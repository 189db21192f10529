import { useState } from "react";
import type { LedgerEntry } from "#gen/streak/v1/ledger_pb.ts";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { ChangeForm } from "./ChangeForm.tsx";
import { newEntryId } from "./change.ts";
import { useChange } from "./use-change.ts";
import { takingBackInWords } from "./words.ts";

interface TakeBackDialogProps {
  readonly siteKey: string;
  readonly userHash: string;
  /** The entry to take back. */
  readonly entry: LedgerEntry;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog that takes an entry back. */
export function TakeBackDialog(props: TakeBackDialogProps) {
  const { entry, isOpen, onClose } = props;
  const { what, effect } = takingBackInWords(entry);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Take back ${what}`}
      about={`${effect} The entry stays in the list, as taken back.`}
    >
      <TakeBackForm {...props} />
    </Dialog>
  );
}

function TakeBackForm({ siteKey, userHash, entry, onClose }: TakeBackDialogProps) {
  const [entryId] = useState(() => newEntryId("undo"));
  const change = useChange(LedgerService.method.takeBackEntry, {
    ...{ siteKey, userHashes: [userHash], entryId, takenBackId: entry.entryId },
  });
  return (
    <ChangeForm
      {...{ change, onClose }}
      example="Wrong user"
      nothing="It is taken back already."
      unchanged={takingBackInWords(entry).unchanged}
      label="Take back"
      done="It is taken back."
    />
  );
}
