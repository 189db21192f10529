import {
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { formatNumber, plural } from "../../format.ts";
import { type CalendarDay, calendarOf, indexAfterKey, monthsOf, summaryOf } from "./calendar.ts";
import { DayTooltip } from "./DayTooltip.tsx";
import styles from "./HeatMap.module.css";
import { HeatMapDays } from "./HeatMapDays.tsx";

const MONTH = new Intl.DateTimeFormat(undefined, { month: "short", timeZone: "UTC" });

/** A year of an event: a column for each week, a square for each day. */
export interface HeatMapProps {
  readonly event: string;
  readonly year: number;
  /** The days done, as `2024-01-15`. */
  readonly dates: readonly string[];
  readonly today: string;
}

/** Shows on which days of a year a user has done an event. The arrow keys go from day to day. */
export function HeatMap({ event, year, dates, today }: HeatMapProps) {
  const id = useId();
  const days = calendarOf(year, dates, today);
  const [current, setCurrent] = useState<string>();
  const [shown, setShown] = useState<HTMLElement>();
  const scroller = useScrolledToNow(year);
  const columns = { gridTemplateColumns: `2.125rem repeat(${(days.at(-1)?.week ?? 0) + 1}, minmax(0.6875rem, 1fr))` };

  // The Tab key leads to one day: the one that was left last, else today, else the last day of the year.
  const tabStop = days.find(({ date }) => date === current) ?? days.find(({ isToday }) => isToday) ?? days.at(-1);

  function move(event: KeyboardEvent<HTMLElement>) {
    const next = indexAfterKey(days, days.indexOf(tabStop as CalendarDay), event.key);
    const date = next === undefined ? undefined : days[next]?.date;
    if (date !== undefined) {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>(`[data-date="${date}"]`)?.focus();
    } else if (event.key === "Escape") {
      setShown(undefined);
    }
  }

  function enter(event: FocusEvent<HTMLElement>) {
    setCurrent(event.target.dataset.date ?? current);
    setShown(dayAt(event.target));
  }

  return (
    <div className={styles.map}>
      <div ref={scroller} className={styles.scroller}>
        <div className={styles.months} style={columns} aria-hidden="true">
          {monthsOf(days).map(({ date, week }) => (
            <span key={date} style={{ gridColumn: `${week + 2} / span 3` }}>
              {MONTH.format(new Date(date))}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: the squares are placed by the grid, not by rows of a table. */}
        <div
          role="grid"
          tabIndex={-1}
          className={styles.grid}
          style={columns}
          aria-label={`${event}: the days of ${year}`}
          aria-describedby={id}
          aria-readonly="true"
          onKeyDown={move}
          onFocus={enter}
          onBlur={() => setShown(undefined)}
          onPointerOver={({ target }: PointerEvent) => setShown(dayAt(target))}
          onPointerLeave={() => setShown(undefined)}
        >
          <HeatMapDays days={days} tabStop={tabStop?.date} />
        </div>
      </div>
      <DayTooltip anchor={shown} />
      <Foot id={id} days={days} year={year} />
    </div>
  );
}

function Foot({
  id,
  days,
  year,
}: {
  readonly id: string;
  readonly days: readonly CalendarDay[];
  readonly year: number;
}) {
  const { daysDone, daysPassed, longestRun } = summaryOf(days);
  return (
    <div className={styles.foot}>
      <p id={id}>
        {daysDone === 0
          ? `Nothing done in ${year}.`
          : `${plural(daysDone, "day", "days")} of ${formatNumber(Math.max(daysPassed, daysDone))} done in ${year}; ` +
            `at most ${plural(longestRun, "day", "days")} in a row.`}
      </p>
      <ul className={styles.legend} aria-hidden="true">
        <li>
          <span className={styles.day} /> not done
        </li>
        <li>
          <span className={`${styles.day} ${styles.done}`} /> done
        </li>
        <li>
          <span className={`${styles.day} ${styles.today}`} /> today
        </li>
      </ul>
    </div>
  );
}

/** Where the year is wider than the screen, it begins scrolled to today, or to the end of a year that is over. */
function useScrolledToNow(year: number) {
  const scroller = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a year is scrolled once, when it comes.
  useLayoutEffect(() => {
    const box = scroller.current;
    const today = box?.querySelector<HTMLElement>("[aria-current]");
    if (box) {
      box.scrollLeft = today ? today.offsetLeft - box.clientWidth * 0.8 : box.scrollWidth;
    }
  }, [year]);
  return scroller;
}

function dayAt(target: EventTarget): HTMLElement | undefined {
  return target instanceof HTMLElement && target.dataset.date !== undefined ? target : undefined;
}
