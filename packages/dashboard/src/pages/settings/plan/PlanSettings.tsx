import type { ComponentProps, SubmitEvent } from "react";
import { PlanSchema } from "#gen/streak/v1/plan_pb.ts";
import { type Project, RateLimitSchema } from "#gen/streak/v1/project_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { messageFor } from "../../../errors.ts";
import { formatNumber } from "../../../format.ts";
import { limitsOf } from "../../../limits.ts";
import { useSession } from "../../../session.tsx";
import { useProjectForm } from "../project-form.ts";
import { SaveBar } from "../SaveBar.tsx";
import styles from "../Settings.module.css";
import { OVER_LIMIT_NAMES, OVER_LIMITS, PLAN, PLAN_NAMES, PLANS } from "./plan-form.ts";

const FIELDS = ["project.plan", "project.rateLimit"];

/** The form about how much the project may use. A project's own token can only read it. */
export function PlanSettings({ project }: { readonly project: Project }) {
  const mayChange = useSession().siteKey === undefined;
  const form = useProjectForm(project, PLAN);
  const { draft, set, error } = form;

  function save(event: SubmitEvent) {
    event.preventDefault();
    void form.save();
  }

  return (
    <form className={styles.page} onSubmit={save}>
      {!mayChange && (
        <Notice kind="info">
          You can read these, and not change them: the token you signed in with is for this project alone, and a project
          does not choose its own limits. The admin token can change them, and tokens for all projects.
        </Notice>
      )}
      <Card title="Plan" about="How many active streakers the project may have in a month.">
        <div className={styles.row}>
          <SelectField
            label="Plan"
            value={draft.plan}
            onValue={(plan) => set({ plan })}
            disabled={!mayChange}
            error={draft.plan === "custom" ? undefined : messageFor(error, "project.plan")}
            options={PLAN_NAMES.map((value) => ({ value, label: PLANS[value].label }))}
            hint={limitOf(project)}
          />
          {draft.plan === "custom" && (
            <NumberField
              label="Active streakers"
              value={draft.activeStreakers}
              onValue={(activeStreakers) => set({ activeStreakers })}
              disabled={!mayChange}
              error={messageFor(error, "project.plan")}
              limits={limitsOf(PlanSchema, "activeStreakers")}
            />
          )}
          {draft.plan !== "none" && (
            <SelectField
              label="When there are more"
              value={draft.overLimit}
              onValue={(overLimit) => set({ overLimit })}
              disabled={!mayChange}
              options={OVER_LIMIT_NAMES.map((value) => ({ value, label: OVER_LIMITS[value].label }))}
            />
          )}
        </div>
      </Card>
      <Card title="Rate limit" about="How fast apps and pages may call for the project, all of them together.">
        <div className={styles.form}>
          <SwitchField
            label="A limit of its own"
            hint="Without it, the server’s setting RATE_LIMIT counts."
            isOn={draft.hasRateLimit}
            onChange={(hasRateLimit) => set({ hasRateLimit })}
            isDisabled={!mayChange}
          />
          {draft.hasRateLimit && (
            <div className={styles.row}>
              <NumberField
                label="Calls a second"
                value={draft.requestsPerSecond}
                onValue={(requestsPerSecond) => set({ requestsPerSecond })}
                disabled={!mayChange}
                error={messageFor(error, "project.rateLimit.requestsPerSecond")}
                limits={limitsOf(RateLimitSchema, "requestsPerSecond")}
              />
              <NumberField
                label="Calls at once"
                about="After a pause. Leave it empty for as many as a second has."
                value={draft.burst}
                onValue={(burst) => set({ burst })}
                disabled={!mayChange}
                error={messageFor(error, "project.rateLimit.burst")}
                limits={limitsOf(RateLimitSchema, "burst")}
              />
            </div>
          )}
        </div>
      </Card>
      {mayChange && <SaveBar form={form} fields={FIELDS} />}
    </form>
  );
}

function limitOf({ plan }: Project): string {
  return plan?.activeStreakers === undefined
    ? "Saved: any number of active streakers."
    : `Saved: ${formatNumber(plan.activeStreakers)} active streakers a month.`;
}

interface NumberFieldProps extends Omit<ComponentProps<typeof TextField>, "hint"> {
  readonly about?: string;
  readonly limits: { readonly minimum: number; readonly maximum: number };
}

function NumberField({ about = "", limits: { minimum, maximum }, ...field }: NumberFieldProps) {
  return (
    <TextField
      {...field}
      inputMode="numeric"
      pattern="[0-9]*"
      hint={`${about} ${formatNumber(minimum)} to ${formatNumber(maximum)}.`.trim()}
      autoComplete="off"
    />
  );
}
