import { IANAZone } from "luxon";

/**
 * Whether this is the IANA name of a time zone, such as `America/New_York` or `UTC`. Upper and lower case mean the
 * same, by IANA's rules. Offsets (`+05:30`) and words such as `local` are not zones.
 *
 * Cheap for any string: text that does not look like a name is refused without a lookup, and nothing is kept of a
 * refused name.
 */
export function isZone(name: string): boolean {
  return zoneOf(name) !== undefined;
}

/**
 * How far local time in a zone is ahead of UTC, in minutes; negative in the west. Exact to the second at any instant,
 * so historic offsets can have fractions, such as -44.5 in Monrovia until 1972.
 *
 * @param instant epoch milliseconds
 * @throws RangeError when `name` is not an IANA name; see `isZone`
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

/** Returns the same text for all spellings of a zone's name, which differ in upper and lower case. */
export function zoneKey(name: string): string {
  return name.toLowerCase();
}

/**
 * Returns the same name for all names of a zone: Node's own for it. Browsers and servers differ in which they use, as in
 * `Asia/Calcutta` and `Asia/Kolkata`. Returns what is no zone as it is.
 *
 * Don't rely on the name for ever: another version of Node or of IANA's data may prefer another one.
 */
export function canonicalZone(name: string): string {
  return zoneOf(name)?.canonical ?? name;
}

/** Whether two names mean the same zone. Nothing is looked up where they are equal. */
export function isSameZone(one: string, other: string): boolean {
  return one === other || canonicalZone(one) === canonicalZone(other);
}

interface Zone {
  readonly luxon: IANAZone;
  readonly canonical: string;
  /**
   * Offsets by quarter-hours since 1970, because luxon takes microseconds to compute an offset. Clocks change at the
   * start of a quarter-hour nowadays. A quarter-hour in which they changed at another moment is never kept.
   */
  readonly offsets: Map<number, number>;
}

const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** More than two days. Present events need one or two quarter-hours; the bound is for events at arbitrary instants. */
const MAX_QUARTERS_PER_ZONE = 256;

/** The form of IANA names. The longest name has 32 characters. */
const SHAPE = /^[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)*$/i;
const MAX_NAME_LENGTH = 64;

/**
 * Abbreviations that IANA does not have, but Node's ICU accepts. Refused, because they are ambiguous: ICU takes `BST`
 * for the time of Dhaka.
 */
const ICU_ABBREVIATIONS = new Set(
  "act aet agt art ast bet bst cat cnt cst ctt eat ect iet ist jst mit net nst plt pnt prt pst sst vst".split(" "),
);

/** By {@link zoneKey}. Holds only existing zones, so it never has more than the some 600 names of IANA. */
const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone | undefined {
  // Before lower-casing, which would turn some letters outside ASCII into ASCII letters.
  if (name.length > MAX_NAME_LENGTH || !SHAPE.test(name)) {
    return undefined;
  }
  const key = zoneKey(name);
  const known = zones.get(key);
  if (known !== undefined) {
    return known;
  }
  // Checked first, because `IANAZone.create` keeps invalid names for ever.
  if (ICU_ABBREVIATIONS.has(key) || !IANAZone.isValidZone(key)) {
    return undefined;
  }
  const canonical = new Intl.DateTimeFormat("en", { timeZone: key }).resolvedOptions().timeZone;
  const zone: Zone = { luxon: IANAZone.create(key), canonical, offsets: new Map() };
  zones.set(key, zone);
  return zone;
}
