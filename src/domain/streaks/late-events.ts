import { type ActionCounts, type History, ownDays } from "../check-ins.ts";
import type { Day } from "../day.ts";
import type { Months } from "../months.ts";
import { bitsFrom, hasDayBit, WORD, type WordsOfDays, wordOf } from "./days/bits.ts";
import { type MonthBits, MonthSpan } from "./days/month-span.ts";
import { type DaysInZone, zonesOf } from "./days-by-zone.ts";
import type { StreakRules } from "./rules-for.ts";

/** What a user has done for an event, after it was settled which day each late event counts for. */
export interface SettledDays {
  /** All done days. */
  readonly days: Months;
  /** Never there, so that types refuse a {@link History} that is not settled. */
  readonly others?: never;
  /** The IANA name of the user's home zone; absent where zones don't matter. */
  readonly home?: string;
  /** The done days that late events of the days after them have filled; absent without late events. */
  readonly filled?: Months;
  /**
   * The done days by the zones of their events. A day can be in several of these sets, or in none where its zone is not
   * known. Absent where all days are in the home zone.
   */
  readonly zones?: readonly DaysInZone[];
  /** The actions of the history, for a cumulative streak. */
  readonly actions?: ActionCounts;
}

/**
 * Finds out which day each late event counts for, going through the days in order:
 *
 * - If the day before its own is not done so far, and not off, a late event fills that day.
 * - Otherwise it counts for its own day.
 *
 * So the result does not depend on the order in which events came. And one more event takes no day away: at most, a
 * late event counts for its own day, and no longer for the day before, which the other event does. Takes up to some 30
 * microseconds, so callers settle a history once, and pass on the result.
 *
 * @param rules those of the user; they say which days are off
 */
export function settle(history: History, rules: StreakRules): SettledDays {
  if (isSettled(history)) {
    return history;
  }
  const { days, others = [], home, actions } = history;
  const ofHome = home !== undefined && { home };
  if (rules.mode === "cumulative") {
    return { days: ownDays(history), ...ofHome, ...(actions && { actions }) };
  }
  const lateSets = others.filter((other) => other.late).map((other) => other.days);
  if (lateSets.length === 0) {
    return { days: ownDays(history), ...ofHome, ...zonesOf(history, others) };
  }
  const span = new MonthSpan([days, ...others.map((other) => other.days)]);
  const done = span.read([days, ...others.filter((other) => !other.late).map((other) => other.days)]);
  const late = span.read(lateSets);
  const own = lateForOwnDay(late, done, span, rules);
  const filled = span.daysBefore(late.map((bits, index) => bits & ~(own[index] as number)));
  const all = done.map((bits, index) => bits | (own[index] as number) | (filled[index] as number));
  return {
    days: span.write(all),
    ...ofHome,
    filled: span.write(filled),
    ...zonesOf(history, others, { span, own, all }),
  };
}

function isSettled(history: History): history is History & SettledDays {
  return history.others === undefined;
}

/** Returns whether a day is off for a user if it is not done: by the rules, a pause or an amnesty. */
export function isOff(day: Day, rules: StreakRules): boolean {
  return hasDayBit(offDaysOf(rules).word(wordOf(day)), day);
}

/** Returns the days that are off for a user if they are not done: by the rules, pauses and amnesties. */
function offDaysOf({ calendar, pauses }: StreakRules): WordsOfDays {
  return {
    word: (index) => calendar.offDays.word(index) | (calendar.amnesties?.word(index) ?? 0) | (pauses?.word(index) ?? 0),
  };
}

/**
 * Returns the days whose late events count for their own day, since the day before is off, or done: by an event in
 * time, or by its own late events.
 */
function lateForOwnDay(late: MonthBits, inTime: MonthBits, span: MonthSpan, rules: StreakRules): MonthBits {
  const off = offDaysOf(rules);
  const own = new Int32Array(span.length);
  for (let index = 1; index < span.length; index++) {
    const before = (((inTime[index - 1] as number) | (own[index - 1] as number)) >>> span.lastBit(index - 1)) & 1;
    const bits = late[index] as number;
    if (bits !== 0) {
      // Bit by bit the days before those of the month: bit 0 is the last day of the month before.
      const from = span.firstDay(index) - 1;
      const taken = ((inTime[index] as number) << 1) | before | bitsFrom(off, from, from + LONGEST_MONTH - 1);
      own[index] = spread(bits & taken, bits);
    }
  }
  return own;
}

/** Returns `from`, and each bit of `through` that follows above it without a gap. */
function spread(from: number, through: number): number {
  let [bits, open] = [from, through];
  for (let step = 1; step < WORD; step *= 2) {
    bits |= (bits << step) & open;
    open &= open << step;
  }
  return bits;
}

const LONGEST_MONTH = 31;
