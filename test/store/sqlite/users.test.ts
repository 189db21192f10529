import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, DAY, NOW } from "../conformance/fixture.ts";
import { slicesOf } from "../conformance/users/support.ts";

async function openStore(): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-users-"));
  const store = await openSqliteStores(folder, silentLog);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  return store;
}

it("a slice of a list ends before it keeps events waiting, after many names that are no users", async () => {
  const store = await openStore();
  const aliases = Array.from({ length: 600 }, (_, index) => `alias ${index}`);
  await Promise.all(aliases.map((alias) => store.streaks.linkUser("p1", alias, "user")));
  await store.events.record([checkIn({ userHash: "user" })], NOW);
  const slices = await slicesOf(store, { limit: 1000 });
  expect(slices.map(({ users }) => users.length)).toEqual([0, 0, 1]);
});

it("a slice of a list ends before it keeps events waiting, after many months of days", async () => {
  const store = await openStore();
  const centuries = Array.from({ length: 1500 }, (_, index) => DAY - 31 * index);
  await store.events.record(
    ["a", "b", "c", "d"].flatMap((userHash) => centuries.map((day) => checkIn({ userHash, day }))),
    NOW,
  );
  const slices = await slicesOf(store, { limit: 1000 });
  expect(slices.map(({ users }) => users.map(({ userHash }) => userHash))).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});
