import { DAY_MS, type Day } from "../day.ts";
import { datesIn, type ZoneDates } from "../zone-dates.ts";
import { bitOf, EARLIEST, justAfter, justBefore, LATEST, lowestBit, WORD, wordOf } from "./days/bits.ts";
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

/** At most two days are bridged in any so many days in a row. */
const BOUND_DAYS = 30;

/** Two days are bridged where more than 24 hours lie between two zones. Clocks that change take a few hours of it. */
const FAR_MS = 20 * 60 * 60 * 1000;

/** In which zones a user has done something, and on which days. Today counts as done. */
export class Itinerary {
  /** The done days, and today. */
  readonly #done: DoneDays;
  readonly #zones: readonly DaysNear[];
  /** The dates that any of the zones has left out. */
  readonly #skipped: readonly Day[];
  /** Whether so many hours may lie between two of the zones that they bridge two days. */
  readonly #isFar: boolean;

  /** @param done the done days up to the last day that counts, which is not before today */
  constructor({ home, zones }: SettledDays, done: DoneDays, { today, zone }: Present) {
    const near: DaysNear[] = [];
    if (zones !== undefined) {
      for (const { zone, days } of zones) {
        near.push(new DaysNear(zone, days.upTo(done.through)));
      }
    } else if (home !== undefined) {
      near.push(new DaysNear(home, done));
    }
    this.#done = done;
    if (zone !== undefined) {
      const alone = DoneDays.ofDay(today);
      near.push(new DaysNear(zone, alone));
      this.#done = done.has(today) ? done : DoneDays.union([done, alone]);
    }
    this.#zones = near;
    const skipped: Day[] = [];
    let earliest = LATEST;
    let latest = EARLIEST;
    for (const { dates } of near) {
      if (dates.skipped.length > 0) {
        skipped.push(...dates.skipped);
      }
      const start = dates.startInDay(today);
      earliest = Math.min(earliest, start);
      latest = Math.max(latest, start);
    }
    this.#skipped = skipped;
    this.#isFar = latest - earliest > FAR_MS || skipped.length > 0;
  }

  /** Returns the days that are bridged. */
  bridgedDays(): DoneDays {
    const { firstWord, lastWord } = this.#done;
    const bridged = new Int32Array(Math.max(lastWord - firstWord + 1, 0));
    // The two days that were bridged last, and the first day that the bound lets be bridged.
    let first = EARLIEST;
    let second = EARLIEST;
    let from = EARLIEST;
    for (let index = firstWord; index <= lastWord; index = Math.max(index + 1, wordOf(from))) {
      let days = bitsNotBefore(from, index, this.#lookAt(index));
      while (days !== 0) {
        const bit = lowestBit(days);
        const day = index * WORD + bit;
        if (this.#journeyOver(day) !== undefined) {
          bridged[index - firstWord] = (bridged[index - firstWord] as number) | (1 << bit);
          first = second;
          second = day;
          from = first + BOUND_DAYS;
        }
        days = bitsNotBefore(from, index, days & (days - 1));
      }
    }
    return new DoneDays(firstWord, bridged);
  }

  /** Returns the journey that bridges a day, if the bound lets it; undefined when there is none. */
  journeyOver(day: Day): Journey | undefined {
    this.#lookAt(wordOf(day));
    return this.#journeyOver(day);
  }

  /**
   * Looks at 32 days, and returns which of them a journey may bridge: those that are not done, have done days just before
   * and just after them, and these days in two zones, since two days of one zone don't bridge what is between them. Where
   * zones are far, two days before or after will do.
   */
  #lookAt(index: number): number {
    const isFar = this.#isFar;
    const done = this.#done;
    const earlier = done.word(index - 1);
    const bits = done.word(index);
    const later = done.word(index + 1);
    const afterDone = justAfter(earlier, bits) | (isFar ? twoAfter(earlier, bits) : 0);
    const beforeDone = justBefore(bits, later) | (isFar ? twoBefore(bits, later) : 0);
    const gaps = ~bits & afterDone & beforeDone;
    if (gaps === 0) {
      return 0;
    }
    // Which days come after days of any zone so far, and before them; and which have days of two zones around them.
    let anyAfter = 0;
    let anyBefore = 0;
    let both = 0;
    for (const zone of this.#zones) {
      zone.lookAt(index);
      const after = zone.after | (isFar ? zone.twoAfter : 0);
      const before = zone.before | (isFar ? zone.twoBefore : 0);
      both |= (after & anyBefore) | (before & anyAfter);
      anyAfter |= after;
      anyBefore |= before;
    }
    for (const date of this.#skipped) {
      both |= wordOf(date) === index ? 1 << bitOf(date) : 0;
    }
    return gaps & both;
  }

  /** Returns the journey that bridges a day of those that are looked at. */
  #journeyOver(day: Day): Journey | undefined {
    const nearest = this.#journey(day, 1, 1);
    return nearest ?? (this.#isFar ? (this.#journey(day, 2, 1) ?? this.#journey(day, 1, 2)) : undefined);
  }

  /**
   * Returns the journey over a day from a done day before it to a done day after it; undefined when there is none. There
   * is one if the later day began, in one of its zones, before the day after the earlier one was over, in one of its
   * zones. So only two zones matter: the one in which that day was over last, and the one in which the later day began
   * first. Within one zone, this happens only where the zone has left out a date.
   *
   * @param back how many days before it the earlier day is
   * @param ahead how many days after it the later day is
   */
  #journey(day: Day, back: 1 | 2, ahead: 1 | 2): Journey | undefined {
    const bit = 1 << bitOf(day);
    const later = day + ahead;
    let from: DaysNear | undefined;
    let to: DaysNear | undefined;
    // In milliseconds after the later day begins in UTC.
    let end = EARLIEST;
    let start = LATEST;
    for (const zone of this.#zones) {
      const isFrom = ((back === 1 ? zone.after : zone.twoAfter) & bit) !== 0;
      const isTo = ((ahead === 1 ? zone.before : zone.twoBefore) & bit) !== 0;
      if (isFrom || isTo) {
        const { dates } = zone;
        const begun = dates.startInDay(later);
        if (isTo && begun < start) {
          start = begun;
          to = zone;
        }
        if (isFrom) {
          const next = dates.after(day - back) + 1;
          const over = next === later ? begun : (next - later) * DAY_MS + dates.startInDay(next);
          if (over > end) {
            end = over;
            from = zone;
          }
        }
      }
    }
    return from !== undefined && to !== undefined && start < end ? { from: from.zone, to: to.zone } : undefined;
  }
}

/** Which of 32 days lie near days that were dated in one zone. They are kept, since a walk asks for them several times. */
class DaysNear {
  readonly zone: string;
  readonly dates: ZoneDates;
  readonly #days: DoneDays;
  /** Which of the days come just after days of the zone, and just before them. */
  after = 0;
  before = 0;
  /** Which come two days after days of the zone, and two days before them. */
  twoAfter = 0;
  twoBefore = 0;

  constructor(zone: string, days: DoneDays) {
    this.zone = zone;
    this.dates = datesIn(zone);
    this.#days = days;
  }

  lookAt(index: number): void {
    const days = this.#days;
    if (index < days.firstWord - 1 || index > days.lastWord + 1) {
      this.after = 0;
      this.before = 0;
      this.twoAfter = 0;
      this.twoBefore = 0;
      return;
    }
    const earlier = days.word(index - 1);
    const bits = days.word(index);
    const later = days.word(index + 1);
    this.after = justAfter(earlier, bits);
    this.before = justBefore(bits, later);
    this.twoAfter = twoAfter(earlier, bits);
    this.twoBefore = twoBefore(bits, later);
  }
}

/** Returns which of the bits of a word are not before a day. */
function bitsNotBefore(day: Day, index: number, bits: number): number {
  const place = day - index * WORD;
  return place <= 0 ? bits : place >= WORD ? 0 : bits & (-1 << place);
}

function twoAfter(earlier: number, bits: number): number {
  return (bits << 2) | (earlier >>> (WORD - 2));
}

function twoBefore(bits: number, later: number): number {
  return (bits >>> 2) | (later << (WORD - 2));
}
