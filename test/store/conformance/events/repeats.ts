import { expect, it } from "vitest";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "#src/store/events.ts";
import { historiesOf } from "../analytics/support.ts";
import {
  checkIn,
  DAY,
  DAY_MS,
  daysOf,
  impression,
  months,
  NOW,
  type OpenStore,
  project,
  recordGated,
  recordResolved,
  recordUnverified,
  useStore,
} from "../fixture.ts";

/** What keeping repeats promises. */
export function describeRepeats(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);

  /** A check-in of a project that keeps repeats. Its session has its id. */
  const kept = (id: string, fields: Partial<StoredEvent> = {}) =>
    checkIn({ keepRepeat: true, id, sessionId: id, ...fields });

  /** Returns the repeats that a project has, each with its user. */
  async function repeats(projectId = "p1") {
    const histories = await historiesOf(current.store, projectId);
    return histories.flatMap(({ userHash, events }) =>
      events.filter(({ isRepeat }) => isRepeat).map((event) => ({ userHash, ...event })),
    );
  }

  const keptIds = async (projectId?: string) => (await repeats(projectId)).map(({ sessionId }) => sessionId).toSorted();

  it("an event that repeats a day is kept with all that it came with, and its outcome stays the same", async () => {
    const given = { tz: "Asia/Tokyo", meta: '{"plan":"pro"}' };
    expect(await record(kept("1"))).toEqual(["stored"]);
    expect(await record(kept("2", { ...given, at: NOW + 1 }), kept("3"))).toEqual(["repeat", "repeat"]);
    const common = { userHash: "ann", event: "like", type: "streak_interaction", day: DAY, isRepeat: true };
    expect((await repeats()).toSorted((a, b) => b.at - a.at)).toEqual([
      { ...common, sessionId: "2", at: NOW + 1, ...given },
      { ...common, sessionId: "3", at: NOW },
    ]);
  });

  it("an event of a project that does not keep repeats is not kept", async () => {
    await record(checkIn(), checkIn());
    await record(checkIn());
    expect(await repeats()).toEqual([]);
  });

  it("a repeat changes no day, and the zone as any repeat does", async () => {
    await record(kept("1", { tz: "Europe/Berlin" }));
    await record(kept("2", { tz: "Asia/Tokyo", at: NOW + 1 }));
    const inBoth = {
      days: months(DAY),
      others: [{ late: false, zone: "Asia/Tokyo", days: months(DAY) }],
      home: "Europe/Berlin",
    };
    const read = () => current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like");
    expect(await read()).toEqual({ ...inBoth, zone: { name: "Asia/Tokyo", at: NOW + 1 } });
    // It is new, but no day in analytics has two check-ins.
    expect(await keptIds()).toEqual(["2"]);
    await record(kept("3", { tz: "Europe/Berlin", at: NOW + 2 }), kept("4", { tz: "Asia/Tokyo", at: NOW - 1 }));
    expect(await read()).toEqual({ ...inBoth, zone: { name: "Europe/Berlin", at: NOW + 2 } });
    expect(await keptIds()).toEqual(["2", "3", "4"]);
  });

  it("a repeat in the batch of the first event of the day is kept", async () => {
    expect(await record(kept("1"), kept("2"), kept("3", { userHash: "bob" }), kept("4"))).toEqual([
      ...["stored", "repeat", "stored", "repeat"],
    ]);
    expect(await keptIds()).toEqual(["2", "4"]);
  });

  it("a repeat of a day that was done before repeats were kept is kept", async () => {
    await record(checkIn());
    await record(kept("2"));
    expect(await keptIds()).toEqual(["2"]);
  });

  it("a batch of repeats that is tried again stores none twice", async () => {
    await record(kept("1"), kept("1b", { event: "visit" }));
    const batch = [kept("2"), kept("3", { event: "visit" }), kept("4")];
    await record(...batch);
    expect(await record(...batch)).toEqual(["repeat", "repeat", "repeat"]);
    expect(await keptIds()).toEqual(["2", "3", "4"]);
  });

  it("an idempotency key keeps its first event at most, and never what repeats the key", async () => {
    await record(kept("1"));
    expect(await record(kept("2", { idempotencyKey: "k" }))).toEqual(["repeat"]);
    expect(await record(kept("3", { idempotencyKey: "k" }), kept("4", { idempotencyKey: "k" }))).toEqual([
      ...["replayed", "replayed"],
    ]);
    expect(await record(kept("5", { day: DAY + 1, idempotencyKey: "l" }))).toEqual(["stored"]);
    expect(await record(kept("6", { day: DAY + 1, idempotencyKey: "l" }))).toEqual(["replayed"]);
    expect(await keptIds()).toEqual(["2"]);
    const later = NOW + IDEMPOTENCY_WINDOW_MS;
    expect(await current.store.events.record([kept("7", { idempotencyKey: "k" })], later)).toEqual(["repeat"]);
    expect(await keptIds()).toEqual(["2", "7"]);
  });

  it("of many batches at once with the same day, one is the first and all others are kept", async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `event ${index}`);
    const outcomes = await Promise.all(ids.map((id) => record(kept(id))));
    const first = ids[outcomes.findIndex(([outcome]) => outcome === "stored")];
    expect(await keptIds()).toEqual(ids.filter((id) => id !== first).toSorted());
  });

  it("repeats follow their user to the one that it becomes an alias of, over other aliases too", async () => {
    await record(kept("1", { userHash: "anon" }), kept("2", { userHash: "anon", meta: '{"a":1}' }));
    await record(kept("3"), kept("4"));
    await link("anon", "phone");
    await link("phone", "ann");
    const followed = (await repeats()).toSorted((a, b) => `${a.sessionId}`.localeCompare(`${b.sessionId}`));
    expect(followed).toMatchObject([
      { userHash: "ann", sessionId: "2", meta: '{"a":1}', day: DAY },
      { userHash: "ann", sessionId: "4", day: DAY },
    ]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a repeat of an alias is kept for its user", async () => {
    await record(kept("1"));
    await link("anon", "ann");
    await recordResolved(current.store, [kept("2", { userHash: "anon" })]);
    await recordUnverified(current.store, [kept("3", { userHash: "anon" })]);
    await recordResolved(current.store, [kept("4", { userHash: "anon", idempotencyKey: "k" })]);
    expect((await repeats()).map(({ sessionId, userHash }) => [sessionId, userHash]).toSorted()).toEqual([
      ["2", "ann"],
      ["3", "ann"],
      ["4", "ann"],
    ]);
  });

  it("no repeat is lost or doubled when its user is linked while it is recorded", async () => {
    for (let round = 0; round < 10; round++) {
      const anon = `anon ${round}`;
      const day = DAY - round;
      await record(kept(`first ${round}`, { userHash: anon, day }));
      const ids = Array.from({ length: 8 }, (_, index) => `${round} ${index}`);
      const batches = ids.map((id, index) =>
        recordResolved(current.store, [kept(id, { userHash: anon, day, at: index })]),
      );
      await Promise.all([...batches, link(anon, "ann")]);
      const found = (await repeats()).filter((repeat) => repeat.day === day);
      expect(found.map(({ sessionId }) => sessionId).toSorted()).toEqual(ids);
      expect(new Set(found.map(({ userHash }) => userHash))).toEqual(new Set(["ann"]));
    }
  });

  it("neither lists, users nor usage show repeats or count them", async () => {
    await record(kept("1"), impression({ id: "2" }));
    const read = async () => [
      await current.store.users.readUser({ projectId: "p1", userHash: "ann" }),
      await current.store.users.listUsers({ projectId: "p1", prefix: "", after: undefined, limit: 10 }),
      await current.store.usage.countUsage("p1", ["2024-01"]),
    ];
    const before = await read();
    await record(kept("3"), kept("4", { at: NOW + DAY_MS }));
    expect(await keptIds()).toEqual(["3", "4"]);
    expect(await read()).toEqual(before);
  });

  it("an event that is refused a seat is not kept", async () => {
    const gate = { name: "custom", activeStreakers: 1, since: NOW - DAY_MS } as const;
    const outcomes = await recordGated(current.store, [
      kept("1", { gate }),
      kept("2", { gate, userHash: "bob" }),
      kept("3", { gate }),
    ]);
    expect(outcomes).toEqual(["stored", "full", "repeat"]);
    expect(await keptIds()).toEqual(["3"]);
  });

  it("repeats are there after a restart, and go with their project", async () => {
    await current.store.projects.createProject(project());
    await record(kept("1"), kept("2"), kept("3", { projectId: "p2" }), kept("4", { projectId: "p2" }));
    await current.reopen();
    expect([await keptIds(), await keptIds("p2")]).toEqual([["2"], ["4"]]);
    await current.store.projects.deleteProject(project());
    expect([await keptIds(), await keptIds("p2")]).toEqual([[], ["4"]]);
  });
}
