import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, DAY, daysBetween, NOW } from "../conformance/fixture.ts";
import { slicesOf } from "../conformance/users/support.ts";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-users-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function openStore(folder?: string): Promise<Stores> {
  const store = await openSqliteStores(folder ?? (await newFolder()), silentLog);
  onTestFinished(() => store.close());
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

it("a done day whose event was deleted from the file has no check-in", async () => {
  const folder = await newFolder();
  const store = await openStore(folder);
  await store.events.record([checkIn(), checkIn({ day: DAY - 1 })], NOW);
  const database = new DatabaseSync(join(folder, "streakd.db"));
  database.exec(`DELETE FROM facts WHERE kind = 3 AND day = ${DAY - 1}`);
  database.close();
  const read = await store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", daysBetween(DAY - 9, DAY));
  expect(read.map(({ day }) => day)).toEqual([DAY]);
});
