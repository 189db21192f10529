import { firstOfMonth, isoDate, isoMonth } from "../domain/day.ts";
import { endOfDay } from "../domain/day-start.ts";
import type { Gate } from "../domain/plans.ts";
import { monthAfter } from "../domain/usage.ts";
import { StreakdError } from "../errors.ts";
import type { ResolvedEvent } from "./events.ts";

/**
 * Returns the error of an event whose user gets no seat: it names the plan, its limit, and when new streakers are let in
 * again, in the zone and with the start of the day that decide the event's day.
 *
 * @param now the server's time in epoch milliseconds
 */
export function planLimitReached({ stored, zone, pending }: ResolvedEvent, now: number): StreakdError {
  const { name, activeStreakers } = stored.gate as Gate;
  const month = isoMonth(stored.day);
  const resetsOn = firstOfMonth(monthAfter(month));
  const resetsAt = endOfDay(resetsOn - 1, zone, pending.event.dayStarts);
  const limit = activeStreakers.toLocaleString("en");
  const reached = `The project's plan "${name}" allows ${limit} active streakers a month, and ${month} has as many.`;
  return resetsAt > now
    ? new StreakdError(
        "PLAN_LIMIT_REACHED",
        `${reached} Users who are active in it go on; new ones are accepted again from ${isoDate(resetsOn)}, or with a larger plan.`,
        { retryAfterSeconds: Math.ceil((resetsAt - now) / 1000) },
      )
    : new StreakdError(
        "PLAN_LIMIT_REACHED",
        `${reached} That month is over: late events of further users are accepted only with a larger plan.`,
      );
}
