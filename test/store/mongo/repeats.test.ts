import { expect, test } from "vitest";
import { databaseOf } from "#src/store/mongo/connection.ts";
import type { EventDocument } from "#src/store/mongo/documents.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { silentLog } from "../../support/log.ts";
import { useMongo } from "../../support/mongo.ts";
import { checkIn, NOW, recordResolved } from "../conformance/fixture.ts";

const mongo = useMongo();

async function open() {
  const uri = mongo.server.uri();
  const store = await openMongoStores(uri, silentLog);
  const events = mongo.server.client.db(databaseOf(uri)).collection<EventDocument>("events");
  return {
    store,
    events,
    keptIds: async () => {
      const repeats = await events.find({ type: "streak_interaction", analyticsId: { $exists: true } }).toArray();
      return repeats.map(({ analyticsId }) => analyticsId).toSorted();
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

test("the first event of a day whose answer was lost is no repeat of itself when it is tried again", async () => {
  await using opened = await open();
  const batch = [checkIn({ keepRepeat: true, id: "1" }), checkIn({ keepRepeat: true, id: "2" })];
  await opened.store.events.record(batch, NOW);

  expect(await opened.store.events.record(batch, NOW)).toEqual(["repeat", "repeat"]);
  expect(await opened.store.events.record(batch.toReversed(), NOW)).toEqual(["repeat", "repeat"]);

  expect(await opened.keptIds()).toEqual(["2"]);
});

test("the first event of a day stays the first when it is tried again for the user that it was merged into", async () => {
  await using opened = await open();
  const first = checkIn({ keepRepeat: true, id: "1", userHash: "anon" });
  await opened.store.events.record([first], NOW);
  await opened.store.streaks.linkUser("p1", "anon", "ann");

  await recordResolved(opened.store, [first]);

  expect(await opened.keptIds()).toEqual([]);
});

test("whoever finds a key whose repeat a crash has left out keeps that repeat, and not their own", async () => {
  await using opened = await open();
  const keyed = { keepRepeat: true, idempotencyKey: "k" } as const;
  await opened.store.events.record([checkIn({ id: "1" })], NOW);
  await opened.store.events.record([checkIn({ id: "2", meta: '{"n":2}', ...keyed })], NOW);
  await opened.events.deleteOne({ analyticsId: "2" });

  expect(await opened.store.events.record([checkIn({ id: "3", meta: '{"n":3}', ...keyed })], NOW)).toEqual([
    "replayed",
  ]);

  expect(await opened.keptIds()).toEqual(["2"]);
  expect(await opened.events.findOne({ analyticsId: "2" })).toMatchObject({ meta: '{"n":2}' });
});
