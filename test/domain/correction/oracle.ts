import { isNaiveLate, type NaiveVersion, naiveDay } from "../day-start/oracle.ts";
import { dayOf, isoOf } from "../streaks/calendar.ts";
import { beginOf, dateAt } from "../streaks/zones.ts";

/**
 * Redates events in a naive way, to compare with the domain. Written from `docs/rules.md` alone, "Correcting a zone";
 * it shares no code with `src`.
 */

/** A wrongly declared zone, and the rules of today. */
export interface NaiveCorrection {
  readonly wrongZone: string;
  readonly rightZone: string;
  readonly versions: readonly NaiveVersion[];
}

/** A kept event, as the wrong zone has dated it. */
export interface NaiveDated {
  /** In UTC. */
  readonly at: string;
  readonly day: string;
  readonly late?: true;
}

/** Returns the event as the right zone dates it. */
export function corrected(event: NaiveDated, { wrongZone, rightZone, versions }: NaiveCorrection): NaiveDated {
  if (isDateAlone(event, wrongZone)) {
    return { at: new Date(beginOf(dayOf(event.day), rightZone)).toISOString(), day: event.day };
  }
  const instant = Date.parse(event.at);
  return {
    at: event.at,
    day: naiveDay(instant, rightZone, versions),
    ...(isNaiveLate(instant, rightZone, versions) && { late: true }),
  };
}

/**
 * Whether the event's `ts` is taken for a date alone: it is the first moment of its date. A date alone is never late, and
 * no start of the day puts it on the day before.
 */
function isDateAlone({ at, day, late }: NaiveDated, zone: string): boolean {
  const instant = Date.parse(at);
  return late !== true && isoOf(dateAt(instant, zone)) === day && beginOf(dayOf(day), zone) === instant;
}

/** Returns the event as a zone dates it when it comes; with a date alone, at the first moment of that date. */
export function datedIn(zone: string, ts: string, versions: readonly NaiveVersion[]): NaiveDated {
  if (/^\d{4}-\d\d-\d\d$/.test(ts)) {
    return { at: new Date(beginOf(dayOf(ts), zone)).toISOString(), day: ts };
  }
  const instant = Date.parse(ts);
  return {
    at: new Date(instant).toISOString(),
    day: naiveDay(instant, zone, versions),
    ...(isNaiveLate(instant, zone, versions) && { late: true }),
  };
}
