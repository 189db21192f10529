import { type Day, isoDate } from "../../domain/day.ts";
import type { Project, Widget } from "../../domain/project.ts";
import type { HolidayList, RulesVersion } from "../../domain/rules.ts";
import { clip, refusal } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

/** What of a project its rules depend on. */
type ProjectRules = Pick<Project, "widgets" | "holidays">;

/**
 * The most bytes of JSON that the rules of a project's widgets may have together, earlier versions among them. A project
 * is read often, and each answer with the project has all of them.
 */
const MAX_RULES_BYTES = 256 * 1024;

/**
 * The most dates that the rules of a project's widgets may make days off, those of the named lists among them: a list
 * counts for each version that names it. Opening a project takes about 0.1 µs of CPU time for each of these dates, and
 * 0.4 µs right after the start: 10 to 40 ms for the most.
 */
const MAX_DATES_OFF = 100_000;

/**
 * Checks what the widgets and the lists of holidays of a project must be together.
 *
 * @param before the project before the update; undefined for a new one
 * @param after the project as it would be
 * @param today in the project's zone
 * @throws StreakdError INVALID_BODY when rules name a list that is not there, when a list that a widget uses would
 *   change before today, and when all rules together are too large
 */
export function checkProjectRules(before: ProjectRules | undefined, after: ProjectRules, today: Day): void {
  requireLists(before, after, (index) => `project.widgets[${index}]`);
  if (before !== undefined) {
    refuseOtherPast(before, after, today);
  }
  refuseTooMuch(after, "project.widgets");
}

/**
 * Checks that the rules of widgets are not too much together.
 *
 * @param at the path of the field to blame
 * @throws StreakdError INVALID_BODY
 */
export function refuseTooMuch({ widgets, holidays }: ProjectRules, at: string): void {
  const versions = widgets.flatMap(({ rules }) => rules.versions ?? []);
  const sizes = new Map(holidays.map(({ name, dates }) => [name, dates.length]));
  const datesOf = ({ daysOff }: RulesVersion) =>
    daysOff.holidays.reduce((sum, name) => sum + (sizes.get(name) ?? 0), daysOff.dates.length);
  const bounds = [
    [Buffer.byteLength(JSON.stringify(versions)), MAX_RULES_BYTES, "bytes as JSON"],
    [
      versions.reduce((sum, version) => sum + datesOf(version), 0),
      MAX_DATES_OFF,
      "dates off, those of lists among them",
    ],
  ] as const;
  for (const [size, most, unit] of bounds) {
    if (size > most) {
      throw refusal(
        at,
        `would have rules with ${size} ${unit}, counting all widgets and earlier versions, and ${most} are allowed. Use fewer or shorter lists of dates, or remove a widget`,
      );
    }
  }
}

/**
 * Checks that each list of holidays that rules name is there.
 *
 * @param before the project before the update; undefined for a new one
 * @param pathOf returns the path of a widget by its index
 * @throws StreakdError INVALID_BODY
 */
export function requireLists(
  before: ProjectRules | undefined,
  { widgets, holidays }: ProjectRules,
  pathOf: (index: number) => string,
): void {
  const names = new Set(holidays.map(({ name }) => name));
  for (const [i, { event, rules }] of widgets.entries()) {
    for (const { daysOff } of rules.versions ?? []) {
      const j = daysOff.holidays.findIndex((name) => !names.has(name));
      const name = daysOff.holidays[j];
      if (name === undefined) {
        continue;
      }
      if (before?.holidays.some((list) => list.name === name)) {
        throw refusal(
          "project.holidays",
          `must keep the list "${clip(name)}": the rules of the widget "${clip(event)}" name it, now or in an earlier version`,
        );
      }
      // No version that is stored names it, so the newest one does, which the request has.
      throw refusal(`${pathOf(i)}.rules.daysOff.holidays[${j}]`, unknownList(name, [...names]));
    }
  }
}

function unknownList(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  const hint = meant === undefined ? "" : ` The nearest is "${clip(meant)}".`;
  return `names "${clip(name)}", and the project has no list of holidays of that name.${hint} Add the list to the project's holidays, in the same update if you like`;
}

/** Refuses to change which dates before today a list has that a widget uses. */
function refuseOtherPast(before: ProjectRules, after: ProjectRules, today: Day): void {
  for (const [i, list] of after.holidays.entries()) {
    const old = before.holidays.find(({ name }) => name === list.name);
    const user =
      old &&
      after.widgets.find(({ event }) => before.widgets.some((each) => each.event === event && usesList(each, list)));
    if (old === undefined || user === undefined) {
      continue;
    }
    const added = pastDateOfOneOnly(list, old, today);
    const removed = pastDateOfOneOnly(old, list, today);
    if (added !== undefined || removed !== undefined) {
      const problem = added !== undefined ? `adds ${isoDate(added)}` : `lacks ${isoDate(removed as Day)}`;
      throw refusal(
        `project.holidays[${i}].dates`,
        `${problem}, which is over, and the widget "${clip(user.event)}" uses the list: that would change what was. Change only dates from today, ${isoDate(today)}, on`,
      );
    }
  }
}

function usesList({ rules }: Widget, { name }: HolidayList): boolean {
  return rules.versions?.some(({ daysOff }) => daysOff.holidays.includes(name)) ?? false;
}

/** Returns a date before today that one list has and the other has not. */
function pastDateOfOneOnly(one: HolidayList, other: HolidayList, today: Day): Day | undefined {
  const dates = new Set(other.dates);
  return one.dates.find((day) => day < today && !dates.has(day));
}
