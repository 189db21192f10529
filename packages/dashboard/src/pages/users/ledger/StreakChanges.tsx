import type { ReactNode } from "react";
import { formatNumber } from "../../../format.ts";
import styles from "./Ledger.module.css";

/** What a streak counts before and after a change, and how many freezes are left. What is not known is not shown. */
interface Numbers {
  readonly event: string;
  readonly currentBefore?: number | undefined;
  readonly currentAfter?: number | undefined;
  readonly bestBefore?: number | undefined;
  readonly bestAfter?: number | undefined;
  readonly freezesBefore?: number | undefined;
  readonly freezesAfter?: number | undefined;
}

/** How the streaks of a user would change. */
export function StreakChanges<Change extends Numbers>({
  changes,
  detailsOf,
}: {
  readonly changes: readonly Change[];
  /** What else is told of a streak, below its numbers. */
  readonly detailsOf?: (change: Change) => ReactNode;
}) {
  return (
    <dl className={styles.changes}>
      {changes.map((change) => (
        <div key={change.event}>
          <dt>
            <bdi>{change.event}</bdi>
          </dt>
          <dd>
            <Count name="freezes" before={change.freezesBefore} after={change.freezesAfter} />
            <Count name="current" before={change.currentBefore} after={change.currentAfter} />
            <Count name="best" before={change.bestBefore} after={change.bestAfter} />
          </dd>
          {detailsOf?.(change)}
        </div>
      ))}
    </dl>
  );
}

function Count({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}) {
  return before === undefined || after === undefined ? undefined : (
    <FromTo name={name} before={formatNumber(before)} after={formatNumber(after)} />
  );
}

/** A value before and after, such as `current 3 → 12`. */
export function FromTo({
  name,
  before,
  after,
}: {
  readonly name?: string;
  readonly before: string;
  readonly after: string;
}) {
  return (
    <span>
      {name !== undefined && <>{name} </>}
      {before !== after && (
        <>
          {before} <span aria-hidden="true">→</span>
          <span className="visually-hidden">becomes</span>{" "}
        </>
      )}
      <strong>{after}</strong>
    </span>
  );
}
