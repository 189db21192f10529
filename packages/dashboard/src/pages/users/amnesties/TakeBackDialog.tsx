import { useMutation } from "@connectrpc/connect-query";
import { useState } from "react";
import { type Amnesty, AmnestyOutcome, AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { formatDays } from "../../../format.ts";
import { DecisionForm } from "../ledger/DecisionForm.tsx";
import { AmnestyPreview } from "./AmnestyPreview.tsx";

interface TakeBackDialogProps {
  readonly siteKey: string;
  /** The amnesty to take back. */
  readonly amnesty: Amnesty;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog that takes an amnesty back. */
export function TakeBackDialog(props: TakeBackDialogProps) {
  const { amnesty, isOpen, onClose } = props;
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Take back the amnesty of ${formatDays(amnesty.from, amnesty.to)}`}
      about="Streaks are as if it had never been declared: those that it mended may end. It stays in the list, as taken back."
      isWide
    >
      <TakeBackForm {...props} />
    </Dialog>
  );
}

function TakeBackForm({ siteKey, amnesty: { amnestyId }, onClose }: TakeBackDialogProps) {
  const [preview] = useState({ siteKey, takenBackId: amnestyId });
  const { mutateAsync, error, isPending } = useMutation(AmnestyService.method.takeBackAmnesty);

  async function make(reason: string) {
    const { outcome } = await mutateAsync({ siteKey, amnestyId, reason });
    return outcome === AmnestyOutcome.KNOWN ? "The amnesty was taken back already." : "The amnesty is taken back.";
  }

  return (
    <DecisionForm
      {...{ make, onClose, error }}
      example="It was another day"
      preview={<AmnestyPreview preview={preview} isOld={false} unchanged="The amnesty makes no difference today." />}
      isReady
      isMaking={isPending}
      label="Take back"
    />
  );
}
