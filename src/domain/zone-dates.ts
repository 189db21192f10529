import { DAY_MS, type Day } from "./day.ts";
import { firstInstantAt } from "./local-time.ts";
import { canonicalZone, offsetMinutes } from "./zone.ts";

/**
 * Returns the dates of a zone: always the same object for all names of a zone.
 *
 * @param zone the IANA name of the zone
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function datesIn(zone: string): ZoneDates {
  // Most names are the canonical ones: the first look-up is for them.
  const known = zones.get(zone) ?? zones.get(canonicalZone(zone));
  if (known !== undefined) {
    return known;
  }
  const dates = new ZoneDates(zone);
  zones.set(canonicalZone(zone), dates);
  return dates;
}

/** When the dates of a zone begin, and which it has left out. */
export class ZoneDates {
  /** One of the IANA names of the zone. */
  readonly zone: string;
  /**
   * The dates that the zone has left out since {@link FIRST_YEAR}, in order, as Samoa left out 2011-12-30. Nearly all
   * zones have none.
   */
  readonly skipped: readonly Day[];
  /**
   * What {@link startInDay} has found, since it takes long to find it: pairs of a date and its start. Absent before it was
   * asked for the first time.
   */
  #starts: Int32Array | undefined;

  constructor(zone: string) {
    this.zone = zone;
    this.skipped = this.#findSkipped();
  }

  /**
   * The first instant at which a calendar in the zone shows a date or a later one, in epoch milliseconds. A date that
   * the zone has left out begins when the next one does.
   */
  startOf(date: Day): number {
    return date * DAY_MS + this.startInDay(date);
  }

  /**
   * The same, in milliseconds after the date begins in UTC; negative in the east. An integer of 32 bits, to compare many
   * dates quickly.
   */
  startInDay(date: Day): number {
    this.#starts ??= new Int32Array(2 * KEPT).fill(NO_DATE);
    const starts = this.#starts;
    const place = 2 * (date & (KEPT - 1));
    if (starts[place] !== date) {
      const local = date * DAY_MS;
      // No zone is as much as a day ahead of UTC.
      starts[place + 1] = firstInstantAt(local, this.zone, local - DAY_MS) - local;
      starts[place] = date;
    }
    return starts[place + 1] as number;
  }

  /** The first date after another one that the zone has: not always the next one, since zones have left dates out. */
  after(date: Day): Day {
    let next = date + 1;
    while (this.skipped.length > 0 && this.skipped.includes(next)) {
      next++;
    }
    return next;
  }

  #findSkipped(): readonly Day[] {
    const end = dayOfYear(LAST_YEAR);
    const found: Day[] = [];
    for (let day = dayOfYear(FIRST_YEAR); day < end; day += STEP) {
      if (this.#hasLeapt(day, day + STEP)) {
        let [before, after] = [day, day + STEP];
        while (after - before > 1) {
          const middle = (before + after) >> 1;
          [before, after] = this.#hasLeapt(before, middle) ? [before, middle] : [middle, after];
        }
        const around = [before - 1, before, after, after + 1];
        found.push(...around.filter((date) => this.startOf(date) === this.startOf(date + 1)));
      }
    }
    return found;
  }

  /** Whether the zone is a date more ahead of UTC on one date than on an earlier one. */
  #hasLeapt(earlier: Day, later: Day): boolean {
    return offsetMinutes(this.zone, later * DAY_MS) - offsetMinutes(this.zone, earlier * DAY_MS) >= LEAP_MINUTES;
  }
}

/** Since 1900, no zone has left a date out before 1969. Manila did in 1844, when nobody kept streaks. */
const FIRST_YEAR = 1960;

/**
 * A zone that leaves out a date moves to the other side of the date line, and stays there. So a look every ten years
 * finds it.
 */
const STEP: Day = 3652;
const LAST_YEAR = 2100;

/** How much more ahead of UTC a zone is after it has left a date out, at least, in minutes. */
const LEAP_MINUTES = 20 * 60;

/** How many dates of a zone are kept: those of eleven years, each in the place of its lowest bits. */
const KEPT = 4096;

/** No date, but an integer. */
const NO_DATE: Day = -(2 ** 31);

/** By `canonicalZone`. Holds only existing zones, so it never has more than the some 600 names of IANA. */
const zones = new Map<string, ZoneDates>();

function dayOfYear(year: number): Day {
  return Math.round((year - 1970) * 365.2425);
}
