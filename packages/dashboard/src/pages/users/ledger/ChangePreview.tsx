import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import { Notice } from "../../../components/Notice.tsx";
import type { Changed } from "./change.ts";
import styles from "./Ledger.module.css";
import { PreviewOutput } from "./PreviewOutput.tsx";
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
  return (
    <PreviewOutput answer={data?.results[0]} isOld={isOld}>
      {({ outcome, changes }) =>
        outcome === LedgerOutcome.NOTHING ? (
          <Notice kind="info">{nothing}</Notice>
        ) : outcome === LedgerOutcome.KNOWN ? (
          <Notice kind="good">The server has this already, from an earlier try.</Notice>
        ) : (
          <div className={styles.preview}>
            <h3>What changes today</h3>
            {changes.length === 0 ? <p>No number. {unchanged}</p> : <StreakChanges changes={changes} />}
          </div>
        )
      }
    </PreviewOutput>
  );
}
