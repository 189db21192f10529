import type { CorrectZoneResponse, RedatedDay } from "#gen/streak/v1/admin_service_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";

const ZONES = Intl.supportedValuesOf("timeZone").map((zone) => zone.toLowerCase());

/** The zones that are known of a user: the present one first, then those of the newest events. */
export function knownZonesOf({ timeZone, recentEvents }: Pick<User, "timeZone" | "recentEvents">): string[] {
  const zones = [timeZone, ...recentEvents.map(({ tz }) => tz)];
  return [...new Set(zones.filter((zone) => zone !== undefined))];
}

/** Whether a text is the name of a zone that the browser knows, or that is known of the user. */
export function isZone(text: string, known: readonly string[]): boolean {
  return canonicalName(text) !== undefined || known.includes(text.trim());
}

/** What is wrong with a text as the name of a zone; undefined when it is one, or begins one. */
export function zoneProblem(text: string, known: readonly string[]): string | undefined {
  const begun = text.trim().toLowerCase();
  return isZone(text, known) || ZONES.some((zone) => zone.startsWith(begun))
    ? undefined
    : "No time zone is known by this name.";
}

/** Whether two names are of one zone. */
export function isSameZone(one: string, other: string): boolean {
  const name = canonicalName(one);
  return name !== undefined && name === canonicalName(other);
}

/** Whether a correction would change nothing. */
export function changesNothing({ streaks, timeZone }: CorrectZoneResponse, user: Pick<User, "timeZone">): boolean {
  return streaks.length === 0 && timeZone === user.timeZone;
}

/** The events that go from one day to the same other day. */
export interface RedatedEvents {
  readonly from: string;
  readonly to: string;
  /** How many they are. */
  readonly count: number;
}

/** Counts the redated events by their days. Keeps the order of the days. */
export function countRedated(redatedDays: readonly Pick<RedatedDay, "from" | "to">[]): RedatedEvents[] {
  const counts = new Map<string, RedatedEvents>();
  for (const { from, to } of redatedDays) {
    const key = `${from} ${to}`;
    counts.set(key, { from, to, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

function canonicalName(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone.trim() }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
