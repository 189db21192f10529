import { describe, expect, it, onTestFinished, vi } from "vitest";
import { runsOf } from "#src/domain/months.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { sendApart } from "#src/store/mongo/bulk.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import type { UserKey } from "#src/store/streaks.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { historiesOf } from "../conformance/analytics/support.ts";
import { DAY, MANY_CALLS_MS, months, NOW } from "../conformance/fixture.ts";
import { atHour, correct, datedBy, inZone, NEW_YORK, PARIS, planOf, TOKYO, UTC } from "../conformance/zones/support.ts";
import { commandsOf, openWatched, withoutSweep } from "./commands.ts";
import { checkInsOf, recordNow } from "./redating-support.ts";
import { CUTS, collectionsOf, connect, cutAtEveryCommand, openStore, type StoredCollections } from "./support.ts";

const mongo = useOwnMongo();

const userOf = (round: number): UserKey => ({ projectId: `q${round}`, userHash: "ann" });

/** Firsts, repeats and actions, of which some come to one day. */
const batchOf = ({ projectId }: UserKey): StoredEvent[] =>
  [0, 1, 2, 4].flatMap((offset) => [
    atHour(22, DAY + offset, { projectId, keepRepeat: true }),
    atHour(8, DAY + offset, { projectId, keepRepeat: true, action: "a" }),
    atHour(9, DAY + offset, { projectId, action: `b${offset}` }),
  ]);

/** Actions whose days are done after a correction as before, and of which two become one. */
const whoseDaysStay = ({ projectId }: UserKey): StoredEvent[] => [
  atHour(8, DAY, { projectId, action: "a" }),
  atHour(22, DAY, { projectId, action: "b" }),
  atHour(8, DAY + 1, { projectId, action: "b" }),
];

/** All that is known of a user's days and events, but for the ids of repeats. */
async function all(store: Stores, user: UserKey) {
  const histories = await historiesOf(store, user.projectId);
  const total = (await store.streaks.readStreak(user, "like", "total")).actions?.beyondFirst;
  const record = await store.streaks.readStreak(user, "like", "of_days");
  expect(total).toBe(record.actions?.beyondFirst);
  return {
    record,
    checkIns: await checkInsOf(store, user),
    events: histories
      .flatMap(({ events }) => events)
      .map(({ id: _, ...event }: { id?: string } & (typeof histories)[0]["events"][0]) => JSON.stringify(event))
      .toSorted(),
    days: histories.map(({ days }) => [...days]),
  };
}

/** Checks that each done day has an event. */
function expectEventOfEachDay({ record, checkIns }: Awaited<ReturnType<typeof all>>): void {
  const done = [{ days: record.days }, ...(record.others ?? [])].flatMap(({ days }) => Object.values(days));
  const count = done.reduce((sum, bits) => sum + bits.toString(2).replaceAll("0", "").length, 0);
  expect(checkIns).toHaveLength(count);
}

describe.each(CUTS)("a correction that is cut off at any command, $when,", ({ how }) => {
  /** Cuts corrections of users with a batch off, and has something else be done before they are checked. */
  async function cutEach(
    batch: (user: UserKey) => StoredEvent[],
    check: (store: Stores, user: UserKey, database: StoredCollections) => Promise<void>,
    prepare: (store: Stores, user: UserKey) => Promise<void> = async () => undefined,
  ): Promise<number> {
    const uri = mongo.server.uri();
    const [store, cut] = [await openStore(uri), await openStore(uri, { appName: "cut" })];
    return await cutAtEveryCommand(
      mongo.server,
      how,
      async (round) => {
        await prepare(store, userOf(round));
        await recordNow(store, ...batch(userOf(round)));
        // So there are sums.
        await store.streaks.readStreak(userOf(round), "like", "total");
        const plan = await planOf(store, {}, userOf(round));
        await cut.zones.redate(userOf(round), plan);
      },
      (round) => check(store, userOf(round), collectionsOf(mongo.server, uri)),
    );
  }

  /** What an uncut correction makes of a batch. */
  async function corrected(batch: (user: UserKey) => StoredEvent[]) {
    const store = await openStore(mongo.server.uri());
    await recordNow(store, ...batch(userOf(-1)));
    expect(await correct(store, {}, userOf(-1))).toBe(true);
    const expected = await all(store, userOf(-1));
    expect(expected.checkIns.length).toBeGreaterThan(1);
    return expected;
  }

  it(
    "is completed by asking again",
    async () => {
      const expected = await corrected(batchOf);
      const cuts = await cutEach(batchOf, async (store, user) => {
        // A reader finds an event for each day, wherever it was cut off.
        expectEventOfEachDay(await all(store, user));
        expect(await correct(store, {}, user)).toBe(true);
        expect(await all(store, user)).toEqual(expected);
      });
      expect(cuts).toBeGreaterThan(6);
    },
    MANY_CALLS_MS,
  );

  // The user was corrected before: so events take the places of vacated ones.
  const correctBefore = async (store: Stores, user: UserKey) => {
    await recordNow(store, atHour(22, DAY - 5, { projectId: user.projectId }));
    await correct(store, {}, user);
  };

  it(
    "leaves no event to be displaced by one that comes before it is asked for again",
    async () => {
      const check = async (store: Stores, user: UserKey) => {
        await recordNow(store, atHour(8, DAY, { projectId: user.projectId }));
        await correct(store, {}, user);
        const { record } = await all(store, user);
        expect(record.days).toEqual({});
        const done = [...runsOf(record.others?.[0]?.days ?? {})].flatMap(({ first, length }) =>
          Array.from({ length }, (_, index) => first + index - DAY),
        );
        // The event that has come is a later one of its day, unless the day was corrected: then it is not kept.
        expect([
          [-4, 1],
          [-4, 0, 1],
        ]).toContainEqual(done);
      };
      await cutEach(({ projectId }) => [atHour(22, DAY, { projectId })], check, correctBefore);
    },
    MANY_CALLS_MS,
  );

  it(
    "loses no action that comes before it is asked for again",
    async () => {
      const check = async (store: Stores, user: UserKey) => {
        await recordNow(store, atHour(8, DAY, { projectId: user.projectId, action: "n" }));
        await correct(store, {}, user);
        const { record } = await all(store, user);
        expect(record).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY - 4, DAY, DAY + 1))] });
        expect(record.actions).toBe(undefined);
      };
      await cutEach(({ projectId }) => [atHour(22, DAY, { projectId, action: "e" })], check, correctBefore);
    },
    MANY_CALLS_MS,
  );

  it(
    "has left no sum of actions while it is unfinished, and leaves no total that is not the sum of the days",
    async () => {
      let unfinished = 0;
      await cutEach(whoseDaysStay, async (store, user, database) => {
        await all(store, user);
        const document = await database.streaks.findOne({ p: user.projectId, u: user.userHash });
        if (document?.unfinished !== undefined) {
          unfinished += 1;
          expect(document.sums?.["=like"]?.months).toBe(undefined);
        }
        expect(await correct(store, {}, user)).toBe(true);
        const { record } = await all(store, user);
        expect(record).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY, DAY + 1))] });
        expect(record.actions).toBe(undefined);
      });
      expect(unfinished).toBeGreaterThan(2);
    },
    MANY_CALLS_MS,
  );

  it(
    "leaves all to another one that comes before it is asked for again",
    async () => {
      const batch = ({ projectId }: UserKey) =>
        [0, 2, 4].flatMap((offset) => [
          atHour(22, DAY + offset, { projectId, keepRepeat: true }),
          atHour(8, DAY + offset, { projectId, keepRepeat: true }),
          atHour(9, DAY + offset, { projectId, action: `b${offset}` }),
        ]);
      const { record: expected, ...rest } = await corrected(batch);
      await cutEach(batch, async (store, user) => {
        await correct(store, { right: NEW_YORK }, user);
        await correct(store, {}, user);
        expect(await datedBy(store, UTC, {}, user)).toEqual([]);
        await correct(store, { wrong: NEW_YORK }, user);
        const { record, ...known } = await all(store, user);
        expect(known).toEqual(rest);
        // The zone was corrected twice, and is later by as much.
        expect({ ...record, zone: record.zone?.name }).toEqual({ ...expected, zone: TOKYO });
      });
    },
    MANY_CALLS_MS,
  );
});

it.each(CUTS)(
  "an event with a key that is cut off at any command, $when, is completed in the right zone after a correction",
  async ({ how }) => {
    const uri = mongo.server.uri();
    const [store, cut] = [await openStore(uri), await openStore(uri, { appName: "cut" })];
    const { intents } = collectionsOf(mongo.server, uri);
    const eventOf = ({ projectId }: UserKey) =>
      atHour(22, DAY, { projectId, idempotencyKey: "k", action: "key:k", userHome: UTC });
    await cutAtEveryCommand(
      mongo.server,
      how,
      async (round) => {
        await recordNow(store, atHour(21, DAY, { projectId: userOf(round).projectId, action: "first" }));
        await cut.events.record([eventOf(userOf(round))], NOW);
      },
      async (round) => {
        const user = userOf(round);
        const isClaimed = (await intents.countDocuments({ p: user.projectId })) > 0;
        await correct(store, {}, user);
        await recordNow(store, { ...eventOf(user), id: "again" });
        const corrected = {
          ...{ days: {}, others: [inZone(TOKYO, months(DAY + 1))] },
          actions: { beyondFirst: 1, ofDays: new Map([[DAY + 1, 2]]) },
        };
        if (isClaimed) {
          expect((await all(store, user)).record).toMatchObject(corrected);
        }
        await correct(store, {}, user);
        expect((await all(store, user)).record).toMatchObject(corrected);
      },
    );
  },
  MANY_CALLS_MS,
);

it("a correction that goes on after another one has ended it leaves no total that is not the sum of the days", async () => {
  const uri = mongo.server.uri();
  const [other, slow] = [await openStore(uri), connect(uri)];
  const store = createMongoStores(slow, sendApart(slow, true), silentLog);
  onTestFinished(() => store.close());
  const user = userOf(0);
  const total = async () => (await other.streaks.readStreak(user, "like", "total")).actions?.beyondFirst;
  await recordNow(other, ...whoseDaysStay(user));
  expect(await total()).toBe(1);

  const bulkWrite = slow.events.bulkWrite.bind(slow.events);
  const updateOne = slow.streaks.updateOne.bind(slow.streaks);
  const meanwhile = vi.fn(async () => {
    await correct(other, { wrong: NEW_YORK, right: PARIS }, user);
    expect(await total()).toBe((await all(other, user)).record.actions?.beyondFirst);
  });
  vi.spyOn(slow.streaks, "updateOne").mockImplementationOnce(async (...args) => {
    const result = await updateOne(...args);
    // Its actions move next.
    vi.spyOn(slow.events, "bulkWrite").mockImplementationOnce(async (...moves) => {
      await meanwhile();
      return await bulkWrite(...moves);
    });
    return result;
  });
  await correct(store, {}, user);
  expect(meanwhile).toHaveBeenCalledOnce();
  await all(other, user);
});

it("asking again for a correction writes nothing", async () => {
  const { store, client } = openWatched(mongo.server.uri(), (connection) => sendApart(connection, true));
  await store.events.record(batchOf({ projectId: "p1", userHash: "ann" }), NOW);
  const plan = await planOf(store);
  await store.zones.redate({ projectId: "p1", userHash: "ann" }, plan);
  const commands = commandsOf(client);
  await store.zones.redate({ projectId: "p1", userHash: "ann" }, plan);
  await correct(store);
  const writes = withoutSweep(commands).filter(({ find, aggregate }) => find === undefined && aggregate === undefined);
  expect(writes).toEqual([]);
  expect(commands.length).toBeGreaterThan(0);
});
