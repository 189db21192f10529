import { describe, expect, it } from "vitest";
import { segmentId } from "#src/store/mongo/document-ids.ts";
import { NOT_FOUND } from "#src/store/mongo/effects.ts";
import { WINDOW_MS } from "#src/store/mongo/note-window.ts";
import type { Stores } from "#src/store/stores.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import {
  count,
  countAll,
  countAndSave,
  foldAll,
  isStale,
  rangesOf,
  wrongOnes,
} from "../conformance/analytics/support.ts";
import { checkIn, DAY, impression, MANY_CALLS_MS, NOW, project } from "../conformance/fixture.ts";
import { CUTS, connect, cutAtEveryCommand, openStore } from "./support.ts";

const mongo = useOwnMongo();

const NAMES = ["ann", "anon", "bob", "cat"];

/** Makes a project in which each of four users is a counted segment, and no note is left. */
async function newProject(store: Stores, projectId: string): Promise<void> {
  await store.projects.createProject(project({ id: projectId, siteKey: projectId }));
  await store.events.record(
    NAMES.map((userHash) => checkIn({ projectId, userHash, tz: "UTC", at: NOW - 1 })),
    NOW,
  );
  await foldSettled(store);
  await countAll(store, projectId, 1);
  expect(await staleOf(store, projectId)).toEqual([]);
}

/** Folds what is settled, of all projects. */
async function foldSettled(store: Stores): Promise<void> {
  let hasMore = true;
  while (hasMore) {
    ({ hasMore } = await store.analytics.foldChanges(undefined, 10));
  }
}

async function staleOf(store: Stores, projectId: string): Promise<string[]> {
  return (await rangesOf(store, projectId)).filter(isStale).map(({ segment }) => segment.first);
}

/** Returns the range of a note that begins with a name, and ends before another one, or never. */
function rangeAt(name: string, end?: string) {
  return { from: segmentId("p1", name), ...(end !== undefined && { to: segmentId("p1", end) }) };
}

/** Makes all notes so old that nothing that relies on them can be under way any more, or so much younger than that. */
async function passTimeAfterNotes({ notes, underWayMs }: ReturnType<typeof connect>, youngerMs = -1): Promise<void> {
  const at = new Date(Date.now() - WINDOW_MS - underWayMs + youngerMs);
  await notes.updateMany({ ranges: { $exists: true } }, { $set: { at } });
}

describe("what was counted", () => {
  const batch = [
    checkIn({ day: DAY + 1, tz: "Asia/Tokyo" }),
    checkIn({ day: DAY + 2, idempotencyKey: "k" }),
    checkIn({ userHash: "bob", event: "visit", tz: "Asia/Tokyo" }),
    impression({ userHash: "cat" }),
    checkIn({ userHash: "new" }),
    impression({ userHash: "only looks" }),
  ];
  const lone = [checkIn({ day: DAY + 1, tz: "Asia/Tokyo" })];
  const BATCHES = [
    { what: "a batch", batches: [batch], isNew: false },
    { what: "a batch of users who are taken for new", batches: [batch], isNew: true },
    { what: "a lone event", batches: [lone], isNew: false },
    { what: "a batch that relies on the note of another one", batches: [[checkIn()], batch], isNew: false },
  ];

  it.each(CUTS.flatMap((cut) => BATCHES.map((one) => ({ ...cut, ...one }))))(
    "is right, or known to be out of date, when $what is cut off at any command, $when, and never comes again",
    async ({ how, batches, isNew }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const connection = connect(uri);
      const attempt = async (round: number) => {
        const projectId = `p${round}`;
        await newProject(other, projectId);
        const fields = { projectId, ...(isNew && { unverified: NOT_FOUND }) };
        for (const events of batches) {
          await cut.events.record(
            events.map((event) => ({ ...event, ...fields })),
            NOW,
          );
        }
      };
      const check = async (round: number) => {
        await foldAll(other, `p${round}`);
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
        await passTimeAfterNotes(connection);
        await foldSettled(other);
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
        await countAll(other, `p${round}`);
        expect(await staleOf(other, `p${round}`)).toEqual([]);
      };
      expect(await cutAtEveryCommand(mongo.server, how, attempt, check)).toBeGreaterThan(0);
    },
    MANY_CALLS_MS,
  );

  it.each(CUTS)(
    "is right, or known to be out of date, when a link is cut off at any command, $when",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const connection = connect(uri);
      const attempt = async (round: number) => {
        await newProject(other, `p${round}`);
        await other.events.record([impression({ projectId: `p${round}`, userHash: "anon" })], NOW);
        await foldAll(other, `p${round}`);
        await countAll(other, `p${round}`);
        await cut.streaks.linkUser(`p${round}`, "anon", "ann");
      };
      const check = async (round: number) => {
        await passTimeAfterNotes(connection);
        await foldSettled(other);
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
        // Whoever meets the link finishes it.
        await other.streaks.readStreak({ projectId: `p${round}`, userHash: "anon" }, "like");
        await foldSettled(other);
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
      };
      expect(await cutAtEveryCommand(mongo.server, how, attempt, check)).toBeGreaterThan(4);
    },
    MANY_CALLS_MS,
  );

  it.each(CUTS)(
    "is right, or known to be out of date, when a fold is cut off at any command, $when",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const attempt = async (round: number) => {
        await newProject(other, `p${round}`);
        await other.events.record([checkIn({ projectId: `p${round}`, day: DAY + 1 })], NOW);
        await cut.analytics.foldChanges(`p${round}`, 10);
      };
      const check = async (round: number) => {
        await foldSettled(other);
        expect(await staleOf(other, `p${round}`)).toContain("");
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
      };
      expect(await cutAtEveryCommand(mongo.server, how, attempt, check)).toBeGreaterThan(2);
    },
    MANY_CALLS_MS,
  );

  it.each(CUTS)(
    "is right, or known to be out of date, when a segment that is divided is saved and cut off at any command, $when",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const attempt = async (round: number) => {
        const projectId = `p${round}`;
        await other.projects.createProject(project({ id: projectId, siteKey: projectId }));
        await other.events.record(
          NAMES.map((userHash) => checkIn({ projectId, userHash })),
          NOW,
        );
        await foldSettled(other);
        const [range] = await rangesOf(other, projectId);
        await countAndSave(cut, projectId, range as NonNullable<typeof range>, 1);
      };
      const check = async (round: number) => {
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
        await countAll(other, `p${round}`, 2);
        expect(await staleOf(other, `p${round}`)).toEqual([]);
        expect(await wrongOnes(other, `p${round}`)).toEqual([]);
      };
      expect(await cutAtEveryCommand(mongo.server, how, attempt, check)).toBeGreaterThan(3);
    },
    MANY_CALLS_MS,
  );

  it(
    "is right, or known to be out of date, whenever a change is folded while a segment is being divided",
    async () => {
      const uri = mongo.server.uri();
      const [one, other] = [await openStore(uri), await openStore(uri)];
      for (let round = 0; round < 20; round++) {
        const projectId = `p${round}`;
        await one.projects.createProject(project({ id: projectId, siteKey: projectId }));
        await one.events.record(
          NAMES.map((userHash) => checkIn({ projectId, userHash })),
          NOW,
        );
        await foldSettled(one);
        const [range] = await rangesOf(one, projectId);
        const { segment } = range as NonNullable<typeof range>;
        const pieces = await count(one, projectId, range as NonNullable<typeof range>, 1);
        const folding = other.events
          .record([checkIn({ projectId, userHash: NAMES[round % 4] as string, day: DAY + 1 })], NOW)
          .then(() => foldSettled(other));
        await Promise.all([folding, one.analytics.saveTallies(projectId, { ...segment, pieces })]);
        expect(await wrongOnes(one, projectId)).toEqual([]);
      }
    },
    MANY_CALLS_MS,
  );
});

it("a note of another instance that has not ended stays, and marks again, until it must be over", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const connection = connect(uri);
  await newProject(store, "p1");
  const at = new Date();
  await connection.notes.insertOne({ _id: "%|p1|x", project: "p1", at, ranges: [rangeAt("bob", "cat")] });
  expect(await store.analytics.foldChanges(undefined, 10)).toEqual({
    projectIds: [],
    hasMore: false,
    oldestLeft: at.getTime(),
  });
  expect(await staleOf(store, "p1")).toEqual([]);
  for (let read = 0; read < 2; read++) {
    await foldAll(store, "p1");
    expect(await staleOf(store, "p1")).toEqual(["bob"]);
    await countAll(store, "p1");
    expect(await connection.notes.countDocuments({ _id: "%|p1|x" })).toBe(1);
  }
  await passTimeAfterNotes(connection, WINDOW_MS - 1);
  expect(await store.analytics.foldChanges(undefined, 10)).toMatchObject({ projectIds: [] });
  await passTimeAfterNotes(connection);
  expect(await store.analytics.foldChanges(undefined, 10)).toMatchObject({ projectIds: ["p1"], oldestLeft: undefined });
  expect(await connection.notes.countDocuments({ _id: "%|p1|x" })).toBe(0);
});

it("one fold marks a bounded number of ranges, and says that there are more", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const connection = connect(uri);
  await newProject(store, "p1");
  await connection.notes.insertMany(
    Array.from({ length: 7 }, (_, note) => ({
      ...{ _id: `%|p1|n${note}`, project: "p1", at: new Date(), ended: true as const },
      ranges: Array.from({ length: 1000 }, (_, user) => rangeAt(`${note}-${user}`)),
    })),
  );
  expect(await store.analytics.foldChanges("p1", 100)).toMatchObject({ projectIds: ["p1"], hasMore: true });
  expect(await connection.notes.countDocuments({ _id: /^%\|p1\|n/ })).toBe(2);
  expect(await store.analytics.foldChanges("p1", 100)).toEqual({
    projectIds: ["p1"],
    hasMore: false,
    oldestLeft: undefined,
  });
});
