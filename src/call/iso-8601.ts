import { DateTime } from "luxon";
import { DAY_MS, dayOf } from "../domain/day.ts";
import { instantOf } from "../domain/local-time.ts";

/** Why a text is no instant. */
export type NoInstant = "no date and time" | "no offset" | "no time" | "skipped day";

const OFFSET = String.raw`(?<offset>Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`;
const SECONDS_AND_FRACTION = String.raw`(?<seconds>\d\d)(?:[.,](?<fraction>\d+))?`;

/**
 * The forms of ISO 8601 with a whole date: of the month, the year (`2024-015`) or the week (`2024-W03-1`). A time has at
 * least its minutes. A month alone, or an hour alone, is more likely a mistake than a date or a time.
 */
const FORMS = [
  String.raw`(?<date>\d{4}-(?:\d\d-\d\d|\d{3}|W\d\d-\d))(?:T(?<hour>\d\d):(?<minute>\d\d)(?::${SECONDS_AND_FRACTION})?${OFFSET}?)?`,
  String.raw`(?<date>\d{4}(?:\d{4}|\d{3}|W\d{3}))(?:T(?<hour>\d\d)(?<minute>\d\d)(?:${SECONDS_AND_FRACTION})?${OFFSET}?)?`,
].map((form) => new RegExp(`^${form}$`));

const MINUTE_MS = 60 * 1000;

/**
 * Reads an instant in ISO 8601, in upper case, as epoch milliseconds.
 *
 * - A local time, without an offset, is in `zone`. {@link instantOf} says which instant it is when the clocks change.
 * - A date alone is its first instant in `zone`: it is past as soon as the day has begun, so that today can be reported.
 * - 23:59:60 UTC, a leap second, is the last millisecond before it: the second after it is of another day.
 * - A fraction counts to the millisecond.
 *
 * @param zone the IANA name of the zone of local times, if one is known
 * @returns why it is no instant, if it is none
 */
export function readInstant(text: string, zone: string | undefined): number | NoInstant {
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined) {
    return "no date and time";
  }
  const { date = "", hour = "00", minute = "00", seconds = "00", fraction = "", offset } = groups;
  const isLeap = seconds === "60";
  // luxon knows which dates and times there are. Read as UTC, so that no zone of this machine counts.
  const luxon = DateTime.fromISO(`${date}T${hour}:${minute}:${isLeap ? "59" : seconds}`, { zone: "utc" });
  const millis = isLeap ? 999 : Number(fraction.slice(0, 3).padEnd(3, "0"));
  if (!luxon.isValid || (hour === "24" && /[1-9]/.test(fraction))) {
    return "no date and time";
  }
  const local = luxon.toMillis() + millis;
  if (offset === undefined && zone === undefined) {
    return groups.hour === undefined ? "no time" : "no offset";
  }
  const instant = offset === undefined ? instantOf(local, zone as string) : local - millisOf(offset);
  if (isLeap && (instant + 1) % DAY_MS !== 0) {
    return "no date and time";
  }
  return groups.hour === undefined && dayOf(instant, zone as string) * DAY_MS !== local ? "skipped day" : instant;
}

/** An offset from UTC, such as `+05:30`, in milliseconds. */
function millisOf(offset: string): number {
  if (offset === "Z") {
    return 0;
  }
  const digits = offset.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (offset.startsWith("-") ? -minutes : minutes) * MINUTE_MS;
}
