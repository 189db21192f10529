import { lookClass } from "../../../rules/Legend.tsx";
import { StatusIcon } from "../../../rules/StatusIcon.tsx";
import { type DayLook, LOOKS } from "../../../rules/status.ts";
import styles from "./Trial.module.css";

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat(undefined, { month: "short", timeZone: "UTC" });

/** A day of the calendar: a switch between done and not done. */
export function TrialDay({
  date,
  look = "open",
  isDone,
  isToday,
  isToCome,
  isFirst,
  isChange,
  isTabStop,
  onToggle,
}: {
  readonly date: string;
  readonly look: DayLook | undefined;
  readonly isDone: boolean;
  readonly isToday: boolean;
  /** Whether it is after today: it can't be done yet. */
  readonly isToCome: boolean;
  /** Whether it is the first day of the calendar, which names its month as the first of a month does. */
  readonly isFirst: boolean;
  /** Whether changed rules hold from this day on. */
  readonly isChange: boolean;
  readonly isTabStop: boolean;
  readonly onToggle: (date: string) => void;
}) {
  const day = new Date(date);
  const name = `${DATE.format(day)}${isToday ? ", today" : ""}${isChange ? ", the first day of the new rules" : ""}: ${LOOKS[look].about}`;
  return (
    <button
      type="button"
      data-date={date}
      disabled={isToCome}
      tabIndex={isTabStop ? 0 : -1}
      aria-pressed={isDone}
      aria-current={isToday ? "date" : undefined}
      className={`${styles.day} ${lookClass(look)} ${isChange ? styles.change : ""}`}
      onClick={() => onToggle(date)}
    >
      <span className="visually-hidden">{name}</span>
      <span className={styles.number} aria-hidden="true">
        {(isFirst || date.endsWith("-01")) && <span className={styles.month}>{MONTH.format(day)}</span>}
        {day.getUTCDate()}
      </span>
      <StatusIcon look={look} />
    </button>
  );
}
