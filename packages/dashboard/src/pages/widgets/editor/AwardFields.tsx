import { SelectField } from "../../../components/Field.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { formatNumber } from "../../../format.ts";
import { countOf, type Unit } from "../../../rules/units.ts";
import { daysOf, type MilestoneDraft } from "./draft.ts";
import { SCOPE_NAMES, SCOPES } from "./scopes.ts";

const OPTIONS = SCOPE_NAMES.map((value) => ({ value, label: SCOPES[value].label }));

/** For what a milestone is awarded, and whether again and again. */
export function AwardFields({
  milestone: { scope, repeats, target },
  unit,
  onChange,
  error,
}: {
  readonly milestone: MilestoneDraft;
  /** What its number counts. */
  readonly unit: Unit;
  readonly onChange: (part: Partial<MilestoneDraft>) => void;
  readonly error: string | undefined;
}) {
  return (
    <>
      <SelectField
        label="Awarded"
        hint={SCOPES[scope].about}
        value={scope}
        onValue={(chosen) => onChange({ scope: chosen })}
        error={error}
        options={OPTIONS}
      />
      {scope !== "none" && (
        <SwitchField
          label="Again at each multiple"
          hint={multiplesOf(target, unit)}
          isOn={repeats}
          onChange={(isOn) => onChange({ repeats: isOn })}
        />
      )}
    </>
  );
}

/** The numbers at which a repeated milestone is awarded, such as `At 100, 200, 300 days, and so on.` */
function multiplesOf(target: string, unit: Unit): string {
  const first = daysOf(target) ?? 100;
  return `At ${formatNumber(first)}, ${formatNumber(2 * first)}, ${countOf(3 * first, unit)}, and so on.`;
}
