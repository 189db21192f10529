import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { DateTime } from "luxon";
import { refusal, wrongType } from "./refusal.ts";

/** The first and the last second that a `google.protobuf.Timestamp` can say: the years 1 to 9999 in UTC. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** A whole date and time, and its offset unless that is missing. Whether there is such a time is for luxon to say. */
const FORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/;

/** What nearly every program writes, in UTC. `Date.parse` reads it, in a tenth of the time that luxon takes. */
const USUAL_FORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/**
 * Takes an ISO 8601 date and time with an offset. No part may be left out, as ISO would have it: `2024-01T12:00Z` is more
 * likely a mistake than the first of the month. The offset is needed because without one nobody knows which moment is
 * meant. A fraction counts to the millisecond.
 */
export function asTimestamp(value: unknown, at: string): Timestamp {
  if (typeof value !== "string") {
    throw wrongType(value, at, "a string");
  }
  const text = value.toUpperCase(); // RFC 3339 allows a lower-case t and z
  const millis = readUsual(text) ?? readAny(text, at);
  const seconds = Math.floor(millis / 1000);
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) {
    throw refusal(at, "must be a real date and time in ISO 8601, such as 2024-01-15T12:34:56Z");
  }
  return {
    $typeName: "google.protobuf.Timestamp",
    seconds: BigInt(seconds),
    nanos: (millis - seconds * 1000) * 1_000_000,
  };
}

/** The milliseconds of a text in the usual format; `undefined` in another, and where there may be no such time. */
function readUsual(text: string): number | undefined {
  if (!USUAL_FORMAT.test(text)) {
    return undefined;
  }
  const millis = Date.parse(text);
  // Of a February 30th Date.parse makes a March 1st.
  return new Date(millis).getUTCDate() === Number(text.slice(8, 10)) ? millis : undefined;
}

/** The milliseconds of a text in any format; NaN where there is no such time. */
function readAny(text: string, at: string): number {
  const format = FORMAT.exec(text);
  if (format !== null && format[1] === undefined) {
    throw refusal(at, "must end in its offset from UTC: Z, or one such as +05:30");
  }
  return format === null ? Number.NaN : DateTime.fromISO(text, { setZone: true }).toMillis();
}

/** Writes a timestamp as JSON: RFC 3339 in UTC, to the millisecond. */
export function encodeTimestamp(timestamp: Timestamp): string {
  const millis = Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000);
  return `"${new Date(millis).toISOString()}"`;
}

/** Refuses a timestamp outside the range that the type allows, as RPC can send it. Throws INVALID_BODY. */
export function checkTimestamp(timestamp: Timestamp, at: string): void {
  const { seconds, nanos } = timestamp;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
    throw refusal(at, "must lie in the years 1 to 9999, with nanos from 0 to 999999999");
  }
}
