import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { DATE_ALONE_NANOS } from "../domain/day.ts";
import { isZone } from "../domain/zone.ts";
import { refusal } from "../errors.ts";
import { type NoInstant, readInstant } from "./iso-8601.ts";
import { wrongType } from "./refusal.ts";

/** The first and the last second that a `google.protobuf.Timestamp` can hold: the years 1 to 9999 in UTC. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** The usual format, in UTC. `Date.parse` reads it ten times as fast as the other formats of ISO 8601 are read. */
const USUAL_FORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/** What is wrong with a text in every format. */
const NO_DATE_AND_TIME = "must be a real date and time in ISO 8601, with minutes, such as 2024-01-15T12:34:56Z";

/** The field beside a timestamp that may name the zone of local times. */
export interface ZoneField {
  readonly at: string;
  /** Returns the IANA name that is given, if one is. */
  read(): string | undefined;
}

/**
 * Reads a time in ISO 8601, as {@link readInstant} does. It needs an offset from UTC, or a zone: without both nobody knows
 * which moment is meant. A date alone is later than its first instant by {@link DATE_ALONE_NANOS}. Throws INVALID_BODY.
 */
export function asTimestamp(value: unknown, at: string, zone?: ZoneField): Timestamp {
  if (typeof value !== "string") {
    throw wrongType(value, at, "a string");
  }
  const text = value.toUpperCase(); // RFC 3339 allows a lower-case t and z
  const millis = readUsual(text) ?? readAny(text, at, zone);
  const seconds = Math.floor(millis / 1000);
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) {
    throw refusal(at, NO_DATE_AND_TIME);
  }
  return {
    $typeName: "google.protobuf.Timestamp",
    seconds: BigInt(seconds),
    nanos: (millis - seconds * 1000) * 1_000_000 + (text.includes("T") ? 0 : DATE_ALONE_NANOS),
  };
}

/**
 * Returns the milliseconds of a text in the usual format; `undefined` for another format, or if the day may not exist.
 */
function readUsual(text: string): number | undefined {
  if (!USUAL_FORMAT.test(text)) {
    return undefined;
  }
  const millis = Date.parse(text);
  // `Date.parse` reads February 30 as March 1, so the day is compared.
  return new Date(millis).getUTCDate() === Number(text.slice(8, 10)) ? millis : undefined;
}

/** Returns the milliseconds of a text in any allowed format. Throws INVALID_BODY. */
function readAny(text: string, at: string, zone: ZoneField | undefined): number {
  const name = zone?.read();
  if (zone !== undefined && name !== undefined && !isZone(name)) {
    throw refusal(zone.at, 'must be an IANA time zone such as "America/New_York"');
  }
  const instant = readInstant(text, name);
  if (typeof instant === "string") {
    throw refusal(at, problemOf(instant, zone, name));
  }
  return instant;
}

function problemOf(reason: NoInstant, zone: ZoneField | undefined, name: string | undefined): string {
  const orZone = zone === undefined ? "" : `, or name the zone that it is in as ${zone.at}`;
  switch (reason) {
    case "no offset":
      return `must end in its offset from UTC: Z, or one such as +05:30${orZone}`;
    case "no time":
      return `is a date alone, which is another time in each zone: send its time and offset${orZone}`;
    case "skipped day":
      return `is a day that ${name} never had: its clocks skipped it`;
    default:
      return NO_DATE_AND_TIME;
  }
}

/** Returns a time that {@link asTimestamp} reads as RFC 3339 in UTC. Throws what that throws. */
export function asRfc3339(value: unknown, at: string, zone?: ZoneField): string {
  const timestamp = asTimestamp(value, at, zone);
  if (USUAL_FORMAT.test(value as string)) {
    return value as string;
  }
  const rest = timestamp.nanos % 1_000_000;
  return textOf(timestamp).replace("Z", rest === 0 ? "Z" : `${String(rest).padStart(6, "0")}Z`);
}

/** Writes a timestamp as JSON: RFC 3339 in UTC, to the millisecond. */
export function encodeTimestamp(timestamp: Timestamp): string {
  return `"${textOf(timestamp)}"`;
}

function textOf({ seconds, nanos }: Timestamp): string {
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1_000_000)).toISOString();
}

/** Throws INVALID_BODY for a timestamp outside the type's range. RPC can send such timestamps. */
export function checkTimestamp(timestamp: Timestamp, at: string): void {
  const { seconds, nanos } = timestamp;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
    throw refusal(at, "must lie in the years 1 to 9999, with nanos from 0 to 999999999");
  }
}
