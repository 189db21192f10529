import type { ActionCounts } from "../../domain/check-ins.ts";
import type { Day } from "../../domain/day.ts";
import { canonicalZone } from "../../domain/zone.ts";
import type { StreakRecord, UserKey } from "../../store/streaks.ts";
import type { DatedEvent, RedatedEvent, ZoneStore } from "../../store/zones.ts";
import { MAX_DATED } from "../../store/zones.ts";
import { tooManyEvents } from "./zone-correction.ts";

/**
 * Returns how many actions of an event there are after some were redated; undefined while no day has more than one. A
 * day counts the actions of all zones together. So the actions of all zones are read, on all days from the first to the
 * last that redated actions have or get.
 *
 * @param home the IANA name of the user's home zone
 * @param redated the events that are redated, all of one event
 * @throws StreakdError INVALID_BODY when these days have too many events
 */
export async function actionsAfterRedating(
  zones: ZoneStore,
  user: UserKey,
  { actions, others = [] }: StreakRecord,
  home: string,
  redated: readonly RedatedEvent[],
): Promise<ActionCounts | undefined> {
  const redatedActions = redated.filter(({ event }) => event.keptAs === "action");
  const redatedByKey = new Map(redatedActions.map((one) => [keyOf(one.event), one]));
  const days = [...redatedByKey.values()].flatMap(({ event, day }) => [event.day, day]);
  if (days.length === 0) {
    return actions;
  }
  const range = { from: Math.min(...days), to: Math.max(...days) };
  const names = new Set([home, ...others.map(({ zone = home }) => zone)].map(canonicalZone));
  const before: DatedEvent[] = [];
  for (const zone of names) {
    const events = (await zones.readDated(user, { zone, ...range }))?.events ?? [];
    if (events.length > MAX_DATED) {
      throw tooManyEvents(zone, range);
    }
    before.push(...events.filter(({ event, keptAs }) => keptAs === "action" && event === redated[0]?.event.event));
  }
  const after = before.map((one) => ({ ...one, day: redatedByKey.get(keyOf(one))?.day ?? one.day }));
  const beyondFirst = (actions?.beyondFirst ?? 0) + beyondFirstOf(after) - beyondFirstOf(before);
  return beyondFirst > 0 ? { beyondFirst } : undefined;
}

/** Tells an action from others of its event. */
function keyOf({ day, id }: DatedEvent): string {
  return `${day} ${id}`;
}

/** Returns how many actions there are beyond the first of each day. */
function beyondFirstOf(actions: readonly DatedEvent[]): number {
  const ofDays = new Map<Day, Set<string | undefined>>();
  for (const { day, id } of actions) {
    ofDays.set(day, (ofDays.get(day) ?? new Set()).add(id));
  }
  return ofDays.values().reduce((sum, { size }) => sum + size - 1, 0);
}
