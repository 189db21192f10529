import type { Day } from "./day.ts";
import { EVERY_DAY, partsOfFreezes, partsOfRepairs, type RulesVersion } from "./rules.ts";

/** Rules that do not say from when on they hold. Their weekdays and dates are in order. */
export type UndatedRules = Omit<RulesVersion, "from">;

/** A change of a widget's rules, as somebody asks for it. */
export interface RulesChange {
  readonly rules: UndatedRules;
  /** The first day on which they are to hold; undefined when the change does not say. */
  readonly from: Day | undefined;
}

/** The versions of a widget's rules; undefined while every day counts and nothing else was ever said. */
export type Versions = readonly RulesVersion[] | undefined;

/** Returns the versions of a new widget, whose rules hold from the beginning. */
export function firstVersions(rules: UndatedRules): Versions {
  return isSameRules(rules, EVERY_DAY) ? undefined : [rules];
}

/**
 * Returns the versions after a change. They may be more than `MAX_VERSIONS`, which the caller refuses.
 *
 * A change takes the place of versions that would begin on its day or later. When it asks for the rules of the newest
 * version and that version has not begun, it only moves the beginning of that version.
 *
 * @param stored the versions before the change
 * @param today in the project's zone
 * @returns `past` when the change asks for a day before today, which would rewrite what was
 */
export function changeVersions(stored: Versions, { rules, from }: RulesChange, today: Day): Versions | "past" {
  const versions = stored ?? [EVERY_DAY];
  const newest = versions.at(-1) as RulesVersion;
  const isSame = isSameRules(rules, newest);
  const isSameDay = from === newest.from;
  if (isSame && (isSameDay || from === undefined)) {
    return stored;
  }
  if (from !== undefined && from < today && !isSameDay) {
    return "past";
  }
  // Whoever changes the rules of a widget sends back the day on which the rules before the change began.
  const begins = from === undefined || from < today ? today + 1 : from;
  const isMove = isSame && newest.from !== undefined && newest.from > today;
  const left = (isMove ? versions.slice(0, -1) : versions).filter(
    (version) => version.from === undefined || version.from < begins,
  );
  const changed = isSameRules(rules, left.at(-1) as RulesVersion) ? left : [...left, { from: begins, ...rules }];
  return stored === undefined && changed.length === 1 ? undefined : changed;
}

/** Whether two versions say the same, from whichever day on. */
function isSameRules(one: UndatedRules, other: UndatedRules): boolean {
  return textOf(one) === textOf(other);
}

function textOf(rules: UndatedRules): string {
  const { cadence, neverMissTwice, daysOff, dayStart, grace, freezes, repairs, counts } = rules;
  const { kind, days, of, weekdays, weekStart }: AnyCadence = cadence;
  const off = [daysOff.weekdays, daysOff.dates, daysOff.holidays.toSorted()];
  const help = [freezes && partsOfFreezes(freezes), repairs && partsOfRepairs(repairs)];
  return JSON.stringify([kind, days, of, weekdays, weekStart, neverMissTwice, off, dayStart, grace, help, counts]);
}

/** The fields that the kinds of cadence have together. */
interface AnyCadence {
  readonly kind: string;
  readonly days?: number;
  readonly of?: number;
  readonly weekdays?: readonly number[];
  readonly weekStart?: number;
}
