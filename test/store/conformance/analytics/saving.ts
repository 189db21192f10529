import { beforeEach, expect, it } from "vitest";
import { checkIn, DAY, NOW, type OpenStore, project, useStore } from "../fixture.ts";
import { count, countAll, countAndSave, foldAll, isStale, type Range, rangesOf, totalOf } from "./support.ts";

/** Saving tallies, in one piece or several. */
export function describeSaving(open: OpenStore): void {
  const current = useStore(open);
  beforeEach(() => current.store.projects.createProject(project()));

  const record = (...users: string[]) =>
    current.store.events.record(
      users.map((userHash) => checkIn({ userHash })),
      NOW,
    );
  async function onlyRange(): Promise<Range> {
    const [range] = await rangesOf(current.store, "p1");
    return range as Range;
  }

  it("what was counted is read back as it was saved, bytes as bytes, also after a restart", async () => {
    const counted = { changes: 0, end: undefined, settings: '{"é":"🦊"}', time: 1_700_000_000_123, users: 3 };
    const tallies = new Uint8Array([0, 255, 1, 128]);
    const pieces = [{ first: "", counted, tallies }];
    expect(await current.store.analytics.saveTallies("p1", { first: "", revision: 0, pieces })).toBe(true);
    await current.reopen();
    expect(await current.store.analytics.listSegments("p1")).toEqual([
      { first: "", changes: 0, revision: expect.any(Number), counted },
    ]);
    const [read, missing] = await current.store.analytics.readTallies("p1", ["", "none"]);
    expect(read?.tallies.constructor).toBe(Uint8Array);
    const [segment] = await current.store.analytics.listSegments("p1");
    expect(read).toEqual({ revision: segment?.revision, tallies });
    expect(missing).toBeUndefined();
  });

  it("tallies of more than a megabyte are kept whole, and returned in the order asked for", async () => {
    await record("a", "b");
    await countAll(current.store, "p1", 1);
    const [, right] = await rangesOf(current.store, "p1");
    const { first, revision, counted } = (right as Range).segment;
    const tallies = Uint8Array.from({ length: 1_500_000 }, (_, index) => index % 251);
    const pieces = [{ first, counted: counted as NonNullable<typeof counted>, tallies }];
    expect(await current.store.analytics.saveTallies("p1", { first, revision, pieces })).toBe(true);
    const [ofRight, ofLeft] = await current.store.analytics.readTallies("p1", [first, ""]);
    expect(Buffer.compare(ofRight?.tallies as Uint8Array, tallies)).toBe(0);
    expect(ofLeft?.tallies.length).toBeLessThan(100);
  });

  it("pieces become segments, in the order of the names, and together count what one would", async () => {
    const names = ["", "a", "a%", "a|b", "ab", "z", "é", "只", "🦊", "\uffee"];
    await record(...names);
    await countAll(current.store, "p1", 3);
    const ranges = await rangesOf(current.store, "p1");
    expect(ranges).toHaveLength(4);
    expect(ranges.map(({ segment }) => segment.counted?.users)).toEqual([3, 3, 3, 1]);
    expect(ranges.map(({ segment }) => segment.counted?.end)).toEqual(ranges.map(({ end }) => end));
    expect(await totalOf(current.store, "p1")).toEqual({ users: 10, days: 10, events: 10 });
    await current.store.events.record(
      names.map((userHash) => checkIn({ userHash, day: DAY + 1 })),
      NOW,
    );
    await countAll(current.store, "p1");
    expect(await totalOf(current.store, "p1")).toEqual({ users: 10, days: 20, events: 20 });
    expect(await rangesOf(current.store, "p1")).toHaveLength(4);
  });

  it("of two who count the same segment at once, the first to save wins, and nothing counts twice", async () => {
    await record("a", "b", "c", "d");
    await foldAll(current.store, "p1");
    const range = await onlyRange();
    const { first, revision } = range.segment;
    const [halves, thirds] = [await count(current.store, "p1", range, 2), await count(current.store, "p1", range, 1)];
    const saved = [
      await current.store.analytics.saveTallies("p1", { first, revision, pieces: halves }),
      await current.store.analytics.saveTallies("p1", { first, revision, pieces: thirds }),
    ];
    expect(saved).toEqual([true, false]);
    await countAll(current.store, "p1");
    expect(await totalOf(current.store, "p1")).toEqual({ users: 4, days: 4, events: 4 });
  });

  it("of two who save at the very same time one wins, and counting again ends right", async () => {
    await record("a", "b", "c", "d");
    await foldAll(current.store, "p1");
    const range = await onlyRange();
    const saved = await Promise.all([1, 2, 3].map((users) => countAndSave(current.store, "p1", range, users)));
    expect(saved.filter((isSaved) => isSaved)).toHaveLength(1);
    await countAll(current.store, "p1");
    expect(await totalOf(current.store, "p1")).toEqual({ users: 4, days: 4, events: 4 });
  });

  it("a change that is folded while pieces are counted leaves each of them stale", async () => {
    await record("a", "b");
    await foldAll(current.store, "p1");
    const range = await onlyRange();
    const { first, revision } = range.segment;
    const pieces = await count(current.store, "p1", range, 1);
    await current.store.events.record([checkIn({ userHash: "b", day: DAY + 1 })], NOW);
    await foldAll(current.store, "p1");
    await current.store.analytics.saveTallies("p1", { first, revision, pieces });
    expect((await rangesOf(current.store, "p1")).filter(isStale).map(({ segment }) => segment.first)).toContain("b");
    await countAll(current.store, "p1");
    expect(await totalOf(current.store, "p1")).toEqual({ users: 2, days: 3, events: 3 });
  });

  it("nothing is saved for a project that is gone, and what was saved goes with it", async () => {
    await record("a");
    await countAll(current.store, "p1");
    const { segment } = await onlyRange();
    await current.store.projects.deleteProject(project());
    expect(await current.store.analytics.readTallies("p1", [""])).toEqual([undefined]);
    const pieces = [{ first: "", counted: segment.counted as never, tallies: new Uint8Array([1]) }];
    for (const revision of [0, segment.revision]) {
      expect(await current.store.analytics.saveTallies("p1", { first: "", revision, pieces })).toBe(false);
    }
    expect(await current.store.analytics.readTallies("p1", [""])).toEqual([undefined]);
  });

  it("a segment that does not exist is not saved", async () => {
    const counted = { changes: 0, end: undefined, settings: "s", time: 1, users: 0 };
    const pieces = [{ first: "m", counted, tallies: new Uint8Array() }];
    expect(await current.store.analytics.saveTallies("p1", { first: "m", revision: 0, pieces })).toBe(false);
    expect(await current.store.analytics.listSegments("p1")).toHaveLength(1);
  });
}
