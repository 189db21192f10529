import type { LedgerEntry } from "../../domain/ledger.ts";
import type { Project } from "../../domain/project.ts";
import { rulesFor, rulesOfUser, type StreakRules } from "../../domain/streaks/rules-for.ts";

/**
 * Returns the rules of a user's streak, ready to compute; undefined when the project has no widget for the event.
 *
 * @param ledger the user's entries; undefined when there are none
 */
export type RulesOf = (event: string, ledger: readonly LedgerEntry[] | undefined) => StreakRules | undefined;

/**
 * Returns a function that makes the rules of each widget ready when they are first asked for: rules with many dates
 * take long, and most users have few events.
 */
export function createRulesOf(project: Pick<Project, "widgets" | "holidays" | "amnesties">): RulesOf {
  const byEvent = new Map(project.widgets.map((widget) => [widget.event, widget]));
  const ready = new Map<string, StreakRules>();
  return (event, ledger) => {
    const widget = byEvent.get(event);
    if (widget === undefined) {
      return undefined;
    }
    const rules = ready.get(event) ?? rulesFor(widget, project);
    ready.set(event, rules);
    return rulesOfUser(rules, ledger, event);
  };
}
