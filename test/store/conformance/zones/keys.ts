import { expect, it } from "vitest";
import type { ResolvedUser, StoredEvent } from "#src/store/events.ts";
import { historiesOf } from "../analytics/support.ts";
import { asUser, DAY, daysBetween, months, NOW, type OpenStore, useStore } from "../fixture.ts";
import { ANN, atHour, correct, inZone, PARIS, TOKYO, UTC } from "./support.ts";

/** What redating events promises to those who use an idempotency key again. */
export function describeRedatingKeys(open: OpenStore): void {
  const current = useStore(open);

  /** Records as the service does: for a user who is resolved now. */
  async function record(...events: readonly StoredEvent[]) {
    const users = await current.store.events.resolveUsers(events.map((event) => ({ ...event, verify: true })));
    return await current.store.events.record(
      events.map((event, index) => asUser(event, users[index] as ResolvedUser)),
      NOW,
    );
  }

  /** Uses the keys of events again, in requests of their own. */
  const repeat = (...events: readonly StoredEvent[]) =>
    record(...events.map((event) => ({ ...event, id: `again ${event.id}` })));

  /** An event with a key of its own. */
  const keyed = (hours: number, day = DAY, fields: Partial<StoredEvent> = {}) =>
    atHour(hours, day, { idempotencyKey: `${day} ${hours}`, ...fields });

  async function all() {
    return {
      record: await current.store.streaks.readStreak(ANN, "like", "of_days"),
      checkIns: await current.store.users.readCheckIns(ANN, "like", daysBetween(DAY - 9, DAY + 9)),
      histories: await historiesOf(current.store, "p1"),
    };
  }

  const KINDS: Record<string, (event: StoredEvent) => StoredEvent> = {
    "do days": (event) => event,
    "are actions": (event) => ({ ...event, action: `key:${event.idempotencyKey}` }),
    "are late": (event) => ({ ...event, late: true }),
    "are kept as repeats": (event) => ({ ...event, keepRepeat: true }),
    "are actions and kept as repeats": (event) => ({
      ...event,
      action: `key:${event.idempotencyKey}`,
      keepRepeat: true,
    }),
  };

  it.each(Object.entries(KINDS))("events that %s change nothing when their keys are used again", async (_, as) => {
    // Some stay on their day, some get another day, and some come to the day of another one. Midnight is a date alone.
    const first = keyed(22);
    const events = [first, keyed(8), keyed(23), keyed(8, DAY + 1), keyed(0, DAY + 3), keyed(22, DAY + 5)].map(as);
    await record(...events);
    await correct(current.store);
    const after = await all();
    expect(await repeat(...events)).toEqual(events.map(() => "replayed"));
    expect(await all()).toEqual(after);

    await correct(current.store, { wrong: TOKYO, right: UTC });
    const back = await all();
    expect(await repeat(...events)).toEqual(events.map(() => "replayed"));
    expect(await all()).toEqual(back);
  });

  it("an event that named no zone changes nothing when its key is used again", async () => {
    const { tz, ...inHomeZone } = keyed(22, DAY + 1);
    await record(keyed(22), inHomeZone);
    await correct(current.store);
    const after = await all();
    expect(await repeat(inHomeZone)).toEqual(["replayed"]);
    expect(await all()).toEqual(after);
    expect(after.record).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY + 1, DAY + 2))] });
  });

  it("an event whose user was resolved before the correction changes nothing, either", async () => {
    const events = [keyed(22), keyed(23)].map((event) => ({ ...event, action: `key:${event.idempotencyKey}` }));
    await record(...events);
    const [user] = (await current.store.events.resolveUsers([{ ...ANN, verify: true }])) as [ResolvedUser];
    await correct(current.store);
    const after = await all();
    const again = events.map((event) => asUser({ ...event, id: `again ${event.id}` }, user));
    expect(await current.store.events.record(again, NOW)).toEqual(["replayed", "replayed"]);
    expect(await all()).toEqual(after);
  });

  it("it holds after several corrections", async () => {
    const events = [keyed(22), keyed(23)].map((event) => ({ ...event, action: `key:${event.idempotencyKey}` }));
    await record(...events);
    for (const [wrong, right] of [
      [UTC, TOKYO],
      [TOKYO, PARIS],
      [PARIS, UTC],
    ] as const) {
      await correct(current.store, { wrong, right });
      const after = await all();
      expect(await repeat(...events)).toEqual(["replayed", "replayed"]);
      expect(await all(), right).toEqual(after);
    }
  });

  it("a key of another zone, and one of a day that is not corrected, mean what they did", async () => {
    const events = [keyed(8, DAY, { tz: TOKYO, dayZone: TOKYO }), keyed(22, DAY + 4)];
    await record(keyed(22), ...events);
    await correct(current.store, { to: DAY + 2 });
    const after = await all();
    expect(await repeat(...events)).toEqual(["replayed", "replayed"]);
    expect(await all()).toEqual(after);
  });

  it("a key of an alias changes nothing, whether the link or the correction comes first", async () => {
    const link = (userHash: string) => current.store.streaks.linkUser("p1", userHash, "ann");
    const event = (userHash: string, action: string) => keyed(22, DAY, { userHash, idempotencyKey: action, action });
    const events = [event("cookie", "a"), event("phone", "b")];
    await record(...events);
    await link("cookie");
    await correct(current.store);
    await correct(current.store, {}, { projectId: "p1", userHash: "phone" });
    await link("phone");
    const after = await all();
    expect(after.record).toMatchObject({ actions: { beyondFirst: 1, ofDays: new Map([[DAY + 1, 2]]) } });
    const ofAnn = events.map((each) => ({ ...each, userHash: "ann" }));
    expect(await repeat(...ofAnn)).toEqual(["replayed", "replayed"]);
    expect(await all()).toEqual(after);
  });
}
