import type { Day } from "../../day.ts";
import type { OffDays } from "../calendar/days-off.ts";
import { bitOf, bitsFromTo, bitsWithin, countBits, highestBit, lowestBit, WORD, wordOf } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { DaysToWalk } from "./days-to-walk.ts";
import type { RunCounter } from "./run-counter.ts";

/**
 * Walks over days that are asked for one by one. Passes them by words, so that only missed days take time of their own.
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
    let missed = inRange & ~(done | off | open);
    let passed = 0; // how many days of the word
    while (missed !== 0) {
      const next = lowestBit(missed);
      keepDays(start, done & bitsFromTo(passed, WORD - 1) & ((1 << next) - 1), off, runs);
      runs.miss(start + next, start + next, neverMissTwice);
      passed = next + 1;
      missed &= missed - 1;
    }
    if (passed < WORD) {
      keepDays(start, done & bitsFromTo(passed, WORD - 1), off, runs);
    }
  }
}

/**
 * Passes done days between which no day was missed. A run neither begins nor ends on a day off.
 *
 * @param start the first day of the word
 */
function keepDays(start: Day, done: number, off: number, runs: RunCounter): void {
  const needed = done & ~off;
  if (needed === 0) {
    runs.addDaysOff(countBits(done));
    return;
  }
  const [first, last] = [lowestBit(needed), highestBit(needed)];
  if (needed === done) {
    runs.keep(start + first, start + last, countBits(done));
    return;
  }
  const within = bitsFromTo(first, last);
  const outside = done & ~within;
  runs.addDaysOff(countBits(outside & ((1 << first) - 1)));
  runs.keep(start + first, start + last, countBits(done & within), countBits(needed));
  runs.addDaysOff(countBits(outside & (-1 << last)));
}
