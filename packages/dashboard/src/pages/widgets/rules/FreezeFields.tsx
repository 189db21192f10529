import { TextField } from "../../../components/Field.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { CADENCES } from "../../../rules/cadences.ts";
import { canPassMisses, freezesAreEarned, freezesCover, lengthensRun } from "../../../rules/draft.ts";
import { FREEZE_LIMITS } from "../../../rules/problems.ts";
import { UNIT_WORDS } from "../../../rules/units.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

/** Whether freezes cover misses, how one comes by them, and what they do. */
export function FreezeFields({ rules, set, problemAt }: RulesPartProps) {
  const { unit } = CADENCES[rules.kind];
  const canCover = canPassMisses(rules.kind);
  return (
    <div className={styles.switched}>
      <SwitchField
        label="Freezes"
        hint={
          canCover
            ? `A freeze covers a missed ${unit} by itself, so that the streak goes on. Users are granted freezes, or earn them.`
            : "Can’t be had with this cadence: it has gaps by itself."
        }
        isOn={freezesCover(rules)}
        isDisabled={!canCover}
        onChange={(hasFreezes) => set({ hasFreezes })}
      />
      {freezesCover(rules) && (
        <fieldset className={styles.box}>
          <legend className="visually-hidden">Freezes</legend>
          <div className={styles.thirds}>
            <TextField
              label={`${UNIT_WORDS[unit]} per freeze`}
              hint={`${limitsOf("earnEvery")} to earn one. Empty: none is earned.`}
              value={rules.earnEvery}
              onValue={(earnEvery) => set({ earnEvery })}
              error={problemAt("earnEvery")}
              inputMode="numeric"
              autoComplete="off"
            />
            <TextField
              label="Earned at most"
              hint={`${limitsOf("maxEarned")} at a time.`}
              value={rules.maxEarned}
              onValue={(maxEarned) => set({ maxEarned })}
              error={problemAt("maxEarned")}
              inputMode="numeric"
              autoComplete="off"
              disabled={!freezesAreEarned(rules)}
            />
            <TextField
              label="Covered in a row"
              hint={`${limitsOf("maxInARow")} ${unit}s. Empty: as many as there are freezes.`}
              value={rules.maxInARow}
              onValue={(maxInARow) => set({ maxInARow })}
              error={problemAt("maxInARow")}
              inputMode="numeric"
              autoComplete="off"
            />
          </div>
          <SwitchField
            label={`Covered ${unit}s count`}
            hint={
              rules.neverMissTwice
                ? "Can’t be had together with “Never miss twice”."
                : `A covered ${unit} counts like a done one, once a later one counts.`
            }
            isOn={lengthensRun(rules)}
            isDisabled={rules.neverMissTwice}
            onChange={(lengthenRun) => set({ lengthenRun })}
          />
        </fieldset>
      )}
    </div>
  );
}

/** The limits of a field, such as `1 to 30`. */
function limitsOf(field: keyof typeof FREEZE_LIMITS): string {
  const { minimum, maximum } = FREEZE_LIMITS[field];
  return `${minimum} to ${maximum}`;
}
