import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import { Notice } from "../../../components/Notice.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import type { Changed } from "./change.ts";
import styles from "./Ledger.module.css";
import { StreakChanges } from "./StreakChanges.tsx";

/** How a change would change the streaks. */
export function ChangePreview({
  data,
  isOld,
  nothing,
  unchanged,
}: {
  /** What the server has answered; undefined until then. */
  readonly data: Changed | undefined;
  /** Whether it was answered for what the form had before. */
  readonly isOld: boolean;
  /** What is said when there is nothing to change. */
  readonly nothing: string;
  /** What is said when no number of today changes. */
  readonly unchanged: string;
}) {
  const result = data?.results[0];
  return (
    <output className={isOld ? styles.old : undefined} aria-busy={isOld || result === undefined}>
      {result === undefined ? (
        <div className={styles.preview}>
          <SkeletonLines lines={2} />
        </div>
      ) : result.outcome === LedgerOutcome.NOTHING ? (
        <Notice kind="info">{nothing}</Notice>
      ) : result.outcome === LedgerOutcome.KNOWN ? (
        <Notice kind="good">The server has this already, from an earlier try.</Notice>
      ) : (
        <div className={styles.preview}>
          <h3>What changes today</h3>
          {result.changes.length === 0 ? <p>No number. {unchanged}</p> : <StreakChanges changes={result.changes} />}
        </div>
      )}
    </output>
  );
}
