import type { Document } from "mongodb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startOfMonth } from "#src/domain/day.ts";
import type { StoredEvent, Unverified } from "#src/store/events.ts";
import { sendApart, sendBulkFor, sendTogether } from "#src/store/mongo/bulk.ts";
import { useMongo } from "../../support/mongo.ts";
import { checkIn, DAY, DAY_MS, NOW } from "../conformance/fixture.ts";
import { commandsOf, openWatched, withoutSweep } from "./commands.ts";

const mongo = useMongo();

afterEach(() => {
  vi.useRealTimers();
});

/** What the look-up of a user without a document says. */
const NEW = { unverified: "not found" as Unverified };

const [TODAY, TOMORROW] = [1 << 14, 1 << 15];

/** An event of a user in a zone, as ingest makes it. */
function inZone(tz: string, fields: Partial<StoredEvent>): StoredEvent {
  return checkIn({ at: NOW, tz, dayZone: tz, ...fields });
}

/** What the commands write, without what they say of their session. */
function writesOf(commands: readonly Document[]): readonly unknown[] {
  return withoutSweep(commands).map(({ insert, update, documents, updates, ops, ...command }) => {
    if (ops !== undefined) {
      return ops.map(({ document, filter, updateMods }: Document) => document ?? { filter, updateMods });
    }
    return insert === undefined && update === undefined ? command : [insert ?? update, documents ?? updates];
  });
}

/** The document of an event, as it was before days had kinds. */
function eventOf(u: string, event: string, day: number, tz?: string) {
  return { _id: `p1|${u}|${event}|${day}`, ...fieldsOf(u, event, day), ...(tz !== undefined && { tz }) };
}

function fieldsOf(u: string, event: string, day: number) {
  return { p: "p1", u, event, type: "streak_interaction", day, at: new Date(NOW) };
}

const zoneOf = (tz: string) => ({ at: new Date(NOW), tz });
const noAlias = { aliasOf: { $exists: false } };

// These are the commands, word for word, that were sent before days had kinds.
describe("a batch of users who are at home sends nothing of home zones or kinds of days", () => {
  it("in a command for each collection: new users are inserted, others share statements", async () => {
    const { store, client } = openWatched(mongo.server.uri(), (connection) => sendApart(connection, true));
    await store.events.record(
      [inZone("Asia/Tokyo", { userHash: "ann", ...NEW }), inZone("Europe/Paris", { userHash: "bob", ...NEW })],
      NOW,
    );
    const commands = commandsOf(client);
    const batch = [
      inZone("UTC", { userHash: "cat", ...NEW }),
      inZone("Asia/Tokyo", { day: DAY + 1, userHome: "Asia/Tokyo" }),
      inZone("Europe/Paris", { userHash: "bob", day: DAY + 1, userHome: "Europe/Paris" }),
      // Neither names a zone. The first is dated by the user's zone, the other by the project's.
      checkIn({ event: "visit", dayZone: "Asia/Tokyo", userHome: "Asia/Tokyo" }),
      checkIn({ userHash: "dan", ...NEW }),
    ];
    expect(await store.events.record(batch, NOW)).toEqual(batch.map(() => "stored"));

    const inserted = { p: "p1", days: { "=like": { "2024-01": TODAY } } };
    const filter = (...users: string[]) => ({ _id: { $in: users.map((user) => `p1|${user}`) }, ...noAlias });
    const zones = { $literal: [zoneOf("Asia/Tokyo"), zoneOf("Europe/Paris")] };
    const ofUser = { $arrayElemAt: [zones, { $indexOfArray: [{ $literal: ["p1|ann", "p1|bob"] }, "$_id"] }] };
    const daysOfAnn = { "days.=like.2024-01": { or: TOMORROW }, "days.=visit.2024-01": { or: TODAY } };
    expect(writesOf(commands)).toEqual([
      [
        "events",
        [
          eventOf("cat", "like", DAY, "UTC"),
          eventOf("ann", "like", DAY + 1, "Asia/Tokyo"),
          eventOf("ann", "visit", DAY),
          eventOf("bob", "like", DAY + 1, "Europe/Paris"),
          eventOf("dan", "like", DAY),
        ],
      ],
      [
        "streaks",
        [
          { _id: "p1|cat", u: "cat", ...inserted, zone: zoneOf("UTC") },
          { _id: "p1|dan", u: "dan", ...inserted },
        ],
      ],
      [
        "streaks",
        [
          { q: filter("ann", "bob"), u: [{ $set: { zone: { $max: ["$zone", ofUser] } } }], multi: true },
          { q: filter("ann"), u: { $bit: daysOfAnn }, multi: true },
          { q: filter("bob"), u: { $bit: { "days.=like.2024-01": { or: TOMORROW } } }, multi: true },
        ],
      ],
    ]);
  });

  it("in one command for a lone event: a new user, one who comes again, and one who repeats a day", async () => {
    const { store, client } = openWatched(mongo.server.uri(), sendTogether);
    // Has a note written.
    await store.events.record([checkIn({ userHash: "bob" })], NOW);
    const commands = commandsOf(client);
    const again = () => inZone("UTC", { day: DAY + 1, userHome: "UTC" });
    const outcomes = [];
    for (const event of [inZone("UTC", NEW), again(), again()]) {
      outcomes.push(...(await store.events.record([event], NOW)));
    }
    expect(outcomes).toEqual(["stored", "stored", "repeat"]);

    const { _id, p, u, ...fields } = eventOf("ann", "like", DAY + 1, "UTC");
    const update = { $bit: { "days.=like.2024-01": { or: TOMORROW } }, $max: { zone: zoneOf("UTC") } };
    const comingAgain = [
      { filter: { _id, p, u }, updateMods: { $setOnInsert: fields } },
      { filter: { _id: "p1|ann", p, u, ...noAlias }, updateMods: update },
    ];
    const days = { "=like": { "2024-01": TODAY } };
    expect(writesOf(commands)).toEqual([
      [eventOf("ann", "like", DAY, "UTC"), { _id: "p1|ann", p, u, days, zone: zoneOf("UTC") }],
      comingAgain,
      comingAgain,
    ]);
  });
});

it("a batch of users who are late, or abroad, sends as many commands", async () => {
  const { store, client } = openWatched(mongo.server.uri(), (connection) => sendApart(connection, true));
  const names = Array.from({ length: 20 }, (_, index) => `user ${index}`);
  await store.events.record(
    names.map((userHash) => inZone("UTC", { userHash, ...NEW })),
    NOW,
  );
  const commands = commandsOf(client);
  const come = async (fields: Partial<StoredEvent>) => {
    const batch = names.map((userHash) => inZone("UTC", { userHash, day: DAY + 1, userHome: "UTC", ...fields }));
    expect(new Set(await store.events.record(batch, NOW))).toEqual(new Set(["stored"]));
    return writesOf(commands).slice(-2);
  };
  const late = await come({ late: true });
  expect(late).toMatchObject([
    ["events", { length: 20 }],
    ["streaks", [{}, { u: { $bit: expect.anything() } }]],
  ]);
  const abroad = await come({ tz: "Asia/Tokyo", dayZone: "Asia/Tokyo" });
  expect(abroad).toMatchObject([
    ["events", { length: 20 }],
    ["streaks", { length: 20 }],
  ]);
  expect(writesOf(commands)).toHaveLength(4);
});

it("who asks for no actions is sent nothing of them: states, lists and users cost what they did", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  const { store, client } = openWatched(mongo.server.uri(), sendTogether);
  const ann = { projectId: "p1", userHash: "ann" };
  await store.events.record([checkIn({ action: "a" }), checkIn({ action: "b" })], NOW);
  const commands = commandsOf(client);
  const asked = async (read: () => Promise<unknown>) => {
    const before = commands.length;
    await read();
    const sent = withoutSweep(commands.slice(before));
    return sent
      .map(({ find, aggregate }) => (find === undefined ? `aggregate ${aggregate}` : `find ${find}`))
      .toSorted();
  };
  const range = { projectId: "p1", prefix: "", after: undefined, limit: 10 };

  expect(await asked(() => store.streaks.readStreak(ann, "like"))).toEqual(["find streaks"]);
  expect(await asked(() => store.users.listUsers(range))).toEqual(["find streaks"]);
  expect(await asked(() => store.users.readUser(ann))).toEqual([
    ...["aggregate events", "find events", "find streaks", "find streaks"],
  ]);
  // One query more, and one that looks whether a name has become an alias meanwhile.
  expect(await asked(() => store.streaks.readStreak(ann, "like", "total"))).toEqual([
    ...["aggregate events", "find streaks"],
  ]);
  expect(await asked(() => store.users.listUsers({ ...range, actionEvents: ["like", "visit"] }))).toEqual([
    ...["aggregate events", "find streaks", "find streaks"],
  ]);
});

it("a state counts the actions of older months once, and then as few as before", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  const { store, client } = openWatched(mongo.server.uri(), sendTogether);
  const lastMonth = DAY - 15;
  const actions = ["a", "b", "c"].flatMap((action) =>
    [DAY, lastMonth, DAY - 400].map((day) => checkIn({ action, day })),
  );
  await store.events.record(actions, NOW);
  const commands = commandsOf(client);
  const asked = async () => {
    const before = commands.length;
    const { actions } = await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like", "total");
    expect(actions?.beyondFirst).toBe(6);
    return withoutSweep(commands.slice(before)).filter(({ aggregate, update }) => aggregate ?? update);
  };
  /** From which day on a command counts. */
  const fromOf = ({ pipeline, update }: Document) =>
    pipeline === undefined ? update : Number(pipeline[0].$match._id.$gte.split("|")[4]);
  const recent = DAY - 14;

  const first = await asked();
  expect(first.map(fromOf)).toEqual([recent, "streaks", startOfMonth(DAY - 400), "streaks"]);
  // Right after an election, a server may not know yet of what was accepted before.
  expect(first[2]?.readConcern).toEqual({ level: "majority", afterClusterTime: expect.anything() });
  expect((await asked()).map(fromOf)).toEqual([recent]);

  await store.events.record([checkIn({ action: "a", day: lastMonth })], NOW);
  expect((await asked()).map(fromOf)).toEqual([recent, "streaks", startOfMonth(lastMonth), "streaks"]);
  expect((await asked()).map(fromOf)).toEqual([recent]);
  // In the first two days of a month, late events of the month before are not rare.
  vi.setSystemTime((DAY + 18) * DAY_MS);
  expect((await asked()).map(fromOf)).toEqual([recent]);
  vi.setSystemTime((DAY + 19) * DAY_MS);
  expect((await asked()).map(fromOf)).toEqual([DAY + 17, "streaks", recent, "streaks"]);
  expect((await asked()).map(fromOf)).toEqual([DAY + 17]);
});

it("a lone action is one command, as a lone event is", async () => {
  const { store, client } = openWatched(mongo.server.uri(), (connection) =>
    sendBulkFor(connection, { isRouter: false, hasOrderedBulk: true }),
  );
  await store.events.record([checkIn({ userHash: "bob" })], NOW);
  const commands = commandsOf(client);
  for (const event of [checkIn({ action: "a", ...NEW }), checkIn({ action: "b" }), checkIn({ action: "b" })]) {
    await store.events.record([event], NOW);
  }
  expect(withoutSweep(commands).map(({ bulkWrite, ops }) => [bulkWrite, ops.length])).toEqual(Array(3).fill([1, 3]));
  expect(writesOf(commands)[0]).toEqual([
    { _id: `p1|ann|%|like|${DAY}|a`, ...fieldsOf("ann", "like", DAY), action: "a" },
    eventOf("ann", "like", DAY),
    { _id: "p1|ann", p: "p1", u: "ann", days: { "=like": { "2024-01": TODAY } } },
  ]);
});
