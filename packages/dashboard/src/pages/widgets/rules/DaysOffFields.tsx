import { useState } from "react";
import { Link } from "wouter";
import type { HolidayList } from "#gen/streak/v1/rules_pb.ts";
import { DatesField } from "../../../components/DatesField.tsx";
import { Options } from "../../../components/Options.tsx";
import { WeekdayPicker } from "../../../components/WeekdayPicker.tsx";
import { formatDay, plural } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { MAX_HOLIDAYS } from "../../../rules/problems.ts";
import { daysOffInWords } from "../../../rules/words.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

/** The project's lists of holidays, as far as the rules need to know them. */
export interface Lists {
  readonly siteKey: string;
  readonly all: readonly HolidayList[];
  /** The project's today. */
  readonly today: string;
}

/** The days that are not needed, folded away while there are none. */
export function DaysOffFields({ rules, set, problemAt, lists }: RulesPartProps & { readonly lists: Lists }) {
  const words = daysOffInWords(rules);
  const problems = [problemAt("offWeekdays"), problemAt("offDates"), problemAt("holidays")];
  const isWrong = problems.some((problem) => problem !== undefined);
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className={styles.off}
      // What is wrong is in sight, and stays so when it is mended.
      open={isOpen || isWrong}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span className={styles.title}>Days off</span> <bdi className={styles.words}>{words || "none"}</bdi>
      </summary>
      <div className={styles.fields}>
        <p className={styles.hint}>
          {rules.kind === "days_a_week" || rules.kind === "days_a_month"
            ? "Not needed: a week or month with days off needs fewer done days. A done day off counts like any other."
            : "Not needed. A done day off counts only between two needed days of the same streak that are done."}
        </p>
        <WeekdayPicker
          legend="Weekdays off"
          chosen={rules.offWeekdays}
          onChosen={(offWeekdays) => set({ offWeekdays })}
          error={problemAt("offWeekdays")}
        />
        <DatesField
          label="Dates off"
          hint="Of all users, each where the user is."
          value={rules.offDates}
          onValue={(offDates) => set({ offDates })}
          error={problemAt("offDates")}
        />
        <HolidaysField {...{ rules, set, problemAt, lists }} />
      </div>
    </details>
  );
}

function HolidaysField({ rules, set, problemAt, lists }: RulesPartProps & { readonly lists: Lists }) {
  const { all, siteKey, today } = lists;
  const settings = <Link href={`${paths.project(siteKey, "settings")}?tab=holidays`}>Settings, Holidays</Link>;
  const error = problemAt("holidays");
  return (
    <div className={styles.holidays}>
      {all.length === 0 ? (
        <p className={styles.hint}>The project has no lists of holidays yet. Make one in {settings}.</p>
      ) : (
        <>
          <Options
            legend="Lists of holidays"
            type="checkbox"
            options={all.map(({ name, dates }) => ({
              value: name,
              label: <bdi>{name}</bdi>,
              about: aboutDates(dates, today),
            }))}
            isChosen={(name) => rules.holidays.includes(name)}
            onChange={(name, isChosen) =>
              set({ holidays: [...rules.holidays.filter((each) => each !== name), ...(isChosen ? [name] : [])] })
            }
          />
          <p className={styles.hint}>
            At most {MAX_HOLIDAYS}. Their dates are in {settings}.
          </p>
        </>
      )}
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function aboutDates(dates: readonly string[], today: string): string {
  const next = dates.filter((date) => date >= today).toSorted()[0];
  return `${plural(dates.length, "date", "dates")}, ${next === undefined ? "none to come" : `the next one ${formatDay(next)}`}`;
}
