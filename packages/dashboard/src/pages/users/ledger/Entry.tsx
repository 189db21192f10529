import { Fragment, useState } from "react";
import { LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import type { LedgerOwner } from "./change.ts";
import { AboutStreaks, EntryLine } from "./EntryLine.tsx";
import { daysOf, plannedDaysOf, type ReadEntry, standingOf } from "./entries.ts";
import styles from "./Ledger.module.css";
import { TakeBackDialog } from "./TakeBackDialog.tsx";
import { kindInWords, repairInWords } from "./words.ts";

/** An entry of a user's ledger: what it says, how it stands, why, by whom and when it was made. */
export function Entry({ siteKey, user, today, read }: LedgerOwner & { readonly read: ReadEntry }) {
  const [isTakingBack, setTakingBack] = useState(false);
  const { entry, isTakenBack } = read;
  const { entryId, kind, reason, actor, createTime } = entry;
  const standing = standingOf(read, today);
  const days = daysOf(read);
  const planned = plannedDaysOf(read);
  const more = planned === undefined ? repairInWords(entry) : `Ended early. It was made for: ${planned}.`;
  return (
    <EntryLine
      {...{ reason, actor, createTime, isTakenBack, days, standing }}
      id={entryId}
      what={kindInWords(entry)}
      about={<About read={read} />}
      more={more !== undefined && <p className={styles.muted}>{more}</p>}
      onTakeBack={kind === LedgerEntryKind.TAKE_BACK || isTakenBack ? undefined : () => setTakingBack(true)}
    >
      <TakeBackDialog
        {...{ siteKey, entry }}
        userHash={user.userHash}
        isOpen={isTakingBack}
        onClose={() => setTakingBack(false)}
      />
    </EntryLine>
  );
}

/** Which streaks or which other entries an entry is about. */
function About({ read: { entry } }: { readonly read: ReadEntry }) {
  const { kind, event, pauseIds, takenBackId } = entry;
  if (kind !== LedgerEntryKind.UNPAUSE && kind !== LedgerEntryKind.TAKE_BACK) {
    return <AboutStreaks event={event} />;
  }
  const ids = takenBackId === undefined ? pauseIds : [takenBackId];
  return ids.map((id) => (
    <Fragment key={id}>
      <code dir="auto">{id}</code>{" "}
    </Fragment>
  ));
}
