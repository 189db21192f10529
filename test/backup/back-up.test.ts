import type { ChildProcess } from "node:child_process";
import { mkdir, readFile as readBytes, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { backUp } from "#src/backup/back-up.ts";
import { MIGRATIONS } from "#src/store/sqlite/migrations.ts";
import { newFolder } from "../support/folder.ts";
import { record } from "../support/record.ts";
import { startServer } from "../support/server.ts";
import { waitUntil } from "../support/wait-until.ts";
import {
  changeDatabase,
  continueToEnd,
  makeDataFolder,
  readFile,
  refusalOf,
  runStreakd,
  STOP_AMID_COPY,
  stateOf,
  USERS,
} from "./support.ts";

test("a backup of a running server, made while events come, holds every event that was answered before, and serves", async () => {
  const folder = await newFolder();
  const file = join(folder, "backup.db");
  await using server = await startServer();
  await record(server.url, "before");
  let isMaking = true;
  const others = (async () => {
    for (let user = 0; isMaking; user++) {
      await record(server.url, `during ${user}`);
    }
  })();

  await backUp({ dataDir: server.dataDir, file, mayOverwrite: false }).finally(() => {
    isMaking = false;
  });
  await others;

  expect(await readdir(folder)).toEqual(["backup.db"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const dataDir = await newFolder();
  await writeFile(join(dataDir, "streakd.db"), await readBytes(file));
  await using restored = await startServer({ dataDir });
  expect(await stateOf(restored.url, "before")).toMatchObject({ current: 1 });
});

test("a backup that is interrupted leaves nothing", async () => {
  const folder = await newFolder();
  const dataDir = await makeDataFolder("one", USERS);
  let child: ChildProcess | undefined;
  const env = { DATA_DIR: dataDir, NODE_OPTIONS: STOP_AMID_COPY };
  const ended = runStreakd(["backup", join(folder, "backup.db")], env, undefined, (started) => {
    child = started;
  });
  await waitUntil(async () => (await readdir(folder)).length > 0, 1);
  child?.kill("SIGINT");
  await continueToEnd(child);

  expect((await ended).signal).toBe("SIGINT");
  expect(await readdir(folder)).toEqual([]);
});

test("a second backup into the same file leaves the first one to its work", async () => {
  const folder = await newFolder();
  const dataDir = await makeDataFolder("one", USERS);
  const file = join(folder, "backup.db");
  let first: ChildProcess | undefined;
  const env = { DATA_DIR: dataDir, NODE_OPTIONS: STOP_AMID_COPY };
  const ended = runStreakd(["backup", file], env, undefined, (started) => {
    first = started;
  });
  // The copy is begun, after the database was opened: who is stopped while opening it keeps others out.
  await waitUntil(async () => (await readdir(folder, { recursive: true })).length > 1, 1);

  const second = await runStreakd(["backup", file], { DATA_DIR: dataDir });
  await continueToEnd(first);

  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining(`${file} exists already.`) });
  expect(await readdir(folder)).toEqual(["backup.db"]);
});

test("a stopped server's folder is backed up too, and is left as it was", async () => {
  const dataDir = await makeDataFolder("one");
  const file = join(await newFolder(), "backup.db");

  await backUp({ dataDir, file, mayOverwrite: false });

  expect(readFile(file).generation).toBe("one");
  expect((await readdir(dataDir)).toSorted()).toEqual(["streakd.db", "streakd.lock"]);
});

test("an existing file is overwritten only when that is asked for, and is kept when the backup fails", async () => {
  const dataDir = await makeDataFolder("one");
  const file = join(await newFolder(), "backup.db");
  await backUp({ dataDir, file, mayOverwrite: false });
  const other = await makeDataFolder("two");

  const refused = await refusalOf(backUp({ dataDir: other, file, mayOverwrite: false }));
  changeDatabase(join(dataDir, "streakd.db"), "PRAGMA user_version = 1000");
  const failed = await refusalOf(backUp({ dataDir, file, mayOverwrite: true }));
  const before = readFile(file).generation;
  await backUp({ dataDir: other, file, mayOverwrite: true });

  expect(refused).toBe(`${file} exists already. Name another file, or add --force to overwrite it.`);
  expect(failed).toContain(
    `is of a newer streakd: its schema has version 1000, and this streakd knows up to ${MIGRATIONS.length}`,
  );
  expect([before, readFile(file).generation]).toEqual(["one", "two"]);
});

test("a damaged database is no backup: the copy is checked before it gets its name", async () => {
  const dataDir = await makeDataFolder("one", 2000);
  const database = join(dataDir, "streakd.db");
  const bytes = await readBytes(database);
  bytes.fill(0xff, bytes.length - 8192);
  await writeFile(database, bytes);
  const folder = await newFolder();

  const refused = await refusalOf(backUp({ dataDir, file: join(folder, "backup.db"), mayOverwrite: false }));

  expect(refused).toMatch(/is damaged, or is not a SQLite database/);
  expect(await readdir(folder)).toEqual([]);
});

test("what can't be backed up, or can't be written, is said with what to do", async () => {
  const dataDir = await makeDataFolder("one");
  const folder = await newFolder();
  const to = (file: string, from = dataDir) => refusalOf(backUp({ dataDir: from, file, mayOverwrite: false }));
  const foreign = await newFolder();
  new DatabaseSync(join(foreign, "streakd.db")).exec("CREATE TABLE projects (name TEXT)");
  const link = join(folder, "link");
  await symlink(dataDir, link);

  expect(await to(join(folder, "b.db"), folder)).toBe(
    `There is no streakd.db in ${folder} to back up. Name the data folder in DATA_DIR.`,
  );
  expect(await to(join(folder, "missing/b.db"))).toContain(`There is no folder ${folder}/missing. Make it first`);
  expect(await to(join(link, "streakd.db-wal"))).toContain("lies among the files of the data folder itself");
  expect(await to(join(folder, "b.db"), foreign)).toContain("is no database of streakd");
  await mkdir(join(folder, "folder"));
  expect(await refusalOf(backUp({ dataDir, file: join(folder, "folder"), mayOverwrite: true }))).toContain(
    `Name the file to make, such as ${folder}/folder/streakd-backup.db`,
  );
});

test("with MONGODB_URI the command says what to use instead", async () => {
  const ended = await runStreakd(["backup", "b.db"], { MONGODB_URI: "mongodb://localhost/streakd" });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('mongodump --uri "$MONGODB_URI" --oplog --gzip --archive=streakd.gz');
});

test("the command says what it has done, and refuses to overwrite a file without --force", async () => {
  const dataDir = await makeDataFolder("one");
  const file = join(await newFolder(), "backup.db");

  const made = await runStreakd(["backup", file], { DATA_DIR: dataDir });
  const refused = await runStreakd(["backup", file], { DATA_DIR: dataDir });
  const forced = await runStreakd(["backup", "--force", file, "--data-dir", dataDir], {});

  const { size } = await stat(file);
  const done = `${file} holds all that ${dataDir} held when the backup began: ${size} bytes, checked.\n`;
  expect(made).toEqual({ code: 0, signal: null, stdout: done, stderr: "" });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toBe(
    `The backup can't be made: ${file} exists already. Name another file, or add --force to overwrite it.\n`,
  );
  expect(forced).toEqual(made);
});
