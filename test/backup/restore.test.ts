import { chown, copyFile, mkdir, readFile as readBytes, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { backUp } from "#src/backup/back-up.ts";
import { restore } from "#src/backup/restore.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { MIGRATIONS } from "#src/store/sqlite/migrations.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { checkIn, DAY, months, NOW } from "../store/conformance/fixture.ts";
import { entry } from "../store/conformance/ledger/support.ts";
import { newFolder } from "../support/folder.ts";
import { silentLog } from "../support/log.ts";
import { record } from "../support/record.ts";
import { startServer } from "../support/server.ts";
import {
  changeDatabase,
  makeDataFolder,
  readDataFolder,
  readFile,
  refusalOf,
  runStreakd,
  stateOf,
  writeGeneration,
} from "./support.ts";

const clock = () => Date.parse("2024-01-12T12:00:00.5Z");
const KEPT = "streakd.db.before-restore-2024-01-12T12-00-00.500Z";

/** Makes a backup of a new data folder. */
async function makeBackup(generation: string): Promise<string> {
  const file = join(await newFolder(), "backup.db");
  await backUp({ dataDir: await makeDataFolder(generation), file, mayOverwrite: false });
  return file;
}

test("a server that starts after a restore has the streaks of the backup, and none that came later", async () => {
  const dataDir = await newFolder();
  const file = join(await newFolder(), "backup.db");
  const server = await startServer({ dataDir });
  await record(server.url, "early");
  await backUp({ dataDir, file, mayOverwrite: false });
  await record(server.url, "late");
  const whileItRuns = await refusalOf(restore({ dataDir, file }, clock));
  await server.stop();

  const kept = await restore({ dataDir, file }, clock);

  expect(whileItRuns).toContain(`The data folder ${dataDir} is in use`);
  expect(kept).toBe(join(dataDir, KEPT));
  expect((await stat(join(dataDir, "streakd.db"))).mode & 0o777).toBe(0o600);
  await using restored = await startServer({ dataDir });
  expect(await stateOf(restored.url, "early")).toMatchObject({ current: 1 });
  expect(await stateOf(restored.url, "late")).toMatchObject({ current: 0 });
});

test("a backup keeps when events were received, in which zones, the late ones, and the ledgers of users", async () => {
  const older = await newFolder();
  const store = await openSqliteStores(older, silentLog);
  await store.events.record(
    [checkIn({ receivedAt: NOW + 1 }), checkIn({ tz: "UTC", late: true }), checkIn({ tz: "Asia/Tokyo" })],
    NOW,
  );
  const user = { projectId: "p1", userHash: "ann" };
  await store.ledger.addLedgerEntry(user, entry({ id: "a" }));
  await store.close();
  const file = join(await newFolder(), "backup.db");
  await backUp({ dataDir: older, file, mayOverwrite: false });
  const dataDir = await newFolder();

  await restore({ dataDir, file }, clock);

  const restored = await openSqliteStores(dataDir, silentLog);
  const checkIns = await restored.users.readCheckIns(user, "like", [DAY]);
  const ledger = await restored.ledger.readLedger(user);
  const { days, others, home } = await restored.streaks.readStreak(user, "like");
  await restored.close();
  expect(checkIns).toEqual([
    { day: DAY, at: NOW, receivedAt: NOW + 1 },
    { day: DAY, at: NOW, receivedAt: NOW, tz: "Asia/Tokyo", dayZone: "Asia/Tokyo" },
    { day: DAY, at: NOW, receivedAt: NOW, tz: "UTC", late: true },
  ]);
  expect({ days, others, home }).toEqual({
    days: months(DAY),
    others: [
      { late: false, zone: "Asia/Tokyo", days: months(DAY) },
      { late: true, days: months(DAY) },
    ],
    home: "UTC",
  });
  expect(ledger).toEqual([entry({ id: "a" })]);
});

test("what was only in the log of the old database is kept with it, and does not get into the new one", async () => {
  const dataDir = await makeDataFolder("older");
  const crashed = await newFolder();
  const { database, release } = await takeDataFolder(dataDir, silentLog);
  writeGeneration(database, "old");
  for (const name of ["streakd.db", "streakd.db-wal", "streakd.db-shm"]) {
    await copyFile(join(dataDir, name), join(crashed, name));
  }
  await release();

  await restore({ dataDir: crashed, file: await makeBackup("new") }, clock);

  expect((await readdir(crashed)).toSorted()).toEqual(["streakd.db", KEPT, "streakd.lock"]);
  expect(readFile(join(crashed, KEPT)).generation).toBe("old");
  expect((await readDataFolder(crashed)).generation).toBe("new");
});

test("a folder that is missing is made, and the kept database of a restore can be restored itself", async () => {
  const dataDir = join(await newFolder(), "data");
  let now = clock();
  expect(await restore({ dataDir, file: await makeBackup("one") }, () => now++)).toBeUndefined();
  const kept = await restore({ dataDir, file: await makeBackup("two") }, () => now++);

  await restore({ dataDir, file: kept as string }, () => now++);

  expect((await readDataFolder(dataDir)).generation).toBe("one");
});

test("on a file system without hard links, backups are made, and a restore keeps the old database", async () => {
  const env = { NODE_OPTIONS: `--import=${new URL("no-links.ts", import.meta.url)}` };
  const file = join(await newFolder(), "backup.db");
  expect(await runStreakd(["backup", file], { ...env, DATA_DIR: await makeDataFolder("new") })).toMatchObject({
    code: 0,
  });
  const dataDir = await makeDataFolder("old");

  const { code, stdout } = await runStreakd(["restore", file], { ...env, DATA_DIR: dataDir });

  expect(code).toBe(0);
  const [, kept = ""] = /What was there is kept as (\S+);/.exec(stdout) ?? [];
  expect(readFile(kept).generation).toBe("old");
  expect((await stat(kept)).mode & 0o777).toBe(0o600);
  expect((await readdir(dataDir)).filter((name) => name.startsWith("."))).toEqual([]);
  expect((await readDataFolder(dataDir)).generation).toBe("new");
});

test("a database that is too damaged to open is kept with all its files", async () => {
  const dataDir = await newFolder();
  for (const name of ["streakd.db", "streakd.db-wal"]) {
    await writeFile(join(dataDir, name), `no database, but ${name} `.repeat(1000));
  }

  await restore({ dataDir, file: await makeBackup("new") }, clock);

  expect((await readdir(dataDir)).toSorted()).toEqual(["streakd.db", KEPT, `${KEPT}-wal`, "streakd.lock"]);
  expect(await readBytes(join(dataDir, `${KEPT}-wal`), "utf8")).toContain("no database, but streakd.db-wal");
  expect((await readDataFolder(dataDir)).generation).toBe("new");
});

test("the log of a database that was taken away does not get into the new one", async () => {
  const dataDir = await makeDataFolder("older");
  const crashed = await newFolder();
  const { database, release } = await takeDataFolder(dataDir, silentLog);
  writeGeneration(database, "old");
  for (const name of ["streakd.db-wal", "streakd.db-shm"]) {
    await copyFile(join(dataDir, name), join(crashed, name));
  }
  await release();

  expect(await restore({ dataDir: crashed, file: await makeBackup("new") }, clock)).toBeUndefined();

  expect((await readdir(crashed)).toSorted()).toEqual(["streakd.db", `${KEPT}-wal`, "streakd.lock"]);
  expect((await readDataFolder(crashed)).generation).toBe("new");
});

test("a copy of a whole folder is restored with what its log holds, and is not changed", async () => {
  const live = await makeDataFolder("older");
  const copy = await newFolder();
  const { database, release } = await takeDataFolder(live, silentLog);
  writeGeneration(database, "latest");
  await copyFile(join(live, "streakd.db"), join(copy, "streakd.db"));
  await copyFile(join(live, "streakd.db-wal"), join(copy, "streakd.db-wal"));
  await release();
  const bytes = await readBytes(join(copy, "streakd.db"));
  const dataDir = await newFolder();

  await restore({ dataDir, file: join(copy, "streakd.db") }, clock);

  expect((await readDataFolder(dataDir)).generation).toBe("latest");
  expect(await readBytes(join(copy, "streakd.db"))).toEqual(bytes);
});

test.each(MIGRATIONS.slice(1).map((_, index) => index + 1))(
  "a backup of schema version %i is restored, and migrated by the next start",
  async (version) => {
    const sql = await readBytes(new URL(`../store/sqlite/old-files/version-${version}.sql`, import.meta.url), "utf8");
    const file = join(await newFolder(), "old.db");
    changeDatabase(file, sql);
    const dataDir = await makeDataFolder("newer");

    await restore({ dataDir, file }, clock);

    await using server = await startServer({ dataDir });
    expect(server.output).toContain(`"from":${version},"to":${MIGRATIONS.length}`);
  },
);

test("what is no sound backup is refused, and the folder is left as it was", async () => {
  const dataDir = await makeDataFolder("one");
  const folder = await newFolder();
  const refused = (file: string) => refusalOf(restore({ dataDir, file }, clock));
  const text = join(folder, "text");
  await writeFile(text, "This is no database. ".repeat(1000));
  const foreign = join(folder, "foreign.db");
  new DatabaseSync(foreign).exec("CREATE TABLE projects (name TEXT)");
  const newer = await makeBackup("newer");
  changeDatabase(newer, "PRAGMA user_version = 1000");
  const cut = join(folder, "cut.db");
  await writeFile(cut, (await readBytes(await makeBackup("cut"))).subarray(0, -4096));
  await mkdir(join(folder, "folder"));

  expect(await refused(join(folder, "missing"))).toContain("There is no file");
  expect(await refused(join(folder, "folder"))).toContain("There is no file");
  expect(await refused(text)).toContain(`${text} is damaged, or is not a SQLite database`);
  expect(await refused(foreign)).toContain(`${foreign} is no database of streakd`);
  expect(await refused(newer)).toContain(`${newer} is of a newer streakd: its schema has version 1000`);
  expect(await refused(cut)).toContain(`${cut} is damaged`);
  expect(await refused(join(dataDir, "streakd.db"))).toContain("is the database that is to be replaced");
  expect((await readdir(dataDir)).toSorted()).toEqual(["streakd.db", "streakd.lock"]);
  expect((await readDataFolder(dataDir)).generation).toBe("one");
});

test("another program's database is not replaced", async () => {
  const dataDir = await newFolder();
  new DatabaseSync(join(dataDir, "streakd.db")).exec("CREATE TABLE projects (name TEXT)");
  expect(await refusalOf(restore({ dataDir, file: await makeBackup("new") }, clock))).toContain("is another program's");
});

test.runIf(process.getuid?.() === 0)("what root restores belongs to the owner of the folder", async () => {
  const dataDir = await newFolder();
  await chown(dataDir, 65534, 65534);

  await restore({ dataDir, file: await makeBackup("new") }, clock);

  for (const name of await readdir(dataDir)) {
    expect((await stat(join(dataDir, name))).uid).toBe(65534);
  }
});

test("with MONGODB_URI the command says what to use instead", async () => {
  const ended = await runStreakd(["restore", "b.db"], { MONGODB_URI: "mongodb://localhost/streakd" });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('mongorestore --uri "$MONGODB_URI"');
});

test("the command says what is where, and what to do next", async () => {
  const dataDir = await makeDataFolder("old");
  const file = await makeBackup("new");

  const { code, stdout, stderr } = await runStreakd(["restore", file], { DATA_DIR: dataDir });

  expect([code, stderr]).toEqual([0, ""]);
  const [, kept = ""] = /What was there is kept as (\S+);/.exec(stdout) ?? [];
  expect(readFile(kept).generation).toBe("old");
  expect(stdout).toContain(`${dataDir} now holds what ${file} holds.`);
  expect(stdout).toContain("Next: if REDIS_URL is set, empty that Redis (redis-cli FLUSHDB). Then start streakd.");
});
