import { useId } from "react";
import { Badge } from "../../../components/Notice.tsx";
import { formatDays, formatMonth, formatNumber, plural } from "../../../format.ts";
import { outcomeWords } from "../../../rules/status.ts";
import { ExplainedDay } from "./ExplainedDay.tsx";
import styles from "./Explanation.module.css";
import { firstColumn, type PeriodGroup } from "./groups.ts";

/** A week or a month with what became of it; or the days of a month, each of which is a period. */
export function Period({
  group,
  today,
  runStart,
}: {
  readonly group: PeriodGroup;
  readonly today: string;
  /** The first day of the current run; undefined when there is none. */
  readonly runStart: string | undefined;
}) {
  const id = useId();
  const { firstDate, lastDate, period, days, counted } = group;
  return (
    <section aria-labelledby={id} className={styles.period}>
      <header className={styles.head}>
        <h4 id={id}>{period === undefined ? formatMonth(firstDate) : formatDays(firstDate, lastDate)}</h4>
        {period !== undefined && <Badge kind={outcomeWords(period).kind}>{outcomeWords(period).label}</Badge>}
        <span className={styles.muted}>
          {period !== undefined && `${period.done} of ${plural(period.needed, "day", "days")} done, `}
          counts {formatNumber(counted)}
        </span>
      </header>
      <ol className={styles.days}>
        {days.map((each, place) => (
          <ExplainedDay
            key={each.day.isoDate}
            each={each}
            column={place === 0 ? firstColumn(group) : undefined}
            isToday={each.day.isoDate === today}
            isRunStart={each.day.isoDate === runStart}
          />
        ))}
      </ol>
    </section>
  );
}
