import { cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backUp } from "#src/backup/back-up.ts";
import { restore } from "#src/backup/restore.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { newFolder } from "../support/folder.ts";
import { silentLog } from "../support/log.ts";
import { makeDataFolder, readDataFolder, readFile, runStreakd, USERS, writeGeneration } from "./support.ts";

/** In milliseconds. Each step takes a process of its own. */
const TIMEOUT_MS = 10 * 60_000;

/** More steps than a command has; it ends by itself before. */
const MAX_STEPS = 200;

/** Runs a command again and again, and kills it one step later each time, until it ends by itself. */
async function killAtEveryStep(runOnce: (step: number) => Promise<{ code: number | null }>): Promise<number> {
  for (let step = 1; step < MAX_STEPS; step++) {
    const { code } = await runOnce(step);
    if (code !== null) {
      expect(code).toBe(0);
      return step;
    }
  }
  throw new Error("the command does not end");
}

test.each([
  ["a new file", undefined],
  ["an existing backup", "old"],
])(
  "a backup into %s that is killed at any step leaves nothing half, and the next one clears up",
  {
    timeout: TIMEOUT_MS,
  },
  async (_, before) => {
    const dataDir = await makeDataFolder("new", USERS);
    const folder = await newFolder();
    const file = join(folder, "backup.db");
    if (before !== undefined) {
      await backUp({ dataDir: await makeDataFolder(before), file, mayOverwrite: false });
    }
    const found = new Set<string>();

    const steps = await killAtEveryStep(async (step) => {
      const exit = await runStreakd(
        ["backup", file, ...(before === undefined ? [] : ["--force"])],
        { DATA_DIR: dataDir },
        step,
      );
      const visible = (await readdir(folder)).filter((name) => !name.startsWith("."));
      if (visible.length > 0) {
        expect(visible).toEqual(["backup.db"]);
        const { generation, users } = readFile(file);
        expect(users).toBe(generation === "new" ? USERS : 3);
        found.add(generation);
        // Not told to overwrite, the next run would have nothing to do.
        await (before === undefined && exit.code === null ? rm(file) : undefined);
      }
      return exit;
    });

    expect(steps).toBeGreaterThan(10);
    expect([...found]).toEqual(before === undefined ? ["new"] : [before, "new"]);
    expect(await readdir(folder)).toEqual(["backup.db"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readDataFolder(dataDir)).generation).toBe("new");
  },
);

test("a restore that is killed at any step leaves the old data or the new, whole, and can be done again", {
  timeout: TIMEOUT_MS,
}, async () => {
  const file = join(await newFolder(), "backup.db");
  await backUp({ dataDir: await makeDataFolder("new", USERS), file, mayOverwrite: false });
  const crashed = await crashedFolder();
  const found = new Set<string>();
  let now = Date.parse("2024-01-12T12:00:00Z");

  const steps = await killAtEveryStep(async (step) => {
    const dataDir = join(await newFolder(), "data");
    await cp(crashed, dataDir, { recursive: true });
    const exit = await runStreakd(["restore", file], { DATA_DIR: dataDir }, step);

    const held = await readDataFolder(dataDir);
    expect(held.users).toBe(held.generation === "new" ? USERS : 3);
    found.add(held.generation);
    const kept = await restore({ dataDir, file }, () => now++);
    expect(await readDataFolder(dataDir)).toEqual({ generation: "new", users: USERS });
    expect(readFile(kept as string)).toEqual(held);
    const names = await readdir(dataDir);
    expect(names.filter((name) => name.startsWith("."))).toEqual([]);
    // The old database is never lost: it is kept by the run that replaced it.
    const keptOnes = names.filter((name) => name.includes("before-restore"));
    expect(keptOnes.map((name) => readFile(join(dataDir, name)).generation)).toContain("old");
    return exit;
  });

  expect(steps).toBeGreaterThan(15);
  expect([...found]).toEqual(["old", "new"]);
});

/** Makes a data folder as a server leaves it that is killed: what makes it "old" is only in the database's log. */
async function crashedFolder(): Promise<string> {
  const dataDir = await makeDataFolder("older");
  const { database, release } = await takeDataFolder(dataDir, silentLog);
  writeGeneration(database, "old");
  const crashed = join(await newFolder(), "crashed");
  await mkdir(crashed);
  for (const name of ["streakd.db", "streakd.db-wal", "streakd.lock"]) {
    await cp(join(dataDir, name), join(crashed, name));
  }
  await release();
  expect((await stat(join(crashed, "streakd.db-wal"))).size).toBeGreaterThan(0);
  return crashed;
}
