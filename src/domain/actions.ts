import type { ActionCounts } from "./check-ins.ts";
import type { Day } from "./day.ts";
import type { Widget } from "./project.ts";
import type { RulesVersion, WidgetRules } from "./rules.ts";

/** The versions of a widget's rules, at least one of which counts actions. */
export type ActionVersions = readonly Pick<RulesVersion, "from" | "counts">[];

/**
 * Returns the versions of a widget's rules if any of them counts actions; undefined where only days count, as for every
 * continuous streak.
 */
export function actionVersionsOf({ mode, versions }: WidgetRules): ActionVersions | undefined {
  const isAny = mode === "cumulative" && versions?.some(({ counts }) => counts === "actions");
  return isAny ? versions : undefined;
}

/** Whether actions count on a day. Like the start of a day, this changes on the first day of a version. */
export function doActionsCountOn(day: Day, versions: ActionVersions): boolean {
  return versions.findLast(({ from }) => from === undefined || from <= day)?.counts === "actions";
}

/** Returns the events of widgets whose actions count. */
export function actionEventsOf(widgets: readonly Pick<Widget, "event" | "rules">[]): readonly string[] {
  return widgets.filter(({ rules }) => actionVersionsOf(rules) !== undefined).map(({ event }) => event);
}

/**
 * Returns the counts of actions up to a day.
 *
 * @param actions with the counts of each day
 * @param last the last day that is counted
 */
export function actionsUpTo({ ofDays }: ActionCounts, last: Day): Required<ActionCounts> {
  if (ofDays === undefined) {
    throw new Error("The actions of each day are needed, and were not asked for.");
  }
  const upTo = new Map([...ofDays].filter(([day]) => day <= last));
  const beyondFirst = upTo.values().reduce((sum, count) => sum + count - 1, 0);
  return { beyondFirst, ofDays: upTo };
}
