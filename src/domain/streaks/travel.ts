import type { Day } from "../day.ts";
import { monthsOf } from "../months.ts";
import { datesIn, type ZoneDates } from "../zone-dates.ts";
import { ExemptDays, type Exemption } from "./calendar/exempt-days.ts";
import { EARLIEST, hasDayBit, lowestBit, WORD, wordOf } from "./days/bits.ts";
import { DoneDays } from "./days/done-days.ts";
import type { SettledDays } from "./late-events.ts";
import type { Present } from "./present.ts";

/** A move of a user from one time zone to another one, or over a date that a zone has left out. */
export interface Journey {
  /** The IANA name of the zone of a done day before. */
  readonly from: string;
  /**
   * The IANA name of the zone of a done day after; while that is today, of the zone that decides which day is today.
   */
  readonly to: string;
}

/** Days that are not done, and that a user has moved east over. Nothing is asked of the user on them. */
export type BridgedDays = ExemptDays<Journey>;

/** At most so many days are bridged in any {@link BOUND_DAYS} days in a row. */
const MAX_BRIDGED = 2;
const BOUND_DAYS = 30;

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
  const bridged: Exemption<Journey>[] = [];
  for (const day of itinerary.candidates()) {
    const earliest = bridged.at(-MAX_BRIDGED)?.from ?? EARLIEST;
    const journey = earliest > day - BOUND_DAYS ? undefined : itinerary.journeyOver(day);
    if (journey !== undefined) {
      bridged.push({ decision: journey, from: day, to: day });
    }
  }
  return bridged.length === 0 ? undefined : new ExemptDays(bridged);
}

/** In which zones a user has done something, and on which days. */
class Itinerary {
  readonly #done: DoneDays;
  /** Today alone, which counts as done; undefined where zones don't matter. */
  readonly #present: DoneDays | undefined;
  readonly #zones: readonly ZoneDays[];
  /** Whether so many hours may lie between two of the zones that they bridge two days. */
  readonly #isFar: boolean;

  constructor(settled: SettledDays, done: DoneDays, { today, zone }: Present) {
    this.#done = done;
    this.#present = zone === undefined ? undefined : new DoneDays([monthsOf([today])], today);
    this.#zones = [
      ...zoneDaysOf(settled, done),
      ...(zone === undefined || this.#present === undefined
        ? []
        : [{ zone, dates: datesIn(zone), days: this.#present }]),
    ];
    const starts = this.#zones.map(({ dates }) => dates.startOf(today));
    this.#isFar =
      Math.max(...starts) - Math.min(...starts) > FAR_MS || this.#zones.some(({ dates }) => dates.skipped.length > 0);
  }

  /** Returns the days, in order, that are not done and lie near enough to done days that may bridge them. */
  candidates(): readonly Day[] {
    const found: Day[] = [];
    // Two days of one zone don't bridge what is between them, so that one of the zones need not be looked for.
    const away = this.#zones.slice(1).map(({ days }) => days);
    // The days next to those of a word may be in the word before or after it.
    const first = Math.min(...away.map(({ firstWord }) => firstWord)) - 1;
    const last = Math.max(...away.map(({ lastWord }) => lastWord)) + 1;
    let [before, bits, after] = [0, 0, unionOn(away, first)];
    for (let index = first; index <= last; index++) {
      [before, bits, after] = [bits, after, unionOn(away, index + 1)];
      if ((before | bits | after) !== 0) {
        let near = this.#between(index) & (upToTwoAfter(before, bits) | upToTwoBefore(bits, after));
        for (; near !== 0; near &= near - 1) {
          found.push(index * WORD + lowestBit(near));
        }
      }
    }
    const skipped = this.#zones.flatMap(({ dates }) => dates.skipped);
    const more = skipped.filter((date) => hasDayBit(this.#between(wordOf(date)), date));
    return more.length === 0 ? found : [...new Set([...found, ...more])].sort((a, b) => a - b);
  }

  /** Returns the journey that bridges a day; undefined when there is none. */
  journeyOver(day: Day): Journey | undefined {
    const nearest = this.#journey(day - 1, day + 1);
    return nearest ?? (this.#isFar ? (this.#journey(day - 2, day + 1) ?? this.#journey(day - 1, day + 2)) : undefined);
  }

  /**
   * Returns the journey over the days between two done days; undefined when there is none. There is one if the later
   * day began, in one of its zones, before the day after the earlier one was over, in one of its zones. So only two
   * zones matter: the one in which that day was over last, and the one in which the later day began first. Within one
   * zone, this happens only where the zone has left out a date.
   */
  #journey(before: Day, after: Day): Journey | undefined {
    let [from, end] = [undefined as ZoneDays | undefined, Number.NEGATIVE_INFINITY];
    let [to, start] = [undefined as ZoneDays | undefined, Number.POSITIVE_INFINITY];
    for (const zoneDays of this.#zones) {
      const { days, dates } = zoneDays;
      const over = days.has(before) ? dates.startOf(dates.after(before) + 1) : Number.NEGATIVE_INFINITY;
      if (over > end) {
        [from, end] = [zoneDays, over];
      }
      const begun = days.has(after) ? dates.startOf(after) : Number.POSITIVE_INFINITY;
      if (begun < start) {
        [to, start] = [zoneDays, begun];
      }
    }
    return from !== undefined && to !== undefined && start < end ? { from: from.zone, to: to.zone } : undefined;
  }

  /**
   * Returns which of 32 days are not done, and have a done day just before and just after them. Where zones are far,
   * two days before or after will do.
   */
  #between(index: number): number {
    const [before, bits, after] = [this.#word(index - 1), this.#word(index), this.#word(index + 1)];
    const next = this.#isFar
      ? upToTwoAfter(before, bits) & upToTwoBefore(bits, after)
      : justAfter(before, bits) & justBefore(bits, after);
    return ~bits & next;
  }

  /** Returns which of 32 days are done, or today. */
  #word(index: number): number {
    return this.#done.word(index) | (this.#present?.word(index) ?? 0);
  }
}

/** The days that were dated in one zone. */
interface ZoneDays {
  readonly zone: string;
  readonly dates: ZoneDates;
  readonly days: DoneDays;
}

/** Two days are bridged where more than 24 hours lie between two zones. Clocks that change take a few hours of it. */
const FAR_MS = 20 * 60 * 60 * 1000;

function zoneDaysOf({ home, zones }: SettledDays, done: DoneDays): readonly ZoneDays[] {
  if (zones === undefined) {
    return home === undefined ? [] : [{ zone: home, dates: datesIn(home), days: done }];
  }
  return zones.map(({ zone, days }) => ({ zone, dates: datesIn(zone), days: new DoneDays([days], done.through) }));
}

function unionOn(sets: readonly DoneDays[], index: number): number {
  let bits = 0;
  for (const set of sets) {
    bits |= set.word(index);
  }
  return bits;
}

/** Returns which of 32 days come one or two days after a day of a set, by these days of the set and the 32 before. */
function upToTwoAfter(before: number, bits: number): number {
  return justAfter(before, bits) | (bits << 2) | (before >>> (WORD - 2));
}

function justAfter(before: number, bits: number): number {
  return (bits << 1) | (before >>> (WORD - 1));
}

/** Returns which of 32 days come one or two days before a day of a set, by these days of the set and the 32 after. */
function upToTwoBefore(bits: number, after: number): number {
  return justBefore(bits, after) | (bits >>> 2) | (after << (WORD - 2));
}

function justBefore(bits: number, after: number): number {
  return (bits >>> 1) | (after << (WORD - 1));
}
