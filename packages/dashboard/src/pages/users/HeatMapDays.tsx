import { memo } from "react";
import type { CalendarDay } from "./calendar.ts";
import styles from "./HeatMap.module.css";

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });
const SHORT_WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" });

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

const WEEKDAYS = Array.from({ length: 7 }, (_, weekday) => {
  const day = MONDAY + weekday * DAY_MS;
  // Every second name is enough to see which row is which.
  return { weekday, name: WEEKDAY.format(day), short: weekday % 2 === 0 ? SHORT_WEEKDAY.format(day) : "" };
});

/** The squares of a heat map: a row for each weekday. What is pointed at does not draw them anew. */
export const HeatMapDays = memo(function HeatMapDays({
  days,
  tabStop,
}: {
  readonly days: readonly CalendarDay[];
  /** The day that the Tab key leads to. */
  readonly tabStop: string | undefined;
}) {
  return WEEKDAYS.map(({ weekday, name, short }) => (
    // biome-ignore lint/a11y: rows of the grid of HeatMap.tsx.
    <div key={weekday} role="row" className={styles.row}>
      {/* biome-ignore lint/a11y: the name of the row. */}
      <span role="rowheader" className={styles.weekday} style={{ gridRow: weekday + 1 }}>
        <span aria-hidden="true">{short}</span>
        <span className="visually-hidden">{name}</span>
      </span>
      {days
        .filter((day) => day.weekday === weekday)
        .map((day) => (
          <Day key={day.date} day={day} isTabStop={day.date === tabStop} />
        ))}
    </div>
  ));
});

function Day({ day, isTabStop }: { readonly day: CalendarDay; readonly isTabStop: boolean }) {
  const { date, weekday, week, isDone, isToday, isToCome } = day;
  const kinds = [isDone && styles.done, isToday && styles.today, isToCome && !isDone && styles.toCome];
  return (
    // biome-ignore lint/a11y: a day of the grid of HeatMap.tsx.
    <span
      role="gridcell"
      data-date={date}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={`${DATE.format(new Date(date))}: ${stateOf(day)}`}
      aria-colindex={week + 2}
      aria-current={isToday ? "date" : undefined}
      className={[styles.day, ...kinds].filter(Boolean).join(" ")}
      style={{ gridColumn: week + 2, gridRow: weekday + 1 }}
    />
  );
}

function stateOf({ isDone, isToday, isToCome }: CalendarDay): string {
  if (isDone) {
    return isToday ? "today, done" : "done";
  }
  return isToday ? "today, not done yet" : isToCome ? "to come" : "not done";
}
