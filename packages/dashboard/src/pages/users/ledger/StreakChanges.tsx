import type { StreakChange } from "#gen/streak/v1/ledger_service_pb.ts";
import { formatNumber } from "../../../format.ts";
import styles from "./Ledger.module.css";

/** How the streaks of a user would change. */
export function StreakChanges({ changes }: { readonly changes: readonly StreakChange[] }) {
  return (
    <dl className={styles.changes}>
      {changes.map((change) => (
        <Change key={change.event} change={change} />
      ))}
    </dl>
  );
}

function Change({ change }: { readonly change: StreakChange }) {
  const { event, currentBefore, currentAfter, bestBefore, bestAfter, freezesBefore, freezesAfter } = change;
  return (
    <div>
      <dt>
        <bdi>{event}</bdi>
      </dt>
      <dd>
        {freezesBefore !== undefined && freezesAfter !== undefined && (
          <FromTo name="freezes" before={freezesBefore} after={freezesAfter} />
        )}
        <FromTo name="current" before={currentBefore} after={currentAfter} />
        <FromTo name="best" before={bestBefore} after={bestAfter} />
      </dd>
    </div>
  );
}

/** A number before and after, such as `current 3 → 12`. */
function FromTo({ name, before, after }: { readonly name: string; readonly before: number; readonly after: number }) {
  return (
    <span>
      {name}{" "}
      {before !== after && (
        <>
          {formatNumber(before)} <span aria-hidden="true">→</span>
          <span className="visually-hidden">becomes</span>{" "}
        </>
      )}
      <strong>{formatNumber(after)}</strong>
    </span>
  );
}
