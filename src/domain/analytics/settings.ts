import type { Project } from "../project.ts";
import type { Rules } from "../rules.ts";

/** The version of the counting. Raise it with every change of what `countUser` counts: then all is counted again. */
const VERSION = 1;

/** What tallies depend on beside the records: no more of the project than that. */
export interface CountSettings {
  /** The IANA zone of users whose own zone is not known. */
  readonly timeZone: string;
  /** The widgets that have milestones. */
  readonly widgets: readonly CountedWidget[];
  /** The keys of `meta` whose values are counted. */
  readonly metaKeys: readonly string[];
}

/** A widget, with the lengths of its milestones. */
export interface CountedWidget {
  readonly event: string;
  readonly mode: Rules["mode"];
  /** The different lengths in days, the shortest first. */
  readonly targets: readonly number[];
}

/** Returns what the tallies of a project depend on. */
export function countSettingsOf(project: Project): CountSettings {
  return {
    timeZone: project.timeZone,
    widgets: project.widgets
      .filter(({ milestones }) => milestones.length > 0)
      .map(({ event, rules, milestones }) => ({
        event,
        mode: rules.mode,
        targets: [...new Set(milestones.map(({ target }) => target))].sort((a, b) => a - b),
      })),
    metaKeys: project.analytics.metaKeys,
  };
}

/** Returns a text that is the same for settings that count the same, and differs when all has to be counted again. */
export function signatureOf({ timeZone, widgets, metaKeys }: CountSettings): string {
  const inOrder = widgets.toSorted((a, b) => (a.event < b.event ? -1 : 1));
  return JSON.stringify([
    VERSION,
    timeZone,
    inOrder.map(({ event, mode, targets }) => [event, mode, ...targets]),
    metaKeys.toSorted(),
  ]);
}
