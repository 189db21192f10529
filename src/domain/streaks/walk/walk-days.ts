import type { Day } from "../../day.ts";
import type { OffDays } from "../calendar/days-off.ts";
import {
  belowLowest,
  bitOf,
  bitsFromTo,
  bitsWithin,
  countBits,
  endsOfLongerRuns,
  highestBit,
  lowestBit,
  lowestRun,
  WORD,
  wordOf,
} from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { DaysToWalk } from "./days-to-walk.ts";
import type { RunCounter } from "./run-counter.ts";

/**
 * Walks over days that are asked for one by one. Passes them by words, so that only gaps take time of their own. Gaps
 * that earned freezes cover, and runs that are too short to matter, are passed several at once.
 */
export function walkDays(
  { from, through, lastDay }: DaysToWalk,
  neverMissTwice: boolean,
  offDays: OffDays,
  doneDays: DoneDays,
  runs: RunCounter,
): void {
  for (let word = wordOf(from); word <= wordOf(through); word++) {
    const start = word * WORD;
    const inRange = bitsWithin(word, from, through);
    const done = doneDays.word(word) & inRange;
    if (done === 0 && !runs.isOpen) {
      continue;
    }
    const off = offDays.word(word);
    const open = word === wordOf(lastDay) ? 1 << bitOf(lastDay) : 0;
    const needed = done & ~off;
    // A single miss between two kept days changes nothing.
    const excused = neverMissTwice ? (needed << 1) & (needed >>> 1) : 0;
    let missed = inRange & ~(done | off | open | excused);
    // After these days no run is open, unless a freeze covers them. Misses over the border of two words are left to
    // `missDays`.
    const ends = neverMissTwice ? missed & (missed << 1) : missed;
    // Without the days that end runs, and the misses before them, stretches remain. No run is longer than its stretch,
    // so only stretches of more days than the best are counted.
    const worthCounting = runs.followsRuns(start, start + WORD - 1)
      ? -1
      : endsOfLongerRuns(~(missed & (ends | (ends >>> 1))), runs.best);
    let passed = 0; // how many days of the word
    while (missed !== 0) {
      const left = bitsFromTo(passed, WORD - 1);
      const covered = neverMissTwice ? 0 : runs.coverGaps(start, needed & left, missed);
      if (covered > 0) {
        const days = bitsFromTo(passed, covered - 1);
        keepDays(start, done & days, off, runs, 0); // freezes have counted these days
        runs.addCovered(countBits(missed & days));
        passed = covered;
      } else {
        const gap = lowestRun(missed);
        const [first, last] = [lowestBit(gap), highestBit(gap)];
        keepDays(start, done & left & belowLowest(gap), off, runs);
        runs.missDays(start + first, start + last, neverMissTwice);
        passed = (gap & ends) === 0 ? last + 1 : passShortRuns(last + 1, ends, worthCounting);
      }
      missed &= ~bitsFromTo(0, passed - 1);
    }
    if (passed < WORD) {
      keepDays(start, done & bitsFromTo(passed, WORD - 1), off, runs);
    }
  }
}

/**
 * Passes the next runs that end in a word, are too short to be the best, and matter to nobody else.
 *
 * @param passed how many days of the word are passed; no run is open after them
 * @param ends the missed days after which no run is open
 * @param worthCounting at least one day of each run that must be counted
 * @returns how many days of the word are passed then; no run is open after them
 */
function passShortRuns(passed: number, ends: number, worthCounting: number): number {
  const next = worthCounting & ~bitsFromTo(0, passed - 1);
  const endsBefore = ends & ~bitsFromTo(0, passed - 1) & belowLowest(next);
  return endsBefore === 0 ? passed : highestBit(endsBefore) + 1;
}

/**
 * Passes done days between which no day was missed, or freezes have covered what was. A run neither begins nor ends on a
 * day off.
 *
 * @param start the first day of the word
 * @param periods how many days count towards freezes. When not given, the days that are not off do
 */
function keepDays(start: Day, done: number, off: number, runs: RunCounter, periods?: number): void {
  const needed = done & ~off;
  if (needed === 0) {
    runs.addDaysOff(countBits(done));
    return;
  }
  const [first, last] = [lowestBit(needed), highestBit(needed)];
  if (needed === done) {
    runs.keep(start + first, start + last, countBits(done), periods);
    return;
  }
  const within = bitsFromTo(first, last);
  const outside = done & ~within;
  runs.addDaysOff(countBits(outside & ((1 << first) - 1)));
  runs.keep(start + first, start + last, countBits(done & within), periods ?? countBits(needed));
  runs.addDaysOff(countBits(outside & (-1 << last)));
}
