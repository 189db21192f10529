import { bare } from "./make.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/**
 * Returns how long it is until the next midnight in a time zone, in milliseconds; above 0.
 *
 * @param now epoch milliseconds
 * @param tz the browser's zone when undefined
 * @throws RangeError when the zone is unknown
 */
export function untilMidnight(now: number, tz: string | undefined): number {
  const clock = new Intl.DateTimeFormat(
    "en",
    bare({ timeZone: tz, hourCycle: "h23" as const, hour: "numeric" as const, minute: "numeric" as const }),
  );
  const minuteAt = (time: number): number => {
    const [hours = 0, minutes = 0] = clock.format(time).split(":").map(Number);
    return hours * 60 + minutes;
  };
  const left = (DAY_MINUTES - minuteAt(now)) * MINUTE_MS - (now % MINUTE_MS);
  // Another time than midnight when the clocks are changed today.
  const late = minuteAt(now + left);
  return left - (late > DAY_MINUTES / 2 ? late - DAY_MINUTES : late) * MINUTE_MS;
}
