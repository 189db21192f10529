import { SelectField, TextField } from "../../../components/Field.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { CADENCES } from "../../../rules/cadences.ts";
import { canBeRepaired, canPassMisses } from "../../../rules/draft.ts";
import { PRICE_NAMES, PRICES } from "../../../rules/prices.ts";
import { maxRepairDays, REPAIR_LIMITS } from "../../../rules/problems.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

const PRICE_OPTIONS = PRICE_NAMES.map((value) => ({ value, label: PRICES[value].label }));

/** Whether runs that have ended can be repaired, how soon, how often, and at what price. */
export function RepairFields({ rules, set, problemAt }: RulesPartProps) {
  const { unit } = CADENCES[rules.kind];
  const canRepair = canPassMisses(rules.kind);
  return (
    <div className={styles.switched}>
      <SwitchField
        label="Repairs"
        hint={
          canRepair
            ? `A run that a missed ${unit} has ended can go on: your server asks for it, or you do, on the user’s page.`
            : "Can’t be had with this cadence either."
        }
        isOn={canBeRepaired(rules)}
        isDisabled={!canRepair}
        onChange={(hasRepairs) => set({ hasRepairs })}
      />
      {canBeRepaired(rules) && (
        <fieldset className={styles.box}>
          <legend className="visually-hidden">Repairs</legend>
          <div className={styles.pair}>
            <TextField
              label="Days after its end"
              hint={`${limitsOf("repairWithin")}: for so long a run can be repaired.`}
              value={rules.repairWithin}
              onValue={(repairWithin) => set({ repairWithin })}
              error={problemAt("repairWithin")}
              inputMode="numeric"
              autoComplete="off"
              required
            />
            <TextField
              label="Once in so many days"
              hint={`${limitsOf("repairOnceIn")}. Empty: as often as runs end.`}
              value={rules.repairOnceIn}
              onValue={(repairOnceIn) => set({ repairOnceIn })}
              error={problemAt("repairOnceIn")}
              inputMode="numeric"
              autoComplete="off"
            />
            <SelectField
              label="Price"
              hint="What a repair takes of the user."
              value={rules.repairPrice}
              onValue={(repairPrice) => set({ repairPrice })}
              error={problemAt("repairPrice")}
              options={PRICE_OPTIONS}
            />
            {rules.repairPrice === "days" && (
              <TextField
                label="Days to do first"
                hint={`1 to ${maxRepairDays(rules.repairWithin)}, after the run has ended.`}
                value={rules.repairDays}
                onValue={(repairDays) => set({ repairDays })}
                error={problemAt("repairDays")}
                inputMode="numeric"
                autoComplete="off"
                required
              />
            )}
          </div>
        </fieldset>
      )}
    </div>
  );
}

/** The limits of a field, such as `1 to 31`. */
function limitsOf(field: keyof typeof REPAIR_LIMITS): string {
  const { minimum, maximum } = REPAIR_LIMITS[field];
  return `${minimum} to ${maximum}`;
}
