import type { Explanation } from "#gen/streak/v1/rules_service_pb.ts";
import { PeriodOutcome } from "#gen/streak/v1/rules_service_pb.ts";
import { formatDay, formatDays, formatNumber } from "../../../format.ts";
import { countOf, type Unit } from "../../../rules/units.ts";
import styles from "./Explanation.module.css";
import { sumOf } from "./sum.ts";

/** The sum that is the current streak: what counts before, among and after the days that are shown. */
export function SumLine({ explanation, unit }: { readonly explanation: Explanation; readonly unit: Unit }) {
  const { periods, runFirstDate } = explanation;
  const sum = sumOf(explanation);
  const [first, last] = [periods[0], periods.at(-1)];
  if (sum === undefined || first === undefined || last === undefined || runFirstDate === undefined) {
    return <p className={styles.sum}>{noRun(explanation)}</p>;
  }
  const { before, here, after, current } = sum;
  return (
    <p className={styles.sum}>
      {before > 0 && (
        <>
          <Part value={before} about={`before ${formatDay(first.firstDate)}`} />{" "}
        </>
      )}
      <Part sign={before > 0 ? "+" : ""} value={here} about={formatDays(first.firstDate, last.lastDate)} />{" "}
      {after > 0 && (
        <>
          <Part sign="+" value={after} about={`after ${formatDay(last.lastDate)}`} />{" "}
        </>
      )}
      <Part sign="=" value={countOf(current, unit)} about={`the run since ${formatDay(runFirstDate)}`} />
    </p>
  );
}

/** A number of the sum with what it is, and the sign before it, which stays with it. */
function Part({
  sign = "",
  value,
  about,
}: {
  readonly sign?: string;
  readonly value: number | string;
  readonly about: string;
}) {
  return (
    <span className={styles.part}>
      {sign !== "" && <span className={styles.sign}>{sign} </span>}
      <span className={styles.number}>
        <strong>{typeof value === "number" ? formatNumber(value) : value}</strong> <span>{about}</span>
      </span>
    </span>
  );
}

function noRun({ periods }: Explanation): string {
  const missed = periods.findLast(({ outcome }) => outcome === PeriodOutcome.MISSED);
  if (missed === undefined) {
    return "No run is alive, so the current streak is 0.";
  }
  const { firstDate, lastDate } = missed;
  const span = firstDate === lastDate ? formatDay(firstDate) : formatDays(firstDate, lastDate);
  return `No run is alive, so the current streak is 0. The last miss: ${span}.`;
}
