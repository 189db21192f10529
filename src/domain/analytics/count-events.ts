import type { Day } from "../day.ts";
import type { DoneDays } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import { ALL, GRANULARITIES, keysOf, type Scope } from "./keys.ts";
import { periodsOf } from "./periods.ts";
import type { Tallies } from "./tallies.ts";

/** Counts a user's impressions, widget interactions and sessions, and whether impressions led to check-ins. */
export function countEvents(tallies: Tallies, { events }: UserHistory, done: ReadonlyMap<Scope, DoneDays>): void {
  const impressions = new Map<Scope, Set<Day>>();
  const sessions = new Map<Scope, Map<string, Set<Day>>>();
  for (const { event, type, day, sessionId } of events) {
    for (const scope of [event, ALL]) {
      if (type === "widget_impression") {
        tallies.add(keysOf(scope).impressions, day);
        entry(impressions, scope, () => new Set()).add(day);
      } else if (type === "widget_interaction") {
        tallies.add(keysOf(scope).widgetInteractions, day);
      }
      if (sessionId) {
        const ofScope = entry(sessions, scope, () => new Map<string, Set<Day>>());
        entry(ofScope, sessionId, () => new Set()).add(day);
      }
    }
  }
  for (const [scope, days] of impressions) {
    countImpressions(tallies, scope, days, done.get(scope)?.days ?? []);
  }
  for (const [scope, ofScope] of sessions) {
    countSessions(tallies, scope, [...ofScope.values()]);
  }
}

function countImpressions(tallies: Tallies, scope: Scope, impressions: Set<Day>, checkIns: readonly Day[]): void {
  for (const granularity of GRANULARITIES) {
    const converted = periodsOf(granularity, checkIns);
    for (const period of periodsOf(granularity, impressions)) {
      tallies.add(keysOf(scope).impressionUsers[granularity], period);
      if (converted.has(period)) {
        tallies.add(keysOf(scope).convertedUsers[granularity], period);
      }
    }
  }
}

/** @param sessions the days of each session */
function countSessions(tallies: Tallies, scope: Scope, sessions: readonly Set<Day>[]): void {
  for (const granularity of GRANULARITIES) {
    const counted = tallies.open(keysOf(scope).sessions[granularity]);
    for (const days of sessions) {
      for (const period of periodsOf(granularity, days)) {
        counted.add(period);
      }
    }
  }
}

/** Returns the value of a key, which is made and added where there is none. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
