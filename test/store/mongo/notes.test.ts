import { afterEach, expect, it, vi } from "vitest";
import { segmentId } from "#src/store/mongo/document-ids.ts";
import { createFoldChanges } from "#src/store/mongo/fold-changes.ts";
import { WINDOW_MS } from "#src/store/mongo/note-window.ts";
import { createNotes } from "#src/store/mongo/notes.ts";
import { createSegmentIdCache, ensureFirst } from "#src/store/mongo/segment-ids.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { countAll, isStale, rangesOf } from "../conformance/analytics/support.ts";
import { checkIn, DAY, NOW, project } from "../conformance/fixture.ts";
import { connect, openStore } from "./support.ts";

const mongo = useOwnMongo();

afterEach(() => {
  vi.useRealTimers();
});

const MOST = 100;

/** Returns the notes of an instance whose project has three segments, and what covers users in it. */
async function threeSegments(uri = mongo.server.uri()) {
  vi.useFakeTimers({ toFake: ["Date"] });
  const connection = connect(uri);
  await ensureFirst(connection, "p1");
  for (const first of ["c", "e"]) {
    await connection.segments.insertOne({ _id: segmentId("p1", first), first, changes: 0, revision: 1 });
  }
  const notes = createNotes(connection, createSegmentIdCache(connection));
  const cover = (...names: readonly string[]) => notes.cover(names.map((userHash) => ({ projectId: "p1", userHash })));
  return { connection, notes, cover };
}

const at = (name: string) => segmentId("p1", name);
const ALL = [{ from: at(""), to: at("c") }, { from: at("c"), to: at("e") }, { from: at("e") }];

it("a note is about the segments of its users, each once", async () => {
  const { cover } = await threeSegments();
  const { notes } = await cover("f", "a", "b", "c", "dd", "e");
  expect(notes).toHaveLength(1);
  expect(notes[0]?.ranges.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual(ALL);
});

it("changes rely on written notes, and need one only for other segments", async () => {
  const { cover } = await threeSegments();
  const first = await cover("a", "c");
  // Not written yet.
  expect((await cover("a")).notes).toHaveLength(1);
  first.markWritten();
  expect((await cover("b", "d")).notes).toEqual([]);
  expect((await cover("b", "z")).notes.map(({ ranges }) => ranges)).toEqual([[{ from: at("e") }]]);
});

it.each([
  ["when it is over", WINDOW_MS],
  ["when the clock was set back", -1],
])("changes rely on no note of a window any more %s", async (_, ms) => {
  const { cover } = await threeSegments();
  (await cover("a")).markWritten();
  vi.setSystemTime(Date.now() + WINDOW_MS - 1);
  expect((await cover("a")).notes).toEqual([]);
  vi.setSystemTime(Date.now() - WINDOW_MS + 1 + ms);
  expect((await cover("a")).notes).toHaveLength(1);
});

it("a fold takes no note that a change still relies on, and no change relies on it after that", async () => {
  const { notes, cover } = await threeSegments();
  const [first, second] = [await cover("a"), await cover("b")];
  first.markWritten();
  second.markWritten();
  first.end();
  expect(notes.take("p1", MOST)).toEqual({ taken: [], hasMore: false });
  expect((await cover("a")).notes).toHaveLength(1);
  second.end();
  expect(notes.take("other", MOST).taken).toEqual([]);
  expect(notes.take(undefined, MOST).taken).toEqual([...first.notes, ...second.notes]);
});

it("changes that begin at once share the window that the first of them opens", async () => {
  const { notes, cover } = await threeSegments();
  const covers = await Promise.all([cover("a"), cover("b"), cover("f")]);
  for (const one of covers) {
    expect(one.notes).toHaveLength(1);
    one.markWritten();
  }
  notes.take("p1", MOST);
  for (const one of covers) {
    expect(notes.take("p1", MOST).taken).toEqual([]);
    one.end();
  }
  expect(notes.take("p1", MOST).taken).toEqual(covers.flatMap((one) => one.notes));
});

it("a fold while a note is being written leaves it to the next one", async () => {
  const { notes, cover } = await threeSegments();
  const done = await cover("a");
  expect(notes.take(undefined, MOST).taken).toEqual([]);
  done.markWritten();
  done.end();
  expect(notes.take(undefined, MOST).taken).toEqual(done.notes);
});

it("changes in several projects have a note in each, and end in all", async () => {
  const { notes } = await threeSegments();
  const done = await notes.cover(["p1", "p2", "p1"].map((projectId, index) => ({ projectId, userHash: `${index}` })));
  expect(done.notes.map(({ project }) => project)).toEqual(["p1", "p2"]);
  done.markWritten();
  done.end();
  expect(notes.take("p2", MOST).taken).toEqual([done.notes[1]]);
  expect(notes.take("p1", MOST).taken).toEqual([done.notes[0]]);
});

it("nothing is under way when the segments of one of several projects can't be read", async () => {
  const { connection } = await threeSegments();
  const known = createSegmentIdCache(connection);
  const failing = createNotes(connection, {
    ...known,
    idsOf: (projectId) => (projectId === "p2" ? Promise.reject(new Error("no segments")) : known.idsOf(projectId)),
  });
  const users = ["p1", "p2"].map((projectId) => ({ projectId, userHash: "a" }));
  await expect(failing.cover(users)).rejects.toThrow("no segments");
  const done = await failing.write([{ projectId: "p1", userHash: "a" }]);
  done.end();
  expect(failing.take("p1", MOST).taken).toEqual(done.notes);
});

it("a note whose change has failed is never taken, and neither are the others of its window", async () => {
  const { notes, cover } = await threeSegments();
  const done = await cover("a");
  done.markWritten();
  await cover("f");
  done.end();
  notes.take("p1", MOST);
  expect(notes.take("p1", MOST).taken).toEqual([]);
});

it("notes that were taken can be given back, and are taken again", async () => {
  const { notes, cover } = await threeSegments();
  const done = await cover("a");
  done.markWritten();
  done.end();
  const { taken } = notes.take("p1", MOST);
  notes.giveBack(taken);
  expect(notes.take("p1", MOST).taken).toEqual(done.notes);
});

it("a window in which nothing more happens is announced to other instances, when it is old", async () => {
  const { connection, notes } = await threeSegments();
  const done = await notes.write([{ projectId: "p1", userHash: "a" }]);
  done.end();
  const announced = () => connection.notes.countDocuments({ ended: true });
  await notes.publishOld();
  expect(await announced()).toBe(0);
  vi.setSystemTime(Date.now() + 20_000);
  await notes.publishOld();
  expect(await announced()).toBe(1);
});

it("a note that is gone when it is announced is written again, since it may have been folded too early", async () => {
  const { connection, notes } = await threeSegments();
  const done = await notes.write([{ projectId: "p1", userHash: "a" }]);
  await connection.notes.deleteMany({ project: "p1" });
  done.end();
  await notes.publishEnded();
  expect(await connection.notes.find().toArray()).toEqual([{ ...done.notes[0], ended: true }]);
});

it("when the instance ends, all windows are announced in which nothing is under way", async () => {
  const { connection, notes } = await threeSegments();
  (await notes.write([{ projectId: "p1", userHash: "a" }])).end();
  await notes.write([{ projectId: "p2", userHash: "a" }]);
  await notes.publishEnded();
  const left = await connection.notes.find().toArray();
  expect(left.map(({ project, ended }) => [project, ended]).toSorted()).toEqual([
    ["p1", true],
    ["p2", undefined],
  ]);
});

it("an instance that does not know that another one has divided a segment marks all pieces", async () => {
  const uri = mongo.server.uri();
  const [one, other] = [await openStore(uri), await openStore(uri)];
  await one.projects.createProject(project());
  const names = ["a", "b", "c", "d"];
  await one.events.record(
    names.map((userHash) => checkIn({ userHash })),
    NOW,
  );
  await one.analytics.foldChanges("p1", MOST);
  await countAll(other, "p1", 1);
  await one.events.record([checkIn({ userHash: "c", day: DAY + 1 })], NOW);
  await one.analytics.foldChanges("p1", MOST);
  expect((await rangesOf(one, "p1")).filter(isStale).map(({ segment }) => segment.first)).toEqual(["", "b", "c", "d"]);
});

it("an instance that divides a segment itself marks only one piece from then on", async () => {
  const store = await openStore(mongo.server.uri());
  await store.projects.createProject(project());
  await store.events.record(
    ["a", "b", "c"].map((userHash) => checkIn({ userHash })),
    NOW,
  );
  await countAll(store, "p1", 1);
  await store.events.record([checkIn({ userHash: "b", day: DAY + 1 })], NOW);
  await store.analytics.foldChanges("p1", MOST);
  expect((await rangesOf(store, "p1")).filter(isStale).map(({ segment }) => segment.first)).toEqual(["b"]);
});

it("a fold that finds a segment lost in a failover marks what has its users now", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.projects.createProject(project());
  const { connection, notes, cover } = await threeSegments(uri);
  const done = await cover("f");
  await connection.notes.insertMany([...done.notes]);
  done.markWritten();
  done.end();
  const { updateMany } = connection.segments;
  vi.spyOn(connection.segments, "updateMany").mockImplementationOnce(async (...args) => {
    await connection.segments.deleteOne({ _id: at("e") });
    await connection.segments.insertOne({ _id: at("d"), first: "d", changes: 0, revision: 1 });
    return await updateMany.apply(connection.segments, args);
  });
  await createFoldChanges(connection, notes)("p1", MOST);
  const marked = await connection.segments.find({ changes: { $gt: 0 } }).toArray();
  expect(marked.map(({ first }) => first)).toEqual(["d"]);
});

it("a store that is closed amid a batch leaves no note that is not settled", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.projects.createProject(project());
  const recording = store.events.record([checkIn()], NOW);
  await store.close();
  await recording;
  const left = await connect(uri).notes.find({ project: "p1" }).toArray();
  expect(left.map(({ ended }) => ended)).toEqual([true]);
});
