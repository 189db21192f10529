import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { activityOf } from "#src/domain/analytics/activity.ts";
import { ALL } from "#src/domain/analytics/keys.ts";
import type { Project } from "#src/domain/project.ts";
import { Analytics } from "#src/service/analytics/analytics.ts";
import { MAX_REST_MS } from "#src/service/analytics/background-counts.ts";
import type { AnalyticsStore } from "#src/store/analytics.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, NOW, project } from "../../store/conformance/fixture.ts";
import { silentLog } from "../../support/log.ts";

let folder: string;
let stores: Stores;
let app: Project;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "streakd-test-"));
  stores = await openSqliteStores(folder, silentLog);
  app = project();
  now = NOW;
  await stores.projects.createProject(app);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

function open(store: AnalyticsStore = stores.analytics) {
  return new Analytics(
    store,
    () => now,
    (error) => expect.unreachable(String(error)),
  );
}

/** Records a check-in of each of these users. */
async function record(userHashes: readonly string[]): Promise<void> {
  await stores.events.record(
    userHashes.map((userHash) => checkIn({ projectId: app.id, userHash })),
    now,
  );
}

async function checkInsOf(analytics: Analytics): Promise<{ checkIns: number | undefined; countedTime: number }> {
  const { value, countedTime } = await analytics.read(app, (tallies) => activityOf(tallies, ALL, "day", DAY, DAY));
  return { checkIns: value[0]?.checkIns, countedTime };
}

/** Returns names that sort by their numbers. */
function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user-${String(index).padStart(5, "0")}`);
}

test("a read counts what was recorded before it, up to the moment", async () => {
  const analytics = open();
  expect(await checkInsOf(analytics)).toEqual({ checkIns: 0, countedTime: now });
  await record(["ann", "bob"]);
  now += 1000;
  expect(await checkInsOf(analytics)).toEqual({ checkIns: 2, countedTime: now });
  await record(["cay"]);
  expect(await checkInsOf(analytics)).toEqual({ checkIns: 3, countedTime: now });
});

test("users who are linked count once from then on", async () => {
  const analytics = open();
  await record(["ann", "visitor"]);
  expect((await checkInsOf(analytics)).checkIns).toBe(2);
  await stores.streaks.linkUser(app.id, "visitor", "ann");
  expect((await checkInsOf(analytics)).checkIns).toBe(1);
});

test("a project with many users is divided, and its segments are counted one by one", async () => {
  const analytics = open();
  await record(names(2_000));
  expect((await checkInsOf(analytics)).checkIns).toBe(2_000);
  const segments = await stores.analytics.listSegments(app.id);
  expect(segments.length).toBeGreaterThan(1);
  expect(segments.map(({ counted }) => counted?.users).reduce((sum = 0, users = 0) => sum + users, 0)).toBe(2_000);

  const readHistories = vi.spyOn(stores.analytics, "readHistories");
  await record(["user-00000-b"]);
  expect((await checkInsOf(analytics)).checkIns).toBe(2_001);
  expect(new Set(readHistories.mock.calls.map(([range]) => range.first))).toEqual(new Set([""]));
});

test("another instance adds to its sum what this one has counted", async () => {
  const [one, other] = [open(), open()];
  await record(names(2_000));
  await checkInsOf(one);
  expect((await checkInsOf(other)).checkIns).toBe(2_000);
  await record(["zoe"]);
  await checkInsOf(one);
  const readHistories = vi.spyOn(stores.analytics, "readHistories");
  expect((await checkInsOf(other)).checkIns).toBe(2_001);
  expect(readHistories).not.toHaveBeenCalled();
});

test("a change of what is counted is in the next read", async () => {
  const analytics = open();
  await record(["ann"]);
  await checkInsOf(analytics);
  const before = (await stores.analytics.listSegments(app.id))[0]?.counted?.settings;
  app = { ...app, timeZone: "Asia/Tokyo" };
  await checkInsOf(analytics);
  expect((await stores.analytics.listSegments(app.id))[0]?.counted?.settings).not.toBe(before);
});

test("reads of one project at the same time share their work", async () => {
  const analytics = open();
  await record(["ann"]);
  const readHistories = vi.spyOn(stores.analytics, "readHistories");
  const reads = await Promise.all(Array.from({ length: 20 }, () => checkInsOf(analytics)));
  expect(reads.every(({ checkIns }) => checkIns === 1)).toBe(true);
  expect(readHistories).toHaveBeenCalledOnce();
});

test("a change that is recorded while a segment is counted is in the next read", async () => {
  let isFirst = true;
  const analytics = open({
    ...stores.analytics,
    async readHistories(range) {
      const slice = await stores.analytics.readHistories(range);
      if (isFirst) {
        isFirst = false;
        await record(["bob"]);
        await stores.analytics.foldChanges(app.id, 100);
      }
      return slice;
    },
  });
  await record(["ann"]);
  await checkInsOf(analytics);
  expect((await checkInsOf(analytics)).checkIns).toBe(2);
});

test("a segment that was divided by a process that ended amid it is counted again before anything is answered", async () => {
  await record(names(1_200));
  const analytics = open();
  await checkInsOf(analytics);
  const [first, second] = await stores.analytics.listSegments(app.id);
  // What a save leaves that ends before it has shortened the first segment: a piece in the midst of it.
  await stores.analytics.saveTallies(app.id, {
    first: "",
    revision: first?.revision as number,
    pieces: [
      {
        first: "",
        counted: { ...(first?.counted as NonNullable<typeof first>["counted"] & object), end: "user-00100" },
        tallies: (await stores.analytics.readTallies(app.id, [""]))[0]?.tallies as Uint8Array,
      },
    ],
  });
  expect(second?.first).not.toBe("user-00100");
  expect((await checkInsOf(analytics)).checkIns).toBe(1_200);
});

test("a read that meets a failing store fails, and the next one is right", async () => {
  let fails = true;
  const analytics = open({
    ...stores.analytics,
    async saveTallies(...args) {
      if (fails) {
        throw new Error("full disk");
      }
      return await stores.analytics.saveTallies(...args);
    },
  });
  await record(["ann"]);
  await expect(checkInsOf(analytics)).rejects.toThrow("full disk");
  fails = false;
  expect((await checkInsOf(analytics)).checkIns).toBe(1);
});

test("the count of a project that is deleted meanwhile ends, and so does a read of it", async () => {
  const saveTallies = vi.spyOn(stores.analytics, "saveTallies");
  const analytics = open({
    ...stores.analytics,
    async readHistories(range) {
      await stores.projects.deleteProject(app);
      return await stores.analytics.readHistories(range);
    },
    saveTallies,
  });
  await record(["ann"]);
  await expect(checkInsOf(analytics)).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(await analytics.count(app, { rest: 0 })).toBe(false);
  expect(saveTallies).toHaveBeenCalledTimes(2);
});

test("a change of what is counted ends a count that has begun with the old settings", async () => {
  const analytics = open();
  await record(names(3));
  let changed: Promise<boolean> | undefined;
  const readHistories = vi.spyOn(stores.analytics, "readHistories");
  const before = { ...app };
  readHistories.mockImplementationOnce(async () => {
    app = { ...app, timeZone: "Asia/Tokyo" };
    changed = analytics.count(app, { rest: 0 });
    return { histories: [], last: undefined };
  });
  expect(await analytics.count(before, { rest: 0 })).toBe(false);
  expect(await changed).toBe(true);
  expect((await checkInsOf(analytics)).checkIns).toBe(3);
});

test("whoever waits for a count that rests makes it go on", { timeout: MAX_REST_MS - 1_000 }, async () => {
  const saved = Promise.withResolvers<void>();
  const analytics = open({
    ...stores.analytics,
    async saveTallies(projectId, counted) {
      const isSaved = await stores.analytics.saveTallies(projectId, counted);
      saved.resolve();
      return isSaved;
    },
  });
  await record(names(3));
  const resting = analytics.count(app, { rest: Number.MAX_SAFE_INTEGER });
  await saved.promise;
  // Until it rests.
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate();
  }
  expect(await analytics.count(app, { rest: 0 })).toBe(true);
  expect(await resting).toBe(true);
});
