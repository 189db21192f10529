import { expect, it, onTestFinished, vi } from "vitest";
import type { ActionCounts } from "#src/domain/check-ins.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { sendApart } from "#src/store/mongo/bulk.ts";
import { actionDocument } from "#src/store/mongo/documents.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, NOW } from "../conformance/fixture.ts";
import { CUTS, collectionsOf, connect, cutAtEveryCommand, openStore } from "./support.ts";
import { interceptCommands } from "./turns.ts";

const mongo = useOwnMongo();
const stored = (uri: string) => collectionsOf(mongo.server, uri);

const ANN = { projectId: "p1", userHash: "ann" };

/** A check-in that is an action. Its day is so old that a sum has it. */
function act(action: string, fields: Partial<StoredEvent> = {}) {
  return { ...checkIn(fields), action };
}

/** How many actions beyond the first of each day a name has. */
async function beyondFirst(store: Stores, userHash = "ann"): Promise<number> {
  const { actions } = await store.streaks.readStreak({ projectId: "p1", userHash }, "like", "total");
  return actions?.beyondFirst ?? 0;
}

/** The counts of a user's actions, day by day. */
async function actionsOf(store: Stores): Promise<ActionCounts> {
  return (await store.streaks.readStreak(ANN, "like", "of_days")).actions ?? { beyondFirst: 0 };
}

it("a link takes the sums of the alias away, and of the user those of the months to which actions come", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const monthsAgo = (months: number) => DAY - 31 * months;
  const actions = (userHash: string, ...days: number[]) =>
    days.flatMap((day) => ["a", userHash].map((action) => act(action, { userHash, day })));
  await store.events.record([...actions("anon", DAY), ...actions("ann", DAY, monthsAgo(1))], NOW);
  expect([await beyondFirst(store, "anon"), await beyondFirst(store)]).toEqual([1, 2]);
  const sumsOf = async (name: string) =>
    (await stored(uri).streaks.findOne({ u: name }))?.sums?.["=like"]?.months as object | undefined;
  expect([await sumsOf("anon"), await sumsOf("ann")]).toEqual([
    { "2024-01": { days: 1 << 14, beyondFirst: 1 } },
    { "2024-01": { days: 1 << 14, beyondFirst: 1 }, "2023-12": { days: 1 << 14, beyondFirst: 1 } },
  ]);
  await store.streaks.linkUser("p1", "anon", "ann");
  expect([await sumsOf("anon"), await sumsOf("ann")]).toEqual([
    undefined,
    { "2023-12": { days: 1 << 14, beyondFirst: 1 } },
  ]);
  expect(await beyondFirst(store)).toBe(3);
});

it.each([
  ["explains the streak", (store: Stores) => store.streaks.readStreak(ANN, "like", "of_days")],
  [
    "counts for analytics",
    (store: Stores) =>
      store.analytics.readHistories({
        ...{ projectId: "p1", first: "", end: undefined, after: undefined, actionEvents: ["like"] },
      }),
  ],
])("an action whose batch was cut off for good counts for everybody once somebody %s", async (_, readDays) => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([act("a"), act("b"), act("a", { day: DAY - 40 }), act("b", { day: DAY - 40 })], NOW);
  expect(await beyondFirst(store)).toBe(2);
  await stored(uri).events.insertMany([act("c"), act("d", { day: DAY - 40 })].map(actionDocument));
  expect(await beyondFirst(store)).toBe(2);
  await readDays(store);
  expect(await beyondFirst(store)).toBe(4);
  expect(await beyondFirst(store)).toBe(4);
});

it("an action counts for the next reader if it comes while another one keeps sums, at whatever moment", async () => {
  const uri = mongo.server.uri();
  const other = await openStore(uri);
  const slow = connect(uri);
  let meanwhile = vi.fn();
  let left = 0;
  interceptCommands(slow, async (send) => {
    left -= 1;
    if (left === 0) {
      await meanwhile();
    }
    return await send();
  });
  const store = createMongoStores(slow, sendApart(slow, true), silentLog);
  onTestFinished(() => store.close());

  await other.events.record([act("a")], NOW);
  let commands = 0;
  do {
    commands += 1;
    const before = await actionsOf(other);
    // The sum of the month has gone.
    await other.events.record([act(`before ${commands}`)], NOW);
    meanwhile = vi.fn(() => other.events.record([act(`meanwhile ${commands}`)], NOW));
    left = commands;
    const read = await beyondFirst(store);
    // The action may have come with a command of the store's chores, for which the reader does not wait.
    left = 0;
    const more = meanwhile.mock.calls.length;
    await Promise.all(meanwhile.mock.results.map(({ value }) => value));
    expect([1, 1 + more]).toContain(read - before.beyondFirst);
    expect(await beyondFirst(other)).toBe(before.beyondFirst + 1 + more);
  } while (meanwhile.mock.calls.length > 0);
  expect(commands).toBeGreaterThan(6);
});

it("an action counts when a reader was cut off at any command while it kept sums", async () => {
  const uri = mongo.server.uri();
  const cut = await openStore(uri, { appName: "cut" });
  const other = await openStore(uri);
  await other.events.record([act("a"), act("b")], NOW);
  for (const [index, { how }] of CUTS.entries()) {
    const readTotal = () => cut.streaks.readStreak(ANN, "like", "total");
    const cuts = await cutAtEveryCommand(mongo.server, how, readTotal, async (round) => {
      await other.events.record([act(`late ${index} ${round}`)], NOW);
      expect(await beyondFirst(other)).toBe((await actionsOf(other)).beyondFirst);
      // The next round counts again.
      await other.events.record([act(`later ${index} ${round}`)], NOW);
    });
    expect(cuts).toBeGreaterThan(2);
  }
});

it.each([
  ["the disk is full", { errorCode: 14031 }],
  ["no majority takes writes", { writeConcernError: { code: 64, errmsg: "waiting for replication timed out" } }],
])("all actions count, and a wrong sum hurts no explanation, while %s", async (_, refusal) => {
  const uri = mongo.server.uri();
  const full = await openStore(uri, { appName: "full" });
  const other = await openStore(uri);
  await other.events.record([act("a"), act("b")], NOW);
  const refuse = () => mongo.server.failCommand("alwaysOn", { failCommands: ["update"], appName: "full", ...refusal });
  try {
    await refuse();
    expect(await beyondFirst(full)).toBe(1);
    await mongo.server.failCommand("off");
    expect(await beyondFirst(other)).toBe(1);
    await stored(uri).events.insertOne(actionDocument(act("c")));
    await refuse();
    expect(await actionsOf(full)).toMatchObject({ beyondFirst: 2 });
  } finally {
    await mongo.server.failCommand("off");
  }
});
