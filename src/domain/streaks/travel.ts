import type { Day } from "../day.ts";
import { datesIn } from "../zone-dates.ts";
import type { DaysInARow, ExemptSet } from "./calendar/exempt-days.ts";
import type { DoneDays } from "./days/done-days.ts";
import { Itinerary, type Journey } from "./itinerary.ts";
import type { SettledDays } from "./late-events.ts";
import type { Present } from "./present.ts";

/** The most days in a row that a journey bridges: no two zones are more than a day and a half apart. */
export const MAX_BRIDGED_AT_ONCE = 2;

/**
 * Whether days may be bridged: whether there is more than one zone, or one that has left a date out. Nearly all users
 * have neither, and pay no more than this question.
 */
export function mayTravel({ home, zones }: SettledDays, { zone }: Present): boolean {
  if (zones !== undefined) {
    return true;
  }
  if (home === undefined) {
    return false;
  }
  const dates = datesIn(home);
  return dates.skipped.length > 0 || (zone !== undefined && zone !== home && datesIn(zone) !== dates);
}

/**
 * Returns the days that are bridged. Today counts as done, in the zone that decides which day is today.
 *
 * @param done the done days up to the last day that counts, which is not before today
 * @returns undefined when there are none, as for all users with a single zone
 */
export function bridgedDays(settled: SettledDays, done: DoneDays, present: Present): BridgedDays | undefined {
  if (!mayTravel(settled, present)) {
    return undefined;
  }
  const itinerary = new Itinerary(settled, done, present);
  const days = itinerary.bridgedDays();
  return days.first === undefined ? undefined : new BridgedDays(days, itinerary);
}

/** Days that are not done, and that a user has moved east over. Nothing is asked of the user on them. */
export class BridgedDays implements ExemptSet {
  readonly #days: DoneDays;
  readonly #itinerary: Itinerary;

  constructor(days: DoneDays, itinerary: Itinerary) {
    this.#days = days;
    this.#itinerary = itinerary;
  }

  /** Returns the bridged days in a row that have a day among them. */
  on(day: Day): DaysInARow | undefined {
    if (!this.#days.has(day)) {
      return undefined;
    }
    let [from, to] = [day, day];
    while (this.#days.has(from - 1)) {
      from--;
    }
    while (this.#days.has(to + 1)) {
      to++;
    }
    return { from, to };
  }

  /** Returns the journey that bridges a day. It is found again, since few ask for it. */
  decisionOn(day: Day): Journey | undefined {
    return this.#days.has(day) ? this.#itinerary.journeyOver(day) : undefined;
  }

  /** Returns whether any of the days from one to another are bridged. */
  hasAny(first: Day, last: Day): boolean {
    const next = this.#days.nextFrom(first);
    return next !== undefined && next <= last;
  }

  word(index: number): number {
    return this.#days.word(index);
  }

  addTo(words: Int32Array, firstWord: number): void {
    for (let place = 0; place < words.length; place++) {
      words[place] = (words[place] as number) | this.#days.word(firstWord + place);
    }
  }
}
