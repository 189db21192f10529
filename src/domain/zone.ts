import { IANAZone } from "luxon";

/**
 * Whether this is the IANA name of a time zone, such as `America/New_York` or `UTC`. Upper and lower case are the same,
 * as IANA has it. Offsets (`+05:30`) and words such as `local` are no names of zones.
 *
 * Cheap for any string: what does not look like a name is refused unseen, and nothing of a refused one is kept.
 */
export function isZone(name: string): boolean {
  return zoneOf(name) !== undefined;
}

/**
 * How far local time in a zone is ahead of UTC, in minutes; negative to the west. Exact to the second at any instant,
 * so historic offsets can have fractions, such as Monrovia's -44.5 until 1972.
 *
 * @param instant epoch milliseconds
 * @throws RangeError when `name` is not a zone; see `isZone`
 */
export function offsetMinutes(name: string, instant: number): number {
  const zone = zoneOf(name);
  if (zone === undefined) {
    throw new RangeError(`not an IANA time zone: ${name}`);
  }
  const quarter = Math.floor(instant / QUARTER_HOUR_MS);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) {
    return known;
  }
  const atStart = zone.luxon.offset(quarter * QUARTER_HOUR_MS);
  const atEnd = zone.luxon.offset((quarter + 1) * QUARTER_HOUR_MS - 1);
  if (atStart !== atEnd) {
    // Rare: the clocks changed within this quarter-hour, as in Monrovia on 1972-01-07 at 00:44:30 UTC.
    return zone.luxon.offset(instant);
  }
  if (zone.offsets.size >= MAX_QUARTERS_PER_ZONE) {
    zone.offsets.clear();
  }
  zone.offsets.set(quarter, atStart);
  return atStart;
}

interface Zone {
  readonly luxon: IANAZone;
  /**
   * Offsets by quarter-hours since 1970, because luxon takes microseconds to find one. Today's clocks change on
   * quarter-hours only; one in which they change at another moment is never kept.
   */
  readonly offsets: Map<number, number>;
}

const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** More than two days' worth. What happens now needs one or two; the bound is for those who ask for any instant. */
const MAX_QUARTERS_PER_ZONE = 256;

/** What IANA names are made of; the longest has 32 characters. */
const SHAPE = /^[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)*$/i;
const MAX_NAME_LENGTH = 64;

/**
 * Abbreviations that Node's ICU takes for zones of its own choice and IANA does not have. Refused, because they mean
 * other things to other people: to ICU, `BST` is Dhaka.
 */
const ICU_ABBREVIATIONS = new Set(
  "act aet agt art ast bet bst cat cnt cst ctt eat ect iet ist jst mit net nst plt pnt prt pst sst vst".split(" "),
);

/** By lower-case name. Only existing zones get in, so it is bounded by the some 600 names that there are. */
const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone | undefined {
  // Before lower-casing, which would turn some letters outside ASCII into ASCII ones.
  if (name.length > MAX_NAME_LENGTH || !SHAPE.test(name)) {
    return undefined;
  }
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known !== undefined) {
    return known;
  }
  // Asked first, because `IANAZone.create` remembers invalid names for ever.
  if (ICU_ABBREVIATIONS.has(key) || !IANAZone.isValidZone(key)) {
    return undefined;
  }
  const zone: Zone = { luxon: IANAZone.create(key), offsets: new Map() };
  zones.set(key, zone);
  return zone;
}
