import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type ExplainedEvent, PeriodOutcome } from "#gen/streak/v1/rules_service_pb.ts";
import { formatDay } from "../../../format.ts";
import { type DayLook, lookOf } from "../../../rules/status.ts";
import { countOf, isOfDays, type Unit, unitOf } from "../../../rules/units.ts";
import type { DayInPeriod } from "./groups.ts";

/** How late an event may be received to count as received at once, in milliseconds. */
const AT_ONCE_MS = 60_000;

const MINUTE_MS = 60_000;

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: "UTC" });

/** The event that has done a day, in words. */
export interface EventWords {
  /** Such as `9:30 PM`; with its date where that is not the day that it has done, such as `1:30 AM on Jan 9, 2024`. */
  readonly time: string;
  /** Such as `Europe/Berlin, UTC+1`. */
  readonly zone: string;
  /** Such as `received Dec 1, 2026, 9:12 AM`. */
  readonly received: string;
}

/**
 * Why a day is what it is, in a few words. What became of its week or month is said once more, at the days that it
 * decides.
 */
export function reasonOf({ day, period }: DayInPeriod, isRunStart: boolean): string {
  const look = lookOf(day, period);
  const unit = unitOf(period);
  const isDay = isOfDays(unit);
  if (look === "done" || look === "late") {
    const counts =
      unit === "action"
        ? countOf(period.counted, unit)
        : period.outcome === PeriodOutcome.OFF
          ? "a day off that counts"
          : "counts 1";
    return [isRunStart && "the run begins", look === "late" && "in its grace", isDay && counts]
      .filter(Boolean)
      .join(", ");
  }
  if (look === "frozen") {
    const freeze = day.entry === undefined ? "an earned freeze" : "a granted freeze";
    return `${freeze} covers ${isDay ? "it" : `the ${unit}`}${isDay && period.counted > 0 ? ", counts 1" : ""}`;
  }
  if (look === "repaired" && isDay) {
    return period.outcome === PeriodOutcome.OFF
      ? "nothing is asked on the day of a repair"
      : "the repaired run goes over it";
  }
  return isDay ? OF_DAY[look] : ofPeriod(look, period.outcome, unit);
}

/** What became of a day that is neither done, but for a day off that does not count, nor frozen. */
type OtherLook = Exclude<DayLook, "done" | "late" | "frozen">;

/** The reasons of days that are periods. */
const OF_DAY: Readonly<Record<OtherLook, string>> = {
  extra: "a day off counts only between done days",
  missed: "was needed",
  excused: "a single miss",
  off: "not needed",
  paused: "nothing is asked",
  amnesty: "nothing is asked of anybody",
  bridged: "nothing is asked: the user has moved east",
  repaired: "",
  rest: "the run goes on",
  open: "can still be done",
};

function ofPeriod(look: OtherLook, outcome: PeriodOutcome, unit: Unit): string {
  switch (look) {
    case "extra":
      return `the ${unit} is off`;
    case "missed":
      return `the ${unit} was missed`;
    case "excused":
      return `a single missed ${unit}`;
    case "off":
    case "paused":
    case "amnesty":
    case "bridged":
      return `the ${unit} ${outcome === PeriodOutcome.OFF ? "is off" : "needs less"}`;
    case "repaired":
      return `the repaired run goes over the ${unit}`;
    case "rest":
      return `the ${unit} is ${outcome === PeriodOutcome.OPEN ? "not over" : "kept"}`;
    case "open":
      return "can still be done";
  }
}

/**
 * Returns what is said of the event that has done a day.
 *
 * @param day such as `2024-01-08`
 */
export function eventWords(
  { ts, receiveTime, tz, offsetMinutes = 0 }: ExplainedEvent,
  day: string,
): EventWords | undefined {
  if (ts === undefined) {
    return undefined;
  }
  const happened = timestampDate(ts).getTime();
  const received = receiveTime === undefined ? happened : timestampDate(receiveTime).getTime();
  // The time on the person's own clocks, by the offset that the server has: browsers may not know the zone.
  const local = (time: number) => new Date(time + offsetMinutes * MINUTE_MS);
  const date = dateOf(local(happened));
  return {
    // Before the start of the day, clocks show the date after it. Without a zone nobody knows what they showed.
    time: `${TIME.format(local(happened))}${tz === undefined || date === day ? "" : ` on ${formatDay(date)}`}`,
    zone: tz === undefined ? "UTC, no zone named" : `${tz}, ${offsetInWords(offsetMinutes)}`,
    received:
      Math.abs(received - happened) < AT_ONCE_MS
        ? "received at once"
        : `received ${formatDay(dateOf(local(received)))}, ${TIME.format(local(received))}`,
  };
}

function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** An offset from UTC, such as `UTC+5:30`. */
export function offsetInWords(minutes: number): string {
  if (minutes === 0) {
    return "UTC";
  }
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${String(Math.floor(rest)).padStart(2, "0")}`}`;
}
