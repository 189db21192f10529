import fc from "fast-check";
import { expect, test } from "vitest";
import type { ActionVersions } from "#src/domain/actions.ts";
import type { AcceptedEvent } from "#src/ingest/events.ts";
import { IDEMPOTENCY_WINDOW_MS } from "#src/store/events.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

const ALWAYS: ActionVersions = [{ counts: "actions" }];
/** 2024-01-12, which is the day of `NOW` in UTC. */
const TODAY = 19_734;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A check-in that is an action, by this id; without an id, one of its own. */
const action = (userHash: string, id?: string, more: Partial<AcceptedEvent> = {}) =>
  like(userHash, { countedAction: { versions: ALWAYS, id }, ...more });

async function open(options: Parameters<typeof openIngest>[0] = {}) {
  const opened = await openIngest(options);
  return {
    ...opened,
    record: (event: AcceptedEvent) => opened.ingest.record(event, ample()),
    /** How many actions there are of each day, where that is more than one. */
    async counts(userHash: string) {
      const { actions } = await opened.store.streaks.readStreak({ projectId: "p", userHash }, "like", "of_days");
      return Object.fromEntries(actions?.ofDays ?? []);
    },
  };
}

test("a new action is stored, and another event of the same action is a repeat", async () => {
  const { record, counts, days } = await open();
  expect(await record(action("u", "ts:1"))).toBe("stored");
  expect(await record(action("u", "ts:2"))).toBe("stored");
  expect(await record(action("u", "ts:1"))).toBe("repeat");
  expect(await record(action("u"))).toBe("stored");
  expect(await record(action("u"))).toBe("stored");
  expect([await counts("u"), await days("u")]).toEqual([{ [TODAY]: 4 }, 1]);
});

test("the dedupe cache is neither asked about an action by its day nor told of one", async () => {
  const { record, asked, added, counts } = await open();
  await record(action("u", "ts:1"));
  await record(action("u", "ts:2"));
  expect([asked, added]).toEqual([[], []]);
  // Known before the rules counted actions.
  await record(like("other"));
  await record(action("other", "ts:1"));
  await record(action("other", "ts:2"));
  expect(await counts("other")).toEqual({ [TODAY]: 2 });
});

test("an action with an idempotency key is known by it for a day, and after that by the action", async () => {
  const clock = { now: NOW };
  const { record, counts } = await open({ clock: () => clock.now });
  const event = action("u", "key:k", { idempotencyKey: "k" });
  await record(action("u", "key:other"));
  expect(await record(event)).toBe("stored");
  expect(await record(event)).toBe("replayed");
  clock.now += IDEMPOTENCY_WINDOW_MS;
  expect(await record(event)).toBe("repeat");
  expect(await counts("u")).toEqual({ [TODAY]: 2 });
});

test("which version of the rules says whether it is an action is decided by its day", async () => {
  const { record, tries, counts } = await open();
  const versions: ActionVersions = [{}, { from: TODAY, counts: "actions" }, { from: TODAY + 1 }];
  const at = (instant: number, tz?: string) =>
    like("u", { at: instant, countedAction: { versions, id: `ts:${instant}` }, ...(tz !== undefined && { tz }) });
  await record(at(NOW - DAY_MS));
  await record(at(NOW - DAY_MS + 1));
  await record(at(NOW));
  await record(at(NOW + 1));
  // The 13th in Kiritimati.
  await record(at(NOW + 2, "Pacific/Kiritimati"));
  expect(tries.flat().map(({ action: id }) => id)).toEqual([undefined, `ts:${NOW}`, `ts:${NOW + 1}`, undefined]);
  expect(await counts("u")).toEqual({ [TODAY]: 2 });
});

test("an action of its own stays the same one when its batch is tried again", async () => {
  const { record, tries, counts } = await open({
    before(batch) {
      if (batch === 1) {
        throw new StoreUnavailableError({ cause: new Error("an election") });
      }
    },
  });
  await record(action("u"));
  expect(tries).toHaveLength(2);
  expect(tries[1]?.[0]?.action).toMatch(/^own:[0-9a-f-]{36}$/);
  expect(tries[0]?.[0]?.action).toBe(tries[1]?.[0]?.action);
  await record(action("u"));
  expect(await counts("u")).toEqual({ [TODAY]: 2 });
});

test("an action goes with its event to the user that its user becomes an alias of", async () => {
  const { record, tries, counts, store } = await open({
    async before(batch) {
      if (batch === 2) {
        await store.streaks.linkUser("p", "anon", "user");
      }
    },
  });
  await record(action("user", "ts:1"));
  await record(action("anon", "ts:2"));
  await record(action("anon", "ts:1"));
  expect(tries.flat().map(({ userHash, action: id }) => `${userHash} ${id}`)).toEqual([
    "user ts:1",
    "anon ts:2",
    "user ts:2",
    "user ts:1",
  ]);
  expect(await counts("user")).toEqual({ [TODAY]: 2 });
});

test("whether an event is an action is decided anew when its day turns out to be another one", async () => {
  const { record, store, tries, reopen, counts } = await open();
  await store.events.record([{ ...like("u", { tz: "Pacific/Kiritimati", event: "visit" }), day: 0, id: "x" }], NOW);
  const again = await reopen();
  const versions: ActionVersions = [{}, { from: TODAY + 1, counts: "actions" }];
  await again.record(like("u", { countedAction: { versions, id: "ts:1" } }), ample());
  // The first try is for the day in UTC, the second for that in the user's zone.
  expect(tries.flat().map(({ day, action: id }) => [day, id])).toEqual([
    [TODAY, undefined],
    [TODAY + 1, "ts:1"],
  ]);
  await record(like("u", { countedAction: { versions, id: "ts:2" } }));
  expect(await counts("u")).toEqual({ [TODAY + 1]: 2 });
});

/** An event of a history: who sends it, which action it is, when, and in which zone. */
interface AnyEvent {
  readonly name: string;
  readonly id: string;
  readonly at: number;
  readonly tz: string;
}

const anyEvent: fc.Arbitrary<AnyEvent> = fc.record({
  name: fc.constantFrom("user", "anon"),
  id: fc.constantFrom("key:a", "key:b", "ts:1", "ts:2"),
  at: fc.constantFrom(NOW, NOW + 10 * HOUR_MS, NOW - DAY_MS),
  tz: fc.constantFrom("UTC", "Asia/Tokyo"),
});

test("whatever the order of events, repeats and a link, each action counts once", { timeout: 120_000 }, async () => {
  const { record, counts, store } = await open();
  let runs = 0;
  const check = async (events: readonly AnyEvent[], linkAt: number) => {
    runs++;
    const nameOf = (name: string) => `${name} ${runs}`;
    const link = () => store.streaks.linkUser("p", nameOf("anon"), nameOf("user"));
    for (const [index, { name, id, at, tz }] of events.entries()) {
      if (index === linkAt) {
        await link();
      }
      await record(action(nameOf(name), id, { at, tz }));
    }
    await link();
    const ids = Map.groupBy(events, ({ at, tz }) => Math.floor((at + (tz === "UTC" ? 0 : 9 * HOUR_MS)) / DAY_MS));
    const sizes = [...ids].map(([day, ofDay]) => [day, new Set(ofDay.map(({ id }) => id)).size] as const);
    expect(await counts(nameOf("user"))).toEqual(Object.fromEntries(sizes.filter(([, size]) => size > 1)));
    const { actions } = await store.streaks.readStreak({ projectId: "p", userHash: nameOf("user") }, "like", "total");
    const beyondFirst = sizes.reduce((sum, [, size]) => sum + size - 1, 0);
    expect(actions).toEqual(beyondFirst === 0 ? undefined : { beyondFirst });
  };
  await fc.assert(fc.asyncProperty(fc.array(anyEvent, { maxLength: 12 }), fc.nat(12), check), { numRuns: 30 });
});
