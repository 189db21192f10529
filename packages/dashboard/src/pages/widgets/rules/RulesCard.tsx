import { Card } from "../../../components/Card.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { canPassMisses, EVERY_DAY, type RulesDraft } from "../../../rules/draft.ts";
import { LATEST_DAY_START } from "../../../rules/problems.ts";
import type { WidgetForm } from "../editor/widget-form.ts";
import { CadenceFields } from "./CadenceFields.tsx";
import { CountsField } from "./CountsField.tsx";
import { DaysOffFields } from "./DaysOffFields.tsx";
import { FreezeFields } from "./FreezeFields.tsx";
import { GraceFields } from "./GraceFields.tsx";
import type { RulesPartProps } from "./part.ts";
import { RepairFields } from "./RepairFields.tsx";
import styles from "./Rules.module.css";
import { Versions } from "./Versions.tsx";

/** Which days the streak asks for. */
export function RulesCard({
  form,
  lists,
}: {
  readonly form: WidgetForm;
  /** The project's lists of holidays. */
  readonly lists: Parameters<typeof DaysOffFields>[0]["lists"];
}) {
  const { draft, set, problemAt } = form;
  const part: RulesPartProps = {
    rules: draft.rules,
    set: (changed) => set({ rules: { ...draft.rules, ...changed } }),
    problemAt: (field) => problemAt(`rules.${field}`, textOf(draft.rules[field])),
  };
  const versions = (
    <>
      {form.hasOtherRules && <FromField form={form} />}
      <Versions saved={form.saved} mode={draft.mode} today={form.today} />
    </>
  );
  if (draft.mode === "cumulative") {
    return (
      <Card title="Rules">
        <div className={styles.fields}>
          <CountsField {...part} />
          <Notice kind="info">
            A cumulative streak can’t miss anything. So its rules say only what counts, and when a day begins.
            {form.saved?.rules !== undefined && " Other rules that are saved are kept."}
          </Notice>
          <div className={styles.short}>
            <DayStartField {...part} />
          </div>
          {versions}
        </div>
      </Card>
    );
  }
  return (
    <Card title="Rules" about="Which days the streak asks for, and what it counts.">
      <div className={styles.fields}>
        <CadenceFields {...part} />
        <SwitchField
          label="Never miss twice"
          hint={
            canPassMisses(draft.rules.kind)
              ? "A single miss does not end the streak. It does not count either, and a second one in a row ends it."
              : "Means nothing here: this cadence has gaps by itself."
          }
          isOn={draft.rules.neverMissTwice && canPassMisses(draft.rules.kind)}
          isDisabled={!canPassMisses(draft.rules.kind)}
          onChange={(neverMissTwice) => part.set({ neverMissTwice })}
        />
        <FreezeFields {...part} />
        <RepairFields {...part} />
        <DaysOffFields {...part} lists={lists} />
        <div className={styles.pair}>
          <DayStartField {...part} />
          <GraceFields {...part} />
        </div>
        {versions}
      </div>
    </Card>
  );
}

/** Asks when a day begins. */
function DayStartField({ rules, set, problemAt }: RulesPartProps) {
  return (
    <TextField
      label="The day begins at"
      hint={`From 00:00 to ${LATEST_DAY_START}, where the user is. What is done before it counts for the day before: good for people who stay up late.`}
      type="time"
      min={EVERY_DAY.dayStart}
      max={LATEST_DAY_START}
      required
      value={rules.dayStart}
      onValue={(dayStart) => set({ dayStart })}
      error={problemAt("dayStart")}
    />
  );
}

/** Asks from which day changed rules are to hold. */
function FromField({ form: { rulesFrom, set, problemAt, today } }: { readonly form: WidgetForm }) {
  return (
    <div className={styles.from}>
      <TextField
        label="The changed rules hold from"
        hint="Today at the earliest, where the project is. What was before that day stays as it is, and streaks go on."
        type="date"
        min={today}
        required
        value={rulesFrom}
        onValue={(value) => set({ rulesFrom: value })}
        error={problemAt("rulesFrom", rulesFrom)}
      />
    </div>
  );
}

/** Whether there is something at a field, so that its problem is shown. What is chosen, not typed, is always there. */
function textOf(value: RulesDraft[keyof RulesDraft]): string {
  return typeof value === "string" ? value : "chosen";
}
