import type { Day } from "../../day.ts";
import { EVERY_DAY, type HolidayList, type RulesVersion, type Weekday } from "../../rules.ts";
import { wordOf } from "../days/bits.ts";
import { type DoneDays, nothingDone } from "../days/done-days.ts";
import type { Amnesties } from "./amnesties.ts";
import { ExemptOffDays, type OffDays, RuledOffDays } from "./days-off.ts";
import { type ExemptSet, ExemptWords } from "./exempt-days.ts";
import type { WeekOrMonth } from "./pace.ts";
import type { Period } from "./periods.ts";
import { beginningsOf, type Phase, phasesOf } from "./phases.ts";

/** What a streak counts. */
export type StreakUnit = "day" | "week" | "month" | "action";

/**
 * The calendar as the versions of a widget's rules divide it. It does not depend on what is done, unless it is that of
 * a user with exempt days: see {@link RulesCalendar.ofUser}.
 */
export class RulesCalendar {
  readonly offDays: OffDays;
  /** The days off by the rules alone. Differs from `offDays` only in the calendar of a user with exempt days. */
  readonly ruledOffDays: OffDays;
  /** The days that windows pass over: days off, and exempt days even if they are done. */
  readonly passedDays: OffDays;
  /** In order, without gaps; the first has no beginning, the last no end. */
  readonly phases: readonly Phase[];
  /** Whether any phase has freezes. */
  readonly hasFreezes: boolean;
  /** The widget's amnesties; absent while none counts. `offDays` has them only in the calendar of a user. */
  readonly amnesties?: Amnesties;

  private constructor(
    { offDays, ruledOffDays, passedDays }: Pick<RulesCalendar, "offDays" | "ruledOffDays" | "passedDays">,
    phases: readonly Phase[],
    amnesties?: Amnesties,
  ) {
    this.offDays = offDays;
    this.ruledOffDays = ruledOffDays;
    this.passedDays = passedDays;
    this.phases = phases;
    this.hasFreezes = phases.some(({ freezes }) => freezes !== undefined);
    if (amnesties !== undefined && amnesties.united.length > 0) {
      this.amnesties = amnesties;
    }
  }

  /** @param versions at least one, in order */
  static of(versions: readonly RulesVersion[], holidays: readonly HolidayList[], amnesties?: Amnesties): RulesCalendar {
    const begun = beginningsOf(versions);
    const offDays = RuledOffDays.of(begun, holidays);
    return new RulesCalendar({ offDays, ruledOffDays: offDays, passedDays: offDays }, phasesOf(begun), amnesties);
  }

  /**
   * Returns the calendar of a user who has done these days: this one, if nothing exempts any day for the user, and no
   * amnesty counts. An exempt day is off only if it is not done.
   *
   * @param exempt the pauses of the user, the days that are bridged, and the days of repairs
   */
  ofUser(exempt: readonly (ExemptSet | undefined)[], done: DoneDays): RulesCalendar {
    const { amnesties } = this;
    const sets = [...exempt, amnesties].filter((days) => days !== undefined);
    if (sets.length === 0) {
      return this;
    }
    // A walk goes from the first done day to the last day that counts. Mostly that is not long after the last done day.
    const lastWord = Math.min(done.lastWord + 1, wordOf(done.through));
    const all = new ExemptWords(sets, done.firstWord, lastWord);
    const { ruledOffDays } = this;
    const offDays = (done: DoneDays) => new ExemptOffDays(ruledOffDays, all, done);
    const ofUser = { offDays: offDays(done), ruledOffDays, passedDays: offDays(nothingDone) };
    return new RulesCalendar(ofUser, this.phases, amnesties);
  }

  phaseOn(day: Day): Phase {
    return this.phases.findLast(({ from }) => from <= day) as Phase;
  }

  /** Returns what the streak counts on a day. */
  unitOn(day: Day): StreakUnit {
    const { per } = this.phaseOn(day).pace;
    return per === "window" ? "day" : per;
  }

  /** Returns the weekday with which the week begins that is shown on a day: that of a cadence of weeks, else Monday. */
  weekStartOn(day: Day): Weekday {
    const { pace } = this.phaseOn(day);
    return pace.per === "week" ? pace.weekStart : 0;
  }

  /** Returns how many done days a week or month needs from one of its days on. */
  neededFrom(day: Day, { last, length }: Period, pace: WeekOrMonth): number {
    return shareOf(pace, this.offDays.countNeeded(day, last), length);
  }
}

/**
 * Returns how many done days some days of a week or month need: their share of what the whole one needs.
 *
 * @param daysAskedFor how many of these days are not off
 * @param length how many days the whole week or month has
 */
export function shareOf(pace: WeekOrMonth, daysAskedFor: number, length: number): number {
  return Math.ceil((pace.days * daysAskedFor) / length);
}

/** The calendar of a widget without rules. */
export const EVERY_DAY_CALENDAR = RulesCalendar.of([EVERY_DAY], []);
