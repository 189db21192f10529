import { type ReactNode, useId } from "react";
import type { Weekday } from "#gen/streak/v1/rules_pb.ts";
import { shortWeekdayName, WEEKDAYS, weekdayName } from "../rules/weekdays.ts";
import styles from "./WeekdayPicker.module.css";

/** A choice of any number of weekdays, which are all in sight. */
export function WeekdayPicker({
  legend,
  hint,
  error,
  chosen,
  onChosen,
}: {
  readonly legend: string;
  readonly hint?: ReactNode;
  /** What is wrong with the choice; undefined when nothing is. */
  readonly error?: string | undefined;
  readonly chosen: readonly Weekday[];
  readonly onChosen: (weekdays: readonly Weekday[]) => void;
}) {
  const id = useId();
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <fieldset className={styles.field} aria-describedby={describedBy.join(" ") || undefined}>
      <legend>{legend}</legend>
      <div className={styles.days}>
        {WEEKDAYS.map((weekday) => (
          <label key={weekday}>
            <input
              type="checkbox"
              aria-label={weekdayName(weekday)}
              checked={chosen.includes(weekday)}
              onChange={({ target }) =>
                onChosen(WEEKDAYS.filter((each) => (each === weekday ? target.checked : chosen.includes(each))))
              }
            />
            <span>{shortWeekdayName(weekday)}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
