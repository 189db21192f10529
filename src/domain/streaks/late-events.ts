import { type ActionCounts, type History, ownDays } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { hasDayBit, justAfter, justBefore, type WordsOfDays, wordOf } from "./days/bits.ts";
import { DaySet } from "./days/day-set.ts";
import { DoneDays } from "./days/done-days.ts";
import { type DaysInZone, type RecordedDays, type SettledLate, zonesOf } from "./days-by-zone.ts";
import type { StreakRules } from "./rules-for.ts";

/** What a user has done for an event, after it was settled which day each late event counts for. */
export interface SettledDays {
  /** All done days. */
  readonly days: DaySet;
  /** The IANA name of the user's home zone; absent where zones don't matter. */
  readonly home?: string;
  /** The done days that late events of the days after them have filled; absent without late events. */
  readonly filled?: DoneDays;
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
 * late event counts for its own day, and no longer for the day before, which the other event does. Takes some
 * microseconds, so callers settle a history once, and pass on the result.
 *
 * @param rules those of the user; they say which days are off
 */
export function settle(history: History, rules: StreakRules): SettledDays {
  const { days, others = [], home, actions } = history;
  const further = { ...(home !== undefined && { home }), ...(actions && { actions }) };
  if (others.length === 0) {
    return { days: DaySet.ofMonths(days), ...further };
  }
  if (rules.mode === "cumulative") {
    return { days: DaySet.ofMonths(ownDays(history)), ...further };
  }
  const recorded: RecordedDays[] = [
    { late: false, zone: home, days: DoneDays.ofMonths(days) },
    ...others.map(({ late, zone = home, days }) => ({ late, zone, days: DoneDays.ofMonths(days) })),
  ];
  const inTime = unionOf(recorded.filter(({ late }) => !late));
  const late = unionOf(recorded.filter(({ late }) => late));
  const settledLate = late.first === undefined ? undefined : settleLate(late, inTime, rules);
  return {
    days: DaySet.ofWords(settledLate?.all ?? inTime),
    ...further,
    ...(settledLate && { filled: settledLate.filled }),
    ...zonesOf(recorded, home, settledLate),
  };
}

function unionOf(recorded: readonly RecordedDays[]): DoneDays {
  return DoneDays.union(recorded.map(({ days }) => days));
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
 * Finds out which day each late event counts for. It counts for its own day if the day before is off, or is done by an
 * event in time or by its own late events.
 */
function settleLate(late: DoneDays, inTime: DoneDays, rules: StreakRules): SettledLate {
  const off = offDaysOf(rules);
  // The late events of the first day may fill the last day of the word before.
  const first = Math.min(late.firstWord - 1, inTime.firstWord);
  const count = Math.max(late.lastWord, inTime.lastWord) - first + 1;
  const [own, filled, all] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  let before = 0; // the done days of the word before, without those that are filled
  for (let place = 0; place < count; place++) {
    const index = first + place;
    const lateBits = late.word(index);
    const inTimeBits = inTime.word(index);
    let ownBits = 0;
    if (lateBits !== 0) {
      const taken = justAfter(before, inTimeBits) | justAfter(off.word(index - 1), off.word(index));
      ownBits = spread(lateBits & taken, lateBits);
      const filling = lateBits & ~ownBits;
      filled[place] = justBefore(filling, 0);
      if (place > 0) {
        filled[place - 1] = (filled[place - 1] as number) | justBefore(0, filling);
        all[place - 1] = (all[place - 1] as number) | justBefore(0, filling);
      }
    }
    before = inTimeBits | ownBits;
    own[place] = ownBits;
    all[place] = before | (filled[place] as number);
  }
  return { own: new DoneDays(first, own), filled: new DoneDays(first, filled), all: new DoneDays(first, all) };
}

/** Returns `from`, and each bit of `through` that follows above it without a gap. `through` must have `from`. */
function spread(from: number, through: number): number {
  // An addition carries through the bits that follow, and makes them 0, except those that are in `from`.
  return (((through + from) ^ through) & through) | from;
}
