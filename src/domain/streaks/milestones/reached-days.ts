import type { Day } from "../../day.ts";
import { type RulesCalendar, shareOf } from "../calendar/calendar.ts";
import { isWeekOrMonth, type WeekOrMonth } from "../calendar/pace.ts";
import { type Period, periodOn } from "../calendar/periods.ts";
import { EARLIEST } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import { MAX_BRIDGED_AT_ONCE } from "../travel.ts";
import type { RuledRun, RunObserver } from "../walk/ruled-run.ts";
import { walk } from "../walk/walk.ts";
import type { WalkOfUser } from "../walk-of-user.ts";

/** A walk of a user up to the last day that is asked for. */
export interface WalkedUser extends WalkOfUser {
  /** Returns what `current` is as of a day. */
  currentOn(day: Day): number;
}

/** Numbers of which somebody asks when `current` has reached them. */
export interface AskedTargets {
  /** In order. */
  readonly targets: Iterable<number>;
  /** Asks only for days on which the run that is shown begins on this day or later. When not given, for all days. */
  readonly runFirst?: Day;
}

/** The first days on which `current` was at least a number, by these numbers. */
export type ReachedDays = ReadonlyMap<number, Day>;

/**
 * Returns the first days whose state, as of the day, has a `current` of at least some numbers.
 *
 * `current` as of a day grows only with what is kept and with repairs, so one walk tells when. In it, the number is
 * found within the word, week or month that has reached it.
 *
 * @param through the last day that is asked for
 */
export function reachedDays(walked: WalkedUser, through: Day, asked: readonly AskedTargets[]): readonly ReachedDays[] {
  const { calendar, done, decisions } = walked;
  const lists = asked.map(({ targets, runFirst = EARLIEST }) => new ReachedTargets(targets, runFirst));
  walk(calendar, done, through, decisions, { runObserver: new GrowthObserver(walked, lists) });
  return lists.map(({ days }) => days);
}

/** Targets, and when they were reached. */
class ReachedTargets {
  readonly days = new Map<number, Day>();
  readonly #targets: readonly number[];
  readonly #runFirst: Day;
  #next = 0;

  constructor(targets: Iterable<number>, runFirst: Day) {
    this.#targets = [...new Set(targets)].sort((one, other) => one - other);
    this.#runFirst = runFirst;
  }

  /** Notes that the run that is shown, with this first day, has come to a number. */
  reach(runFirst: Day, count: number, dayOf: (target: number) => Day): void {
    for (let target = this.#targets[this.#next]; target !== undefined && target <= count; ) {
      if (runFirst < this.#runFirst) {
        return;
      }
      this.days.set(target, dayOf(target));
      this.#next++;
      target = this.#targets[this.#next];
    }
  }
}

/** Finds out on which day each target is reached. */
class GrowthObserver implements RunObserver {
  readonly #walked: WalkedUser;
  readonly #calendar: RulesCalendar;
  readonly #done: DoneDays;
  readonly #lists: readonly ReachedTargets[];
  /** The first day on which the run that is open is shown as it is: not an older one, nor without its repair. */
  #shownFrom: Day = EARLIEST;
  /** Days before a repair on which a new run was shown, which is hidden while the repaired run goes on. */
  #shownBefore = { from: EARLIEST, until: EARLIEST };

  constructor(walked: WalkedUser, lists: readonly ReachedTargets[]) {
    this.#walked = walked;
    this.#calendar = walked.calendar;
    this.#done = walked.done;
    this.#lists = lists;
  }

  grew(run: RuledRun, before: number, first: Day, last: Day): void {
    this.#reach(run, (target) => {
      const day = this.#dayWith(target, before, first, last);
      const { from, until } = this.#shownBefore;
      return before === 0 && from <= day && day < until ? day : Math.max(day, this.#shownFrom);
    });
  }

  joined(run: RuledRun, open: Pick<RuledRun, "first" | "count"> | undefined, day: Day): void {
    // The days of this week or month that lie before the repair don't know it. Take 3 days a week, a run of 1 week that
    // has ended, one of 2 weeks up to Sunday, March 1, then Monday to Wednesday done, and a repair on Friday: `current`
    // is 3 from March 4 on, and 4 from March 6 on.
    const { first } = periodOn(day, this.#calendar.phaseOn(day));
    const kept = open && first < day ? this.#periodDay(first, open.count + 1, false) : undefined;
    if (open !== undefined && kept !== undefined && kept < day) {
      this.#reach({ first: open.first, count: open.count + 1 }, () => Math.max(kept, this.#shownFrom));
    }
    this.#reach(run, () => day);
    if (open === undefined) {
      // If the repaired run ends with this week or month, a new run begins in it. Take 4 days a week, a run that has
      // ended, then Friday to Sunday done, and a repair on Sunday: `current` is 1 on Saturday, for the run that begins
      // on Friday, and again on the Monday after.
      this.#shownBefore = { from: this.#shownFrom, until: day };
    }
    this.#shownFrom = Math.max(this.#shownFrom, day);
  }

  ended(day: Day): void {
    this.#shownFrom = day + 1;
  }

  #reach({ first, count }: Pick<RuledRun, "first" | "count">, dayOf: (target: number) => Day): void {
    for (const list of this.#lists) {
      list.reach(first, count, dayOf);
    }
  }

  /** Returns the day on which a run has counted `target`, by what is kept from `first` to `last`. */
  #dayWith(target: number, before: number, first: Day, last: Day): Day {
    if (isWeekOrMonth(this.#calendar.phaseOn(first).pace)) {
      return this.#periodDay(first, target, before === 0) ?? last;
    }
    // What waited comes with the first kept day.
    const done = this.#done.nthFrom(first, Math.max(target - before, 1));
    let day = done;
    while (this.#calendar.offDays.has(day)) {
      day = this.#done.nextFrom(day + 1) as Day; // it counts no earlier than the next day that is not off
    }
    const { bridged } = this.#walked;
    if (bridged === undefined) {
      return day;
    }
    // Before this day was done, the day that it bridges may have been covered, and have lengthened the run. Take Monday
    // and Wednesday done with a freeze on Tuesday: `current` is 3, and stays 3 when Thursday bridges Tuesday. By other
    // rules, another run may have been shown the day before.
    const mayHaveLengthened = bridged.on(done - 2) && this.#calendar.phaseOn(done - 2).freezes?.lengthenRun;
    return this.#dayAsOf(target, mayHaveLengthened ? done - 1 : day, day) ?? day;
  }

  /**
   * Returns the first day as of which `current` is at least a target. What bridges a day may be done two days after it.
   */
  #dayAsOf(target: number, first: Day, last: Day): Day | undefined {
    return daysFrom(first, last + MAX_BRIDGED_AT_ONCE).find((day) => this.#walked.currentOn(day) >= target);
  }

  /**
   * Returns the first day as of which the week or month of a day counts; undefined when it does not.
   *
   * @param target what `current` is then, at least
   * @param begins whether the run begins in it, so that a share is enough
   */
  #periodDay(inPeriod: Day, target: number, begins: boolean): Day | undefined {
    const phase = this.#calendar.phaseOn(inPeriod);
    const period = periodOn(inPeriod, phase);
    const { first, last } = period;
    const { bridged } = this.#walked;
    if (bridged?.hasAny(first, last)) {
      return this.#dayAsOf(target, first, last);
    }
    const pace = phase.pace as WeekOrMonth;
    return daysFrom(this.#done.nextFrom(first) ?? last + 1, last).find((day) =>
      daysFrom(first, begins ? day : first).some((from) => this.#isKept(from, day, period, pace)),
    );
  }

  /** Whether as many days of a period are done, from one of its days on, as are needed from it on, as of a day. */
  #isKept(from: Day, asOf: Day, { first, last, length }: Period, pace: WeekOrMonth): boolean {
    const { offDays, passedDays } = this.#calendar;
    if (from > first && (!this.#done.has(from) || offDays.has(from))) {
      return false;
    }
    // Exempt days to come are not done yet.
    const asked = offDays.countNeeded(from, asOf) + passedDays.countNeeded(asOf + 1, last);
    return asked > 0 && this.#done.count(from, asOf) >= shareOf(pace, asked, length);
  }
}

function daysFrom(first: Day, last: Day): readonly Day[] {
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
}
