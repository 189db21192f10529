import { SelectField, TextField } from "../../../components/Field.tsx";
import { WeekdayPicker } from "../../../components/WeekdayPicker.tsx";
import { CADENCE_NAMES, CADENCES, cadenceWords } from "../../../rules/cadences.ts";
import { MAX_OF, minOf } from "../../../rules/problems.ts";
import { WEEKDAYS, weekdayName } from "../../../rules/weekdays.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

const WEEK_STARTS = WEEKDAYS.map((weekday) => ({ value: `${weekday}`, label: weekdayName(weekday) }));

/** What the number of days is called, by the kind of cadence. */
const DAYS_LABELS = {
  days_a_week: "Days a week",
  days_a_month: "Days a month",
  every_n_days: "Once in so many days",
  days_in_any: "Done days",
} as const;

/** How often the streak asks for a done day, with the fields that the kind of cadence has. */
export function CadenceFields({ rules, set, problemAt }: RulesPartProps) {
  const { kind } = rules;
  const limits = cadenceWords(kind).days;
  return (
    <div className={styles.cadence}>
      <SelectField
        label="How often"
        hint={CADENCES[kind].about}
        value={kind}
        onValue={(chosen) => set({ kind: chosen })}
        error={problemAt("kind")}
        options={CADENCE_NAMES.map((value) => ({ value, label: CADENCES[value].label }))}
      />
      {kind === "weekdays" && (
        <WeekdayPicker
          legend="Needed weekdays"
          chosen={rules.weekdays}
          onChosen={(weekdays) => set({ weekdays })}
          error={problemAt("weekdays")}
        />
      )}
      {kind in DAYS_LABELS && limits !== undefined && (
        <div className={styles.pair}>
          <TextField
            label={DAYS_LABELS[kind as keyof typeof DAYS_LABELS]}
            hint={`${limits[0]} to ${limits[1]}`}
            value={rules.days}
            onValue={(days) => set({ days })}
            error={problemAt("days")}
            inputMode="numeric"
            autoComplete="off"
            required
          />
          {kind === "days_in_any" && (
            <TextField
              label="In any so many days"
              hint={`${minOf(rules.days)} to ${MAX_OF}`}
              value={rules.of}
              onValue={(of) => set({ of })}
              error={problemAt("of")}
              inputMode="numeric"
              autoComplete="off"
              required
            />
          )}
          {kind === "days_a_week" && (
            <SelectField
              label="Weeks begin on"
              value={`${rules.weekStart}`}
              onValue={(chosen) => set({ weekStart: WEEKDAYS.find((each) => `${each}` === chosen) ?? WEEKDAYS[0] })}
              error={problemAt("weekStart")}
              options={WEEK_STARTS}
            />
          )}
        </div>
      )}
    </div>
  );
}
