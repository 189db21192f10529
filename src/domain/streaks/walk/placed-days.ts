import type { Day } from "../../day.ts";
import type { OffDays } from "../calendar/days-off.ts";
import { bitsWithin, countBits, highestBit, LATEST, WORD, wordOf } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { RunCounter } from "./run-counter.ts";

/**
 * What is added to the place of a day that has none of its own: a day off, or an exempt day that is not off by the
 * rules.
 */
const OFF = 1;
const EXEMPT = 2;

/**
 * Done days by their places among the days that are neither off nor exempt. The first of these has place 1. A day that
 * is off or exempt has the place of the day before it, and comes after that day.
 */
export class PlacedDays {
  /** How many done days there are. */
  readonly length: number;
  /** The place of the last day. */
  readonly lastPlace: number;
  readonly #done: DoneDays;
  readonly #passedDays: OffDays;
  readonly #first: Day;
  readonly #last: Day;
  /**
   * Four times the place of each done day. A day that has no place of its own has {@link OFF} or {@link EXEMPT} added,
   * so that it comes after the day before it.
   */
  readonly #places: Int32Array;
  /** How many done days come before each word, from the word of the first day on. */
  readonly #before: Int32Array;

  /** @param passedDays the days off, and the exempt days even if they are done */
  constructor(done: DoneDays, offDays: OffDays, passedDays: OffDays, first: Day, last: Day) {
    const length = done.count(first, last);
    const firstWord = wordOf(first);
    const before = new Int32Array(wordOf(last) - firstWord + 1);
    // One more, since a place is written for each day, and the next one overwrites it if the day is not done.
    const places = new Int32Array(length + 1);
    let index = 0;
    let place = 0; // four times
    for (let word = firstWord; word <= wordOf(last); word++) {
      before[word - firstWord] = index;
      const inRange = bitsWithin(word, first, last);
      const bits = done.word(word) & inRange;
      const passed = passedDays.word(word) | ~inRange;
      if (bits === 0) {
        place += 4 * countBits(~passed);
        continue;
      }
      const off = passed === 0 ? 0 : offDays.word(word);
      // The same few steps for each day, done or not. To look for the done days alone takes longer where most days are
      // done.
      for (let bit = 0; bit < WORD; bit++) {
        const isPassed = (passed >>> bit) & 1;
        place += 4 - 4 * isPassed;
        places[index] = place + isPassed * (((off >>> bit) & 1) === 1 ? OFF : EXEMPT);
        index += (bits >>> bit) & 1;
      }
    }
    this.length = length;
    this.lastPlace = place >> 2;
    this.#done = done;
    this.#passedDays = passedDays;
    this.#first = first;
    this.#last = last;
    this.#places = places;
    this.#before = before;
  }

  /** Returns the place of a done day. */
  placeOf(index: number): number {
    return this.#at(index) >> 2;
  }

  /** Returns the first place from a done day on: its own, if it has one. */
  firstPlaceFrom(index: number): number {
    return (this.#at(index) + 3) >> 2;
  }

  /** Returns whether there is a done day with this index, and it is not after the day at a place. */
  isUpTo(index: number, place: number): boolean {
    return index < this.length && this.#at(index) <= 4 * place;
  }

  /** Returns the first done day from `index` on that is not before the day at a place; `length` when there is none. */
  firstFrom(place: number, index: number): number {
    let found = index;
    while (found < this.length && this.#at(found) < 4 * place) {
      found++;
    }
    return found;
  }

  /** Returns the first done day from `index` on that is after the day at a place; `length` when there is none. */
  firstAfter(place: number, index: number): number {
    let found = index;
    while (this.isUpTo(found, place)) {
      found++;
    }
    return found;
  }

  /** Returns the first done day from `index` on that is not off; `length` when there is none. */
  neededFrom(index: number): number {
    let found = index;
    while (found < this.length && this.#at(found) % 4 === OFF) {
      found++;
    }
    return found;
  }

  /**
   * Returns the first done day from `index` on with which a run can begin whose first window has at least `count` done
   * days, or is not over; `length` when there is none.
   *
   * @param of how many places a window has
   * @param lastOver the last place that is over
   */
  firstWithWindow(index: number, count: number, of: number, lastOver: number): number {
    let found = this.neededFrom(index);
    while (found < this.length) {
      const first = this.firstPlaceFrom(found);
      if (first + of - 1 > lastOver || this.isUpTo(found + count - 1, first + of - 1)) {
        return found;
      }
      found = this.neededFrom(this.firstAfter(first, found));
    }
    return found;
  }

  /**
   * Returns the first done day from `index` on after which a window begins that has fewer than `needed` done days. If
   * another done day has the same place, the window may begin after that one.
   *
   * @param of how many places a window has
   */
  firstBeforeGap(index: number, needed: number, of: number): number {
    let found = index;
    for (let last = this.placeOf(found) + of; this.isUpTo(found + needed, last); last = this.placeOf(found) + of) {
      // If `of` days of the window are done, windows that begin up to `of - needed` done days later still have `needed`
      // of them, and need not be looked at.
      found += this.isUpTo(found + of, last) ? of - needed + 1 : 1;
    }
    return found;
  }

  /** Adds done days to a run, from one up to before another. Days off count only before a day that is not off. */
  count(runs: RunCounter, from: number, until: number): void {
    const first = Math.min(this.neededFrom(from), until);
    const end = this.endOfNeeded(first, until);
    runs.addDaysOff(first - from);
    if (end > first) {
      runs.keep(this.#dayOf(first), this.#dayOf(end - 1), end - first);
      runs.addDaysOff(until - end);
    }
  }

  /** Returns up to before which done day one that is not off is the last of some done days; `from` when all are off. */
  endOfNeeded(from: number, until: number): number {
    let end = until;
    while (end > from && this.#at(end - 1) % 4 === OFF) {
      end--;
    }
    return end;
  }

  /**
   * Returns the day at a place. After the last day, it is the day that will have the place if the rules don't change,
   * and nothing more is done; undefined when all days from some day on are exempt, so that none will have it.
   */
  dayAt(place: number): Day | undefined {
    const { lastPlace } = this;
    return place > lastPlace ? this.#dayAfter(place - lastPlace) : this.#dayBefore(lastPlace - place);
  }

  /**
   * Returns a day after the last day: the first one that has a place if `count` is 1, the second one if it is 2, and so
   * on. Returns undefined when there are fewer.
   */
  #dayAfter(count: number): Day | undefined {
    const passedDays = this.#passedDays.asOf(this.#last);
    let day: Day | undefined = this.#last;
    for (let passed = 0; passed < count && day !== undefined; passed++) {
      day = passedDays.nextNeeded(day + 1, LATEST);
    }
    return day;
  }

  /**
   * Returns a day up to the last day: the latest one that has a place if `count` is 0, the one before it if it is 1,
   * and so on. There must be as many.
   */
  #dayBefore(count: number): Day {
    let rest = count;
    let index = wordOf(this.#last);
    const placedIn = (word: number) => ~this.#passedDays.word(word) & bitsWithin(word, this.#first, this.#last);
    let placed = placedIn(index);
    while (countBits(placed) <= rest) {
      rest -= countBits(placed);
      index--;
      placed = placedIn(index);
    }
    for (; rest > 0; rest--) {
      placed ^= 1 << highestBit(placed);
    }
    return index * WORD + highestBit(placed);
  }

  /** Returns a done day. Few are asked for, so only the places of all are kept. */
  #dayOf(index: number): Day {
    let [low, high] = [0, this.#before.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#before[middle] as number) <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const word = wordOf(this.#first) + low;
    const start = Math.max(word * WORD, this.#first);
    return this.#done.nthFrom(start, index - (this.#before[low] as number) + 1);
  }

  #at(index: number): number {
    return this.#places[index] as number;
  }
}
