import type { Day } from "../../day.ts";
import type { OffDays } from "../calendar/days-off.ts";
import {
  bitsFromTo,
  bitsWithin,
  countBits,
  hasDayBit,
  highestBit,
  LATEST,
  lowestBit,
  WORD,
  wordOf,
} from "../days/bits.ts";
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
  readonly #passedDays: OffDays;
  readonly #first: Day;
  readonly #last: Day;
  readonly #days: Int32Array;
  /**
   * Four times the place of each done day. A day that has no place of its own has {@link OFF} or {@link EXEMPT} added,
   * so that it comes after the day before it.
   */
  readonly #places: Int32Array;

  /** @param passedDays the days off, and the exempt days even if they are done */
  constructor(done: DoneDays, offDays: OffDays, passedDays: OffDays, first: Day, last: Day) {
    const length = done.count(first, last);
    const days = new Int32Array(length);
    const places = new Int32Array(length);
    let index = 0;
    let placesBefore = 0;
    for (let word = wordOf(first); index < length; word++) {
      const start = word * WORD;
      const inRange = bitsWithin(word, first, last);
      const off = offDays.word(word);
      const passed = passedDays.word(word);
      const placed = ~passed & inRange;
      for (let rest = done.word(word) & inRange; rest !== 0; ) {
        // Done days in a row that all have places of their own, or all have none.
        const bit = lowestBit(rest);
        const isPassed = ((passed >>> bit) & 1) === 1;
        const others = ~(rest & (isPassed ? passed : ~passed)) & (-1 << bit);
        const end = others === 0 ? WORD : lowestBit(others);
        let place = 4 * (placesBefore + countBits(placed & bitsFromTo(0, bit)));
        for (let day = start + bit; day < start + end; day++) {
          days[index] = day;
          places[index] = isPassed ? place + (hasDayBit(off, day) ? OFF : EXEMPT) : place;
          place += isPassed ? 0 : 4;
          index++;
        }
        rest &= end === WORD ? 0 : -1 << end;
      }
      placesBefore += countBits(placed);
    }
    this.length = length;
    this.#passedDays = passedDays;
    this.#first = first;
    this.#last = last;
    this.#days = days;
    this.#places = places;
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

  /** Adds done days to a run, from one up to before another. Days off count only before a day that is not off. */
  count(runs: RunCounter, from: number, until: number): void {
    const first = Math.min(this.neededFrom(from), until);
    let end = until;
    while (end > first && this.#at(end - 1) % 4 === OFF) {
      end--;
    }
    runs.addDaysOff(first - from);
    if (end > first) {
      runs.keep(this.#days[first] as Day, this.#days[end - 1] as Day, end - first);
      runs.addDaysOff(until - end);
    }
  }

  /**
   * Returns the day at a place. After the last day, it is the day that will have the place if the rules don't change,
   * and nothing more is done; undefined when all days from some day on are exempt, so that none will have it.
   *
   * @param lastPlace the latest place of any day up to the last day
   */
  dayAt(place: number, lastPlace: number): Day | undefined {
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

  #at(index: number): number {
    return this.#places[index] as number;
  }
}
