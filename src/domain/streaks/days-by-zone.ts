import { zoneKey } from "../zone.ts";
import { justBefore } from "./days/bits.ts";
import { DoneDays } from "./days/done-days.ts";

/** The days of events of one kind. */
export interface RecordedDays {
  readonly late: boolean;
  /** The IANA name of the zone that has dated them; undefined where zones don't matter. */
  readonly zone: string | undefined;
  readonly days: DoneDays;
}

/** The done days with events that were dated in one zone. */
export interface DaysInZone {
  /** Its IANA name. */
  readonly zone: string;
  readonly days: DoneDays;
}

/** Which days late events count for. */
export interface SettledLate {
  /** The days whose late events count for their own day. */
  readonly own: DoneDays;
  /** The days that late events of the days after them have filled. */
  readonly filled: DoneDays;
  /** All done days. */
  readonly all: DoneDays;
}

/**
 * Returns the done days by zones. A late event gives its zone to its own day if it counts for that day. It gives its
 * zone to the day before whenever that day is done. Otherwise one more event, which does the day before, could take a
 * zone away from it, and with it a bridge.
 *
 * @param home undefined where zones don't matter
 */
export function zonesOf(
  recorded: readonly RecordedDays[],
  home: string | undefined,
  settledLate: SettledLate | undefined,
): { readonly zones?: readonly DaysInZone[] } {
  if (home !== undefined && recorded.every(({ zone }) => isSameKey(zone, home))) {
    return {};
  }
  const zones = new Map<string, { readonly zone: string; readonly sets: DoneDays[] }>();
  for (const { late, zone, days } of recorded) {
    if (zone !== undefined) {
      const key = zoneKey(zone);
      const known = zones.get(key) ?? { zone, sets: [] };
      zones.set(key, known);
      known.sets.push(late && settledLate ? datedBy(days, settledLate) : days);
    }
  }
  return { zones: Array.from(zones.values(), ({ zone, sets }) => ({ zone, days: DoneDays.union(sets) })) };
}

function isSameKey(one: string | undefined, other: string): boolean {
  return one === other || (one !== undefined && zoneKey(one) === zoneKey(other));
}

/** Returns the done days to which late events give their zone. `late` has the own days of these events. */
function datedBy(late: DoneDays, { own, all }: SettledLate): DoneDays {
  const first = late.firstWord - 1;
  const words = new Int32Array(late.lastWord - first + 1);
  for (let place = 0; place < words.length; place++) {
    const index = first + place;
    const [bits, after] = [late.word(index), late.word(index + 1)];
    words[place] = (bits & own.word(index)) | (justBefore(bits, after) & all.word(index));
  }
  return new DoneDays(first, words);
}
