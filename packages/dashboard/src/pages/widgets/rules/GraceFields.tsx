import { useState } from "react";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { hasGrace } from "../../../rules/draft.ts";
import { GRACE_CHOICES, graceEnd } from "../../../rules/grace.ts";
import { GRACE_LIMITS } from "../../../rules/problems.ts";
import { minutesInWords } from "../../../rules/words.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

/** The choice of minutes that one types oneself. */
const OTHER = "other";

const OPTIONS = [
  { value: "", label: "None" },
  ...GRACE_CHOICES.map((value) => ({ value, label: minutesInWords(value) })),
  { value: OTHER, label: "So many minutes…" },
];

const LIMITS = `${GRACE_LIMITS.minimum} to ${GRACE_LIMITS.maximum}`;

/** Asks how long after its end a day can still be filled. */
export function GraceFields({ rules, set, problemAt }: RulesPartProps) {
  const { graceMinutes } = rules;
  const [isTyped, setTyped] = useState(false);
  const isChoice = OPTIONS.some(({ value }) => value === graceMinutes);
  const isOther = isTyped || !isChoice;
  const end = graceEnd(rules);
  return (
    <div className={styles.grace}>
      <SelectField
        label="Grace"
        hint={
          end === undefined
            ? `After the end of a day, ${LIMITS} minutes in which it can still be filled.`
            : `What is done before ${end} fills the day before, if that is empty and needed. Otherwise it counts for its own day.`
        }
        value={isOther ? OTHER : graceMinutes}
        onValue={(chosen) => {
          setTyped(chosen === OTHER);
          if (chosen !== OTHER) {
            set({ graceMinutes: chosen });
          }
        }}
        error={isOther ? undefined : problemAt("graceMinutes")}
        options={OPTIONS}
      />
      {isOther && (
        <TextField
          label="Minutes of grace"
          hint={`${LIMITS}.${hasGrace(rules) ? "" : " Empty: none."}`}
          value={graceMinutes}
          onValue={(minutes) => set({ graceMinutes: minutes })}
          error={problemAt("graceMinutes")}
          inputMode="numeric"
          autoComplete="off"
        />
      )}
    </div>
  );
}
