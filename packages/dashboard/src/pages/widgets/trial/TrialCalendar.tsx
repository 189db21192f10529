import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { ExplainedPeriod, Explanation } from "#gen/streak/v1/rules_service_pb.ts";
import { Badge } from "../../../components/Notice.tsx";
import { addDays, daysFrom } from "../../../dates.ts";
import { formatDay } from "../../../format.ts";
import { Legend } from "../../../rules/Legend.tsx";
import { outcomeWords } from "../../../rules/status.ts";
import { isOfDays, unitOf } from "../../../rules/units.ts";
import { shortWeekdayName, weekdayName, weekFrom } from "../../../rules/weekdays.ts";
import { dateAfterKey, looksOf, periodsEndingIn } from "./calendar.ts";
import type { Span } from "./span.ts";
import styles from "./Trial.module.css";
import { TrialDay } from "./TrialDay.tsx";

/** A calendar of the last weeks. Each day can be done and undone by a click, or by arrow keys and the space bar. */
export function TrialCalendar({
  span,
  dates,
  explanation,
  changeFrom,
  onToggle,
  isOld,
}: {
  readonly span: Span;
  /** The days that are done. */
  readonly dates: readonly string[];
  /** What the rules made of the days when they were last tried; undefined before that. */
  readonly explanation: Explanation | undefined;
  /** The first day of changed rules; undefined when they are tried as if they had always held. */
  readonly changeFrom: string | undefined;
  readonly onToggle: (date: string) => void;
  /** Whether the explanation is of other days or rules. */
  readonly isOld: boolean;
}) {
  const { first, last, today, weekStart } = span;
  const id = useId();
  const table = useRef<HTMLTableElement>(null);
  const [current, setCurrent] = useState(today);
  // The Tab key leads to the day that was left last, or to today.
  const tabStop = current >= first && current <= today ? current : today;
  const looks = looksOf(explanation, dates, span);
  const weeks = daysFrom(first, last).filter((_, index) => index % 7 === 0);
  const periods = explanation?.periods.filter((period) => !isOfDays(unitOf(period))) ?? [];

  function move(event: KeyboardEvent) {
    const next = dateAfterKey(span, tabStop, event.key);
    if (next !== undefined) {
      event.preventDefault();
      table.current?.querySelector<HTMLElement>(`[data-date="${next}"]`)?.focus();
    }
  }

  return (
    <div className={styles.calendar}>
      <p id={id} className={styles.muted}>
        Click a day to do or undo it. By keyboard: arrow keys and the space bar.
      </p>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are gone through by arrow keys is a grid.
        role="grid"
        aria-label="Days of the history"
        aria-describedby={id}
        aria-busy={isOld}
        className={styles.grid}
        onKeyDown={move}
        onFocus={({ target }) => setCurrent(target.dataset.date ?? current)}
      >
        <thead>
          <tr>
            {weekFrom(weekStart).map((weekday) => (
              <th key={weekday} scope="col" abbr={weekdayName(weekday)}>
                {shortWeekdayName(weekday)}
              </th>
            ))}
            {periods.length > 0 && (
              <th scope="col" className={styles.outcomes}>
                <span className="visually-hidden">Outcome</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week}>
              {daysFrom(week, addDays(week, 6)).map((date) => (
                <td key={date}>
                  <TrialDay
                    date={date}
                    look={looks.get(date)}
                    isDone={dates.includes(date)}
                    isToday={date === today}
                    isToCome={date > today}
                    isFirst={date === first}
                    isChange={date === changeFrom}
                    isTabStop={date === tabStop}
                    onToggle={onToggle}
                  />
                </td>
              ))}
              {periods.length > 0 && (
                <td className={styles.periods}>
                  {periodsEndingIn(periods, week).map((period) => (
                    <PeriodOutcome key={period.firstDate} period={period} />
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <Legend looks={new Set(looks.values())} />
      {changeFrom !== undefined && (
        <p className={styles.muted}>
          <span className={styles.mark} aria-hidden="true" /> The new rules hold from here on.
        </p>
      )}
    </div>
  );
}

/** What became of a week or month: at the row in which it ends. */
function PeriodOutcome({ period }: { readonly period: ExplainedPeriod }) {
  const { firstDate, lastDate, done, needed } = period;
  const { label, kind } = outcomeWords(period);
  return (
    <span className={styles.period} title={`${formatDay(firstDate)} – ${formatDay(lastDate)}`}>
      <Badge kind={kind}>{label}</Badge>
      <span className={styles.muted}>
        {done} of {needed}
      </span>
    </span>
  );
}
