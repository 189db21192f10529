import { useState } from "react";
import type { Amnesty } from "#gen/streak/v1/amnesty_service_pb.ts";
import { formatDays } from "../../../format.ts";
import { AboutStreaks, DecidedBy, EntryLine } from "../ledger/EntryLine.tsx";
import ledger from "../ledger/Ledger.module.css";
import { standingOf } from "./amnesties.ts";
import { TakeBackDialog } from "./TakeBackDialog.tsx";

/** An amnesty in the list, with what was said when it was taken back. */
export function AmnestyEntry({
  siteKey,
  amnesty,
  today,
}: {
  readonly siteKey: string;
  readonly amnesty: Amnesty;
  readonly today: string;
}) {
  const [isTakingBack, setTakingBack] = useState(false);
  const { amnestyId, event, from, to, reason, actor, createTime, takenBack } = amnesty;
  return (
    <EntryLine
      {...{ reason, actor, createTime }}
      id={amnestyId}
      what="Amnesty"
      days={formatDays(from, to)}
      isTakenBack={takenBack !== undefined}
      about={<AboutStreaks event={event} />}
      standing={standingOf(amnesty, today)}
      more={
        takenBack && (
          <p className={ledger.muted}>
            Taken back <DecidedBy {...takenBack} />: <bdi>{takenBack.reason}</bdi>
          </p>
        )
      }
      onTakeBack={takenBack === undefined ? () => setTakingBack(true) : undefined}
    >
      <TakeBackDialog {...{ siteKey, amnesty }} isOpen={isTakingBack} onClose={() => setTakingBack(false)} />
    </EntryLine>
  );
}
