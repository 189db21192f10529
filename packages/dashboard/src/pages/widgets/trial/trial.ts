import { type Project, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { addDays } from "../../../dates.ts";
import { toRules } from "../../../rules/draft.ts";
import { rulesOf } from "../editor/draft.ts";
import type { WidgetForm } from "../editor/widget-form.ts";
import type { Span } from "./span.ts";
import type { Trial } from "./use-trial.ts";

/** As what rules are tried: as if they had always held, or as a change from a day on. */
export type View = "always" | "change";

/** How many days after a change its effect is looked at. */
const LOOK_DAYS = 20;

/** A change of the rules that is still to come. */
export interface PlannedChange {
  /** The first day of the new rules. */
  readonly from: string;
  /** The day that is today when the change is tried. */
  readonly lookFrom: string;
}

/**
 * Returns the change that saving the form would make, or that is saved and still to come; undefined when there is none.
 */
export function plannedChange({ saved, today, hasOtherRules, rulesFrom }: WidgetForm): PlannedChange | undefined {
  const from = hasOtherRules ? rulesFrom : (saved?.rulesFrom ?? "");
  const isToCome = hasOtherRules ? from >= today : from > today;
  return isToCome ? { from, lookFrom: addDays(from, LOOK_DAYS) } : undefined;
}

/** Returns what to ask the server. */
export function trialOf({
  form: { draft, saved, hasOtherRules, rulesFrom },
  project: { siteKey, widgets },
  view,
  span: { first, today },
  dates,
}: {
  readonly form: WidgetForm;
  readonly project: Project;
  readonly view: View;
  readonly span: Span;
  readonly dates: readonly string[];
}): Trial {
  const isChange = view === "change" && saved !== undefined;
  return {
    siteKey,
    widget: {
      // Rules for an event that the project has no widget for hold from the beginning.
      event: isChange ? saved.event : unusedEvent(widgets.map(({ event }) => event)),
      mode: StreakMode.CONTINUOUS,
      rules: toRules(rulesOf({ ...draft, mode: "continuous" }, undefined)),
      ...(isChange && hasOtherRules && { rulesFrom }),
      ...(isChange && !hasOtherRules && saved.rulesFrom !== undefined && { rulesFrom: saved.rulesFrom }),
    },
    dates: [...dates],
    today,
    from: first,
  };
}

function unusedEvent(taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`trial_${number}`)) {
    number += 1;
  }
  return `trial_${number}`;
}
