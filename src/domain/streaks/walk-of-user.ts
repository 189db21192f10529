import type { Day } from "../day.ts";
import type { RulesCalendar } from "./calendar/calendar.ts";
import type { ExemptDays } from "./calendar/exempt-days.ts";
import type { DoneDays } from "./days/done-days.ts";
import type { SettledDays } from "./late-events.ts";
import { type Repair, repairDaysOf, repairsUpTo } from "./ledger/repairs.ts";
import type { Present } from "./present.ts";
import type { StreakRules } from "./rules-for.ts";
import { type BridgedDays, bridgedDays } from "./travel.ts";
import { type Decisions, type Observers, type Standing, walk } from "./walk/walk.ts";

/** What a walk over the days of one user has made of them. */
export interface WalkOfUser {
  readonly done: DoneDays;
  /** The days that are bridged; undefined when there are none. */
  readonly bridged: BridgedDays | undefined;
  /** The days of repairs on which nothing is asked; undefined when there are none. */
  readonly repairDays: ExemptDays<Repair> | undefined;
  /**
   * The user's calendar: with pauses, amnesties, bridged days and repairs, as far as the days are done on the last day
   * of the walk.
   */
  readonly calendar: RulesCalendar;
  readonly decisions: Decisions;
  readonly standing: Standing;
}

/** What else a walk can be asked for. */
export interface WalkOptions extends Observers {
  /** A repair to try: what it would do if it were made today. */
  readonly tried?: Repair | undefined;
}

/**
 * Walks from a user's first done day to a day, by the rules and the user's ledger.
 *
 * @param day the last day that counts, which is not before today: those after it are left out, and so are repairs
 */
export function walkOfUser(
  { calendar, pauses, freezeDecisions, repairs }: StreakRules,
  settled: SettledDays,
  present: Present,
  day: Day,
  { tried, ...observers }: WalkOptions = {},
): WalkOfUser {
  const done = settled.days.words.upTo(day);
  const bridged = bridgedDays(settled, done, present);
  const made = repairsUpTo(repairs, day);
  const repairDays = repairDaysOf(made, calendar);
  const calendarWith = (days: ExemptDays<Repair> | undefined) => calendar.ofUser([pauses, bridged, days], done);
  const ofUser = calendarWith(repairDays);
  const decisions = { freezes: freezeDecisions, repairs: made };
  const triedRepair = tried && {
    repair: tried,
    calendarWith: () => calendarWith(repairDaysOf([...(made ?? []), tried], calendar)),
  };
  const standing = walk(ofUser, done, day, decisions, observers, triedRepair);
  return { done, bridged, repairDays, calendar: ofUser, decisions, standing };
}

/** Returns the most that any run has counted up to a day that is not before today, with the days after it left out. */
export function bestUpTo(settled: SettledDays, rules: StreakRules, present: Present, day: Day): number {
  return walkOfUser(rules, settled, present, day).standing.best;
}
