import { useMutation } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { AmnestyOutcome, AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { isProblem, messageFor } from "../../../errors.ts";
import { useProject } from "../../../projects.ts";
import { useSettled } from "../../../use-settled.ts";
import { newEntryId } from "../ledger/change.ts";
import { DaysFields } from "../ledger/DaysFields.tsx";
import { DecisionForm } from "../ledger/DecisionForm.tsx";
import { pausableEvents } from "../ledger/events.ts";
import { StreaksField } from "../ledger/StreaksField.tsx";
import { useDays } from "../ledger/use-days.ts";
import { AmnestyPreview } from "./AmnestyPreview.tsx";
import { MAX_AMNESTY_DAYS } from "./amnesties.ts";

const ID_TAKEN =
  "The list has another amnesty by this ID, of other days or streaks: yours from an earlier try, or somebody else’s. To declare this one too, press “Declare” again: it has a new ID now.";

interface DeclareDialogProps {
  readonly siteKey: string;
  /** The project's today. */
  readonly today: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog that declares an amnesty. */
export function DeclareDialog(props: DeclareDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="Declare an amnesty"
      about="On its days, nothing is asked of any user, and what is done counts. Days that are over and days to come can have one."
      isWide
    >
      <DeclareForm {...props} />
    </Dialog>
  );
}

function DeclareForm({ siteKey, today, onClose }: DeclareDialogProps) {
  const [amnestyId, setAmnestyId] = useState(newId);
  const [event, setEvent] = useState<string>();
  const days = useDays(today, MAX_AMNESTY_DAYS);
  const { project } = useProject(siteKey);
  const client = useQueryClient();
  const { mutateAsync, error, isPending } = useMutation(AmnestyService.method.declareAmnesty);
  const read = days.read && {
    ...{ siteKey, from: days.read.from, to: days.read.to ?? days.read.from },
    ...(event !== undefined && { event }),
  };
  const { settled, isOld } = useSettled(read);
  const isTaken = isProblem(error, "ALREADY_EXISTS");

  async function make(reason: string) {
    try {
      const { outcome } = await mutateAsync({ ...read, amnestyId, reason });
      return outcome === AmnestyOutcome.KNOWN ? "The amnesty was declared already." : "The amnesty is declared.";
    } catch (thrown) {
      if (isProblem(thrown, "ALREADY_EXISTS")) {
        setAmnestyId(newId());
        // The list shows the other one.
        void client.invalidateQueries();
      }
      throw thrown;
    }
  }

  return (
    <DecisionForm
      {...{ make, onClose }}
      fields={["event", "from", "to"]}
      example="Sign-in was down from 18:00 to 23:00"
      preview={
        settled && (
          <AmnestyPreview
            key={JSON.stringify(settled)}
            preview={settled}
            isOld={isOld}
            unchanged="Nobody has missed these days so far."
          />
        )
      }
      isReady={read !== undefined}
      isMaking={isPending}
      error={isTaken ? new Error(ID_TAKEN) : error}
      label="Declare"
    >
      <StreaksField
        value={event}
        onValue={setEvent}
        events={pausableEvents({ streaks: [] }, project)}
        hint={project === undefined ? "To choose one streak, a token needs the scope project:manage, too." : undefined}
        error={messageFor(error, "event")}
      />
      <DaysFields
        days={days}
        error={error}
        aboutFrom="Each user’s own day counts, in the user’s time zone."
        aboutTo={`Empty: the first day alone. At most ${MAX_AMNESTY_DAYS} days in all.`}
      />
    </DecisionForm>
  );
}

function newId(): string {
  return newEntryId("amnesty");
}
