import { expect, it } from "vitest";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "#src/store/events.ts";
import type { AskedActions } from "#src/store/streaks.ts";
import { historiesOf } from "../analytics/support.ts";
import {
  checkIn,
  DAY,
  DAY_MS,
  gated,
  MANY_CALLS_MS,
  months,
  NOW,
  type OpenStore,
  project,
  recordGated,
  recordResolved,
  recordUnverified,
  useStore,
} from "../fixture.ts";
import { usersOf } from "../users/support.ts";

/** What counting actions promises. */
export function describeActions(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);

  /** A check-in that is an action. */
  const act = (action: string, fields: Partial<StoredEvent> = {}) => checkIn({ action, ...fields });

  /** Returns the counts of a user: those asked for, which may be none. */
  async function countsOf(asked: AskedActions | undefined, userHash = "ann", event = "like", projectId = "p1") {
    return (await current.store.streaks.readStreak({ projectId, userHash }, event, asked)).actions;
  }

  /** Expects a user to have these numbers of actions, by day, where they are above 1; by whichever way they are read. */
  async function expectCounts(ofDays: [day: number, count: number][], userHash = "ann", event = "like") {
    const beyondFirst = ofDays.reduce((sum, [, count]) => sum + count - 1, 0);
    const counts = ofDays.length > 0 ? { beyondFirst, ofDays: new Map(ofDays) } : undefined;
    const total = ofDays.length > 0 ? { beyondFirst } : undefined;
    expect(await countsOf("of_days", userHash, event)).toEqual(counts);
    expect(await countsOf("total", userHash, event)).toEqual(total);
    const [listed] = await usersOf(current.store, { prefix: userHash, actionEvents: [event] });
    expect(listed?.days.get(event)?.actions).toEqual(total);
    const user = await current.store.users.readUser({ projectId: "p1", userHash }, [event]);
    expect(user?.days.get(event)?.actions).toEqual(total);
    const histories = await historiesOf(current.store, "p1", { actionEvents: [event] });
    expect(histories.find((history) => history.userHash === userHash)?.days.get(event)?.actions).toEqual(counts);
  }

  it("each action of a day is kept, and new; the day is done once", async () => {
    expect(await record(act("a"), act("b"), act("c", { day: DAY + 1 }))).toEqual(["stored", "stored", "stored"]);
    expect(await record(act("d"))).toEqual(["stored"]);
    await expectCounts([[DAY, 3]]);
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({
      days: months(DAY, DAY + 1),
    });
  });

  it("an action is kept once, however often it comes and in whichever order", async () => {
    expect(await record(act("a"), act("a"))).toEqual(["stored", "repeat"]);
    expect(await record(act("b"), act("a"), act("b"))).toEqual(["stored", "repeat", "repeat"]);
    expect(await record(act("a", { at: NOW + 1, tz: "Asia/Tokyo" }))).toEqual(["repeat"]);
    await expectCounts([[DAY, 2]]);
  });

  it("the same action of another day, event, user or project is another one", async () => {
    await record(
      ...[act("a"), act("b"), act("a", { day: DAY + 1 }), act("b", { day: DAY + 1 }), act("a", { day: DAY + 2 })],
      ...[act("a", { event: "visit" }), act("b", { event: "visit" }), act("a", { userHash: "bob" })],
      ...["a", "b", "c", "d"].map((action) => act(action, { projectId: "p2" })),
    );
    await expectCounts([
      [DAY, 2],
      [DAY + 1, 2],
    ]);
    await expectCounts([[DAY, 2]], "ann", "visit");
    await expectCounts([], "bob");
    expect(await countsOf("total", "ann", "like", "p2")).toEqual({ beyondFirst: 3 });
  });

  it("nothing is counted where nobody asks, and nothing is told of days with one action", async () => {
    await record(act("a"), act("b"), act("a", { userHash: "bob" }));
    expect(await countsOf(undefined)).toBeUndefined();
    expect(await countsOf("of_days", "bob")).toBeUndefined();
    expect(await countsOf("total", "nobody")).toBeUndefined();
    const listed = await usersOf(current.store);
    expect(listed.map(({ days }) => days.get("like"))).toEqual([{ days: months(DAY) }, { days: months(DAY) }]);
    expect((await current.store.users.readUser({ projectId: "p1", userHash: "ann" }))?.days).toEqual(
      new Map([["like", { days: months(DAY) }]]),
    );
  });

  it("lists and users tell the actions of the events that are named, and of no others", async () => {
    const events = ["like", "visit", "__proto__", "a.b$"];
    await record(...events.flatMap((event) => [act("a", { event }), act("b", { event })]));
    const told = { actions: { beyondFirst: 1 } };
    const actionEvents = ["visit", "__proto__", "unknown"];
    const expected = new Map(
      events.map((event) => [event, { days: months(DAY), ...(actionEvents.includes(event) && told) }]),
    );
    const [listed] = await usersOf(current.store, { actionEvents });
    expect(listed?.days).toEqual(expected);
    const user = await current.store.users.readUser({ projectId: "p1", userHash: "ann" }, actionEvents);
    expect(user?.days).toEqual(expected);
    const [unasked] = await usersOf(current.store, { actionEvents: [] });
    expect(unasked?.days.get("visit")).toEqual({ days: months(DAY) });
  });

  it("events that are no actions add nothing, and the day counts its actions alone", async () => {
    expect(await record(checkIn(), checkIn())).toEqual(["stored", "repeat"]);
    await expectCounts([]);
    expect(await record(act("a"))).toEqual(["stored"]);
    await expectCounts([]);
    expect(await record(act("b"), checkIn())).toEqual(["stored", "repeat"]);
    await expectCounts([[DAY, 2]]);
  });

  it("actions of a day that different zones have dated are counted together", async () => {
    await record(act("a", { tz: "Europe/Paris" }), act("b", { tz: "Asia/Tokyo" }), act("c"));
    expect(await record(act("a", { tz: "Asia/Tokyo" }))).toEqual(["repeat"]);
    await expectCounts([[DAY, 3]]);
    const { days, others } = await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like");
    expect([days, others]).toEqual([months(DAY), [{ late: false, zone: "Asia/Tokyo", days: months(DAY) }]]);
  });

  it("an action that is known does the day of another zone all the same", async () => {
    await record(act("a", { tz: "Europe/Paris" }));
    expect(await record(act("a", { tz: "Asia/Tokyo", at: NOW + 1 }))).toEqual(["repeat"]);
    await expectCounts([]);
    const { others } = await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like");
    expect(others).toEqual([{ late: false, zone: "Asia/Tokyo", days: months(DAY) }]);
  });

  it("an idempotency key holds for its time, and the action for ever", async () => {
    const keyed = (fields: Partial<StoredEvent> = {}) => act("k", { idempotencyKey: "k", ...fields });
    expect(await record(act("a"), keyed())).toEqual(["stored", "stored"]);
    expect(await record(keyed(), keyed({ day: DAY + 1 }))).toEqual(["replayed", "replayed"]);
    const later = NOW + IDEMPOTENCY_WINDOW_MS;
    expect(await current.store.events.record([keyed()], later)).toEqual(["repeat"]);
    expect(await current.store.events.record([keyed({ day: DAY + 1 })], later)).toEqual(["replayed"]);
    expect(await current.store.events.record([keyed({ day: DAY + 1 })], later + IDEMPOTENCY_WINDOW_MS)).toEqual([
      "stored",
    ]);
    await expectCounts([[DAY, 2]]);
  });

  it("a link unites the actions of both, over other aliases too", async () => {
    await record(act("a"), act("b"), act("a", { event: "visit" }));
    const ofAlias = [act("b"), act("c"), act("b", { event: "visit" }), act("a", { day: DAY + 1 })];
    await record(...ofAlias.map((event) => ({ ...event, userHash: "anon" })));
    await record(act("d", { userHash: "phone" }), act("b", { userHash: "phone", day: DAY + 1 }));
    await link("anon", "phone");
    await link("phone", "ann");
    await expectCounts([
      [DAY, 4],
      [DAY + 1, 2],
    ]);
    await expectCounts([[DAY, 2]], "ann", "visit");
    expect(await countsOf("total", "anon")).toEqual({ beyondFirst: 4 });
    expect(await countsOf("of_days", "phone", "visit")).toEqual({ beyondFirst: 1, ofDays: new Map([[DAY, 2]]) });
    await recordResolved(current.store, [act("c", { userHash: "anon" }), act("e", { userHash: "anon" })]);
    await recordUnverified(current.store, [act("e", { userHash: "phone" }), act("f", { userHash: "phone" })]);
    await expectCounts([
      [DAY, 6],
      [DAY + 1, 2],
    ]);
  });

  it("a link to a user without actions, and of a name without actions, loses none", async () => {
    await record(act("a", { userHash: "anon" }), act("b", { userHash: "anon" }), checkIn());
    await link("anon", "ann");
    await expectCounts([[DAY, 2]]);
    await record(checkIn({ userHash: "tablet" }), checkIn({ userHash: "tablet", event: "visit" }));
    await link("tablet", "ann");
    await expectCounts([[DAY, 2]]);
    await expectCounts([], "ann", "visit");
  });

  it(
    "no action is lost or doubled when its user is linked while it is recorded",
    async () => {
      for (let round = 0; round < 10; round++) {
        const anon = `anon ${round}`;
        const day = DAY - round;
        await record(act("first", { day }), act("first", { userHash: anon, day }));
        const ids = ["first", ...Array.from({ length: 8 }, (_, index) => `action ${index}`)];
        const batches = ids.map((id) => recordResolved(current.store, [act(id, { userHash: anon, day })]));
        await Promise.all([...batches, link(anon, "ann")]);
        expect((await countsOf("of_days"))?.ofDays?.get(day)).toBe(9);
      }
      expect(await countsOf("total")).toEqual({ beyondFirst: 80 });
    },
    MANY_CALLS_MS,
  );

  it("of many batches at once with the same actions, each action is new once", async () => {
    const batches = Array.from({ length: 10 }, () => record(...["a", "b", "c", "d"].map((action) => act(action))));
    const outcomes = (await Promise.all(batches)).flat();
    expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(4);
    await expectCounts([[DAY, 4]]);
  });

  it("a batch that is tried again counts nothing twice", async () => {
    const batch = [act("a"), act("b"), act("c", { userHash: "bob" }), act("d", { userHash: "bob" })];
    await Promise.all([record(...batch), record(...batch)]);
    await record(...batch);
    await expectCounts([[DAY, 2]]);
    await expectCounts([[DAY, 2]], "bob");
  });

  it("an action is no event of a history; its first event of the day is, and a repeat that is kept", async () => {
    const kept = (action: string, id: string) => act(action, { keepRepeat: true, id, sessionId: id });
    expect(await record(kept("a", "1"), kept("b", "2"))).toEqual(["stored", "stored"]);
    expect(await record(kept("a", "3"), kept("b", "4"), act("c", { id: "5" }))).toEqual([
      ...["repeat", "repeat", "stored"],
    ]);
    const [history] = await historiesOf(current.store, "p1", { actionEvents: ["like"] });
    const told = history?.events.map(({ sessionId, isRepeat = false }) => [sessionId, isRepeat]).toSorted();
    expect(told).toEqual([
      ["1", false],
      ["2", true],
    ]);
    expect(history?.days.get("like")?.actions).toEqual({ beyondFirst: 2, ofDays: new Map([[DAY, 3]]) });
  });

  it("a history has the actions of the events that it is asked for, of each user of its range", async () => {
    const users = ["ann", "a|b", "bob", "cat"];
    const events = ["like", "visit"];
    const batch = users.flatMap((userHash) => events.map((event) => act("a", { userHash, event })));
    await record(...batch, ...batch.map((event) => ({ ...event, id: `${event.id} again`, action: "b" })));
    await record(act("c", { userHash: "bob" }), act("d", { userHash: "cat", day: DAY + 1 }));
    const counted = async (range: Parameters<typeof historiesOf>[2]) =>
      (await historiesOf(current.store, "p1", range))
        .toSorted((one, other) => (one.userHash < other.userHash ? -1 : 1))
        .map(({ userHash, days }) => [userHash, ...events.map((event) => days.get(event)?.actions?.beyondFirst)]);
    expect(await counted({ actionEvents: ["like"] })).toEqual([
      ...[
        ["ann", 1, undefined],
        ["a|b", 1, undefined],
      ],
      ...[
        ["bob", 2, undefined],
        ["cat", 1, undefined],
      ],
    ]);
    expect(await counted({ actionEvents: events, first: "bob", end: "cat" })).toEqual([["bob", 2, 1]]);
    expect(await counted({ first: "bob", end: "cat" })).toEqual([["bob", undefined, undefined]]);
  });

  it("usage and the events of a user show and count what they would without actions", async () => {
    await record(act("a"));
    const read = async () => [
      (await current.store.users.readUser({ projectId: "p1", userHash: "ann" }))?.recentEvents,
      await current.store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", [DAY]),
      await current.store.usage.countUsage("p1", ["2024-01"]),
    ];
    const before = await read();
    await record(act("b"), act("c", { at: NOW + DAY_MS }));
    expect(await read()).toEqual(before);
  });

  it("an action that is refused a seat is not kept", async () => {
    const outcomes = await recordGated(current.store, [
      gated(1, { action: "a" }),
      gated(1, { action: "a", userHash: "bob" }),
      gated(1, { action: "b" }),
    ]);
    expect(outcomes).toEqual(["stored", "full", "stored"]);
    await expectCounts([[DAY, 2]]);
    expect(await countsOf("total", "bob")).toBeUndefined();
  });

  it("actions are there after a restart, and go with their project", async () => {
    await current.store.projects.createProject(project());
    const batch = ["a", "b", "c"].flatMap((action) => [act(action), act(action, { projectId: "p2" })]);
    await record(...batch);
    await current.reopen();
    await expectCounts([[DAY, 3]]);
    await current.store.projects.deleteProject(project());
    expect(await countsOf("of_days")).toBeUndefined();
    expect(await countsOf("total")).toBeUndefined();
    expect(await countsOf("total", "ann", "like", "p2")).toEqual({ beyondFirst: 2 });
    expect(await record(...batch)).toEqual(batch.map(({ projectId }) => (projectId === "p1" ? "stored" : "repeat")));
  });
}
