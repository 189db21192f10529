import { createHash } from "node:crypto";
import { actionEventsOf } from "../actions.ts";
import type { Project, Widget } from "../project.ts";
import { type HolidayList, partsOfFreezes, type RulesVersion, type WidgetRules } from "../rules.ts";
import type { RulesCalendar } from "../streaks/calendar/calendar.ts";
import { datesOff } from "../streaks/calendar/days-off.ts";
import { rulesFor } from "../streaks/rules-for.ts";

/** The version of the counting. Raise it with every change of what `countUser` counts: then all is counted again. */
const VERSION = 2;

/**
 * The same, for a change that concerns rules alone: then only projects with rules are counted again. Users with pauses
 * are counted by rules in every project, so a change of what is counted for them needs {@link VERSION}.
 */
const RULES_VERSION = 1;

/** What tallies depend on beside the records: no more of the project than that. */
export interface CountSettings {
  /** The IANA zone of users whose own zone is not known. */
  readonly timeZone: string;
  /** The widgets that have milestones. */
  readonly widgets: readonly CountedWidget[];
  /** The rules by which runs are counted, by event; only of events that have rules or amnesties and are not cumulative. */
  readonly calendars: ReadonlyMap<string, RulesCalendar>;
  /** A text that is the same for rules and amnesties that count the same; absent when no event has any. */
  readonly rulesDigest?: string;
  /** The events of which cumulative streaks count actions; absent where there are none. */
  readonly actionEvents?: ReadonlySet<string>;
  /** The keys of `meta` whose values are counted. */
  readonly metaKeys: readonly string[];
}

/** A widget, with the lengths of its milestones. */
export interface CountedWidget {
  readonly event: string;
  readonly mode: WidgetRules["mode"];
  /** The different lengths, the shortest first: days, or what the rules count. */
  readonly targets: readonly number[];
}

/** Returns what the tallies of a project depend on. */
export function countSettingsOf(project: Project): CountSettings {
  const actionEvents = actionEventsOf(project.widgets);
  return {
    timeZone: project.timeZone,
    widgets: project.widgets
      .filter(({ milestones }) => milestones.length > 0)
      .map(({ event, rules, milestones }) => ({
        event,
        mode: rules.mode,
        targets: [...new Set(milestones.map(({ target }) => target))].sort((a, b) => a - b),
      })),
    ...countedRulesOf(project),
    ...(actionEvents.length > 0 && { actionEvents: new Set(actionEvents) }),
    metaKeys: project.analytics.metaKeys,
  };
}

/** Returns a text that is the same for settings that count the same, and differs when all has to be counted again. */
export function signatureOf({ timeZone, widgets, rulesDigest, actionEvents, metaKeys }: CountSettings): string {
  const inOrder = widgets.toSorted((a, b) => (a.event < b.event ? -1 : 1));
  return JSON.stringify([
    VERSION,
    timeZone,
    inOrder.map(({ event, mode, targets }) => [event, mode, ...targets]),
    metaKeys.toSorted(),
    ...(rulesDigest === undefined ? [] : [rulesDigest]),
    ...(actionEvents === undefined ? [] : [[...actionEvents].sort()]),
  ]);
}

type CountedRules = Pick<CountSettings, "calendars" | "rulesDigest">;

const NO_RULES: CountedRules = { calendars: new Map() };

/** By project: within one call, several steps ask for them. */
const known = new WeakMap<Project, CountedRules>();

function countedRulesOf(project: Project): CountedRules {
  const hasAmnesties = project.amnesties.length > 0;
  const asked = project.widgets.filter(
    ({ rules }) => rules.mode === "continuous" && (rules.versions !== undefined || hasAmnesties),
  );
  if (asked.length === 0) {
    return NO_RULES;
  }
  const counted = known.get(project) ?? makeCountedRules(asked, project);
  known.set(project, counted);
  return counted;
}

function makeCountedRules(widgets: readonly Widget[], project: Project): CountedRules {
  const calendars = new Map<string, RulesCalendar>();
  const texts: unknown[] = [];
  for (const widget of widgets.toSorted((a, b) => (a.event < b.event ? -1 : 1))) {
    const { event, rules } = widget;
    const { calendar } = rulesFor(widget, project);
    const amnesties = calendar.amnesties?.united;
    // Amnesties that were taken back alone count as none.
    if (rules.versions !== undefined || amnesties !== undefined) {
      calendars.set(event, calendar);
      const versions = rules.versions?.map((version) => resolved(version, project.holidays));
      // Without amnesties, the text is what it was before there were any.
      texts.push([event, versions, ...(amnesties ? [amnesties] : [])]);
    }
  }
  if (calendars.size === 0) {
    return NO_RULES;
  }
  // Each segment keeps it, and a list of holidays can be long.
  const rulesDigest = createHash("sha256")
    .update(JSON.stringify([RULES_VERSION, texts]))
    .digest("base64url");
  return { calendars, rulesDigest };
}

/** Returns a version with dates in the place of names of lists. */
function resolved({ from, cadence, neverMissTwice, daysOff, freezes }: RulesVersion, holidays: readonly HolidayList[]) {
  const dates = new Set(datesOff(daysOff, holidays));
  return [
    from,
    Object.entries(cadence).sort(([a], [b]) => (a < b ? -1 : 1)),
    neverMissTwice,
    daysOff.weekdays.toSorted((a, b) => a - b),
    [...dates].sort((a, b) => a - b),
    // Without freezes, the text is what it was before there were any.
    ...(freezes ? [partsOfFreezes(freezes)] : []),
  ];
}
