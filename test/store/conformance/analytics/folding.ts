import { beforeEach, expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { checkIn, DAY, impression, NOW, type OpenStore, project, useStore } from "../fixture.ts";
import { entry } from "../ledger/support.ts";
import { countAll, countAndSave, foldAll, isStale, rangesOf } from "./support.ts";

/** Noting and folding changes. */
export function describeFolding(open: OpenStore): void {
  const current = useStore(open);
  beforeEach(() => current.store.projects.createProject(project()));

  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  /** Returns the first names of the stale segments after a fold. */
  async function staleAfterFold(): Promise<string[]> {
    await foldAll(current.store, "p1");
    return (await rangesOf(current.store, "p1")).filter(isStale).map(({ segment }) => segment.first);
  }
  /** Records users `a` to `f`, and has every two of them be a counted segment. */
  async function countSegments(): Promise<void> {
    await record(...["a", "b", "c", "d", "e", "f"].map((userHash) => checkIn({ userHash })));
    await countAll(current.store, "p1", 2);
    expect((await current.store.analytics.listSegments("p1")).map(({ first }) => first)).toEqual(["", "c", "e"]);
    await expect.poll(staleAfterCount).toEqual([]);
  }
  /** Counts and folds again: a note that was not settled yet marks a segment once more. */
  async function staleAfterCount(): Promise<string[]> {
    await countAll(current.store, "p1");
    return await staleAfterFold();
  }

  it("a project with nothing recorded has one segment, of which nothing was counted", async () => {
    expect(await current.store.analytics.listSegments("p1")).toEqual([
      { first: "", changes: 0, revision: 0, counted: undefined },
    ]);
    const folded = { projectIds: [], hasMore: false, oldestLeft: undefined };
    expect(await current.store.analytics.foldChanges("p1", 10)).toEqual(folded);
    expect(await current.store.analytics.foldChanges(undefined, 10)).toEqual(folded);
  });

  it("an event marks the segment of its user, and no other", async () => {
    await countSegments();
    await record(checkIn({ userHash: "d", day: DAY + 1 }));
    expect(await staleAfterFold()).toEqual(["c"]);
  });

  it("a kept repeat marks the segment of its user, and no other", async () => {
    await countSegments();
    await record(checkIn({ userHash: "d", keepRepeat: true }));
    expect(await staleAfterFold()).toEqual(["c"]);
  });

  it("a further action of a day marks the segment of its user, and no other", async () => {
    await countSegments();
    await record(checkIn({ userHash: "d", action: "a" }));
    expect(await staleAfterFold()).toEqual(["c"]);
  });

  it("a new user marks the segment that the name falls into", async () => {
    await countSegments();
    await record(checkIn({ userHash: "dd" }), impression({ userHash: "only looks" }));
    expect(await staleAfterFold()).toEqual(["c", "e"]);
  });

  it("an analytics event marks, and so does another zone of a day that was done", async () => {
    await countSegments();
    await record(impression({ userHash: "a" }), checkIn({ userHash: "f", tz: "Asia/Tokyo" }));
    expect(await staleAfterFold()).toEqual(["", "e"]);
  });

  it("a link marks the segments of both names", async () => {
    await countSegments();
    await current.store.streaks.linkUser("p1", "a", "f");
    expect(await staleAfterFold()).toEqual(["", "e"]);
  });

  it("an entry of a ledger marks the segment of its user, and a known one marks none", async () => {
    await countSegments();
    const add = () => current.store.ledger.addLedgerEntry({ projectId: "p1", userHash: "d" }, entry({ id: "a" }));
    await add();
    expect(await staleAfterFold()).toEqual(["c"]);
    await expect.poll(staleAfterCount).toEqual([]);
    await add();
    expect(await staleAfterFold()).toEqual([]);
  });

  it("the ledger of a name that is linked marks the segment of its user", async () => {
    await countSegments();
    await current.store.ledger.addLedgerEntry({ projectId: "p1", userHash: "dd" }, entry({ id: "a" }));
    await expect.poll(staleAfterCount).toEqual([]);
    await current.store.streaks.linkUser("p1", "dd", "f");
    expect(await staleAfterFold()).toEqual(["c", "e"]);
  });

  it("an event under an idempotency key marks the segment of the user", async () => {
    await countSegments();
    await record(checkIn({ userHash: "d", day: DAY + 1, idempotencyKey: "k" }));
    expect(await staleAfterFold()).toEqual(["c"]);
  });

  it("a change while a segment is counted leaves it stale", async () => {
    await record(checkIn());
    await foldAll(current.store, "p1");
    const [range] = await rangesOf(current.store, "p1");
    await record(checkIn({ day: DAY + 1 }));
    await foldAll(current.store, "p1");
    const { first, revision, changes } = (range as NonNullable<typeof range>).segment;
    const counted = { changes, end: undefined, settings: "s", time: 1, users: 1 };
    const pieces = [{ first, counted, tallies: new Uint8Array() }];
    expect(await current.store.analytics.saveTallies("p1", { first, revision, pieces })).toBe(true);
    expect(await staleAfterFold()).toEqual([""]);
  });

  it("a change that is noted and not folded when its segment is divided marks the piece that has its user then", async () => {
    await record(...["a", "b", "c", "d"].map((userHash) => checkIn({ userHash })));
    await countAll(current.store, "p1");
    const [range] = await rangesOf(current.store, "p1");
    await record(checkIn({ userHash: "d", day: DAY + 1 }));
    expect(await countAndSave(current.store, "p1", range as NonNullable<typeof range>, 2)).toBe(true);
    expect(await staleAfterFold()).toContain("c");
  });

  it("a fold takes no more notes than its limit, and says that there are more and how old the oldest is", async () => {
    const before = Date.now();
    for (const userHash of ["a", "b", "c"]) {
      await record(checkIn({ userHash }));
    }
    const fold = (limit: number) => current.store.analytics.foldChanges(undefined, limit);
    // Notes can take a moment to be settled.
    const settled = async () => {
      const folded = await fold(2);
      return folded.projectIds.length === 0 ? undefined : folded;
    };
    await expect.poll(settled).toBeDefined();
    await expect.poll(async () => (await fold(10)).oldestLeft).toBeUndefined();
    await record(checkIn({ userHash: "d" }));
    await record(checkIn({ userHash: "e" }));
    const first = await current.store.analytics.foldChanges("p1", 1);
    expect(first.projectIds).toEqual(["p1"]);
    if (first.hasMore) {
      // Clocks of server and test are the machine's.
      expect(first.oldestLeft).toBeGreaterThanOrEqual(before);
    }
  });

  it("changes of another project mark nothing here, and are folded with the others", async () => {
    await current.store.projects.createProject(project({ id: "p10", siteKey: "site_10" }));
    await countSegments();
    await record(checkIn({ projectId: "p10", userHash: "a" }));
    expect(await staleAfterFold()).toEqual([]);
    const folded = new Set<string>();
    await expect
      .poll(async () => {
        for (const projectId of (await current.store.analytics.foldChanges(undefined, 10)).projectIds) {
          folded.add(projectId);
        }
        return [...folded];
      })
      .toEqual(["p10"]);
    expect((await current.store.analytics.listSegments("p10"))[0]?.changes).toBeGreaterThan(0);
  });

  it("notes of a project that is deleted are folded into nothing", async () => {
    await record(checkIn());
    await foldAll(current.store, "p1");
    await record(checkIn({ day: DAY + 1 }));
    await current.store.projects.deleteProject(project());
    await record(checkIn({ day: DAY + 2 }));
    await foldAll(current.store, "p1");
    expect(await current.store.analytics.listSegments("p1")).toEqual([
      { first: "", changes: 0, revision: 0, counted: undefined },
    ]);
  });
}
