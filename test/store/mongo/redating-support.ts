import type { ResolvedUser, StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import { historiesOf } from "../conformance/analytics/support.ts";
import { asUser, DAY, daysBetween, NOW } from "../conformance/fixture.ts";
import { ANN } from "../conformance/zones/support.ts";

/** Records as the service does: for a user who is resolved now. */
export async function recordNow(store: Stores, ...events: readonly StoredEvent[]) {
  const users = await store.events.resolveUsers(events);
  const resolved = events.map((event, index) => asUser(event, users[index] as ResolvedUser));
  return await store.events.record(resolved, NOW);
}

/** The check-ins of ann, each with the hour of UTC at which it happened and the zone that has dated it. */
export async function checkInsOf(store: Stores, user = ANN) {
  const found = await store.users.readCheckIns(user, "like", daysBetween(DAY - 9, DAY + 9));
  return found.map(({ day, at, dayZone = "home" }) => [day - DAY, new Date(at).getUTCHours(), dayZone]);
}

/** What analytics know of ann: the events with their days, hours, and whether they are repeats. */
export async function eventsOf(store: Stores) {
  const histories = await historiesOf(store, "p1");
  return histories
    .flatMap(({ events }) => events)
    .map(({ day, at, isRepeat }) => `${day - DAY} ${new Date(at).getUTCHours()} ${isRepeat ? "repeat" : "first"}`)
    .toSorted();
}
