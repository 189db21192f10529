import { execFile } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { startApp } from "#src/app.ts";
import { type BackupSchedule, startBackups } from "#src/backup/schedule.ts";
import { readConfig } from "#src/config/config.ts";
import { newFolder } from "../support/folder.ts";
import { record } from "../support/record.ts";
import { startServer } from "../support/server.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeDataFolder, readFile, STOP_AMID_COPY, USERS } from "./support.ts";

const HOUR_MS = 60 * 60 * 1000;
const NOON = Date.parse("2024-01-12T12:00:00Z");

/** A schedule whose clock and timers the test sets. */
async function openSchedule(
  folder: string,
  given: { dataDir?: string; now?: number; everyMs?: number; keep?: number; isTimeoutFaked?: boolean },
) {
  const timeouts = given.isTimeoutFaked ? (["setTimeout", "clearTimeout"] as const) : [];
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", ...timeouts] });
  const dataDir = given.dataDir ?? (await makeDataFolder("one"));
  const clock = { now: given.now ?? NOON };
  const lines: { level: number; msg: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const seen = { last: 0, failures: 0 };
  const observer = {
    succeeded(at: number) {
      seen.last = at;
    },
    failed() {
      seen.failures += 1;
    },
  };
  const schedule: BackupSchedule = startBackups(
    { folder, everyMs: given.everyMs ?? 24 * HOUR_MS, keep: given.keep ?? 7 },
    dataDir,
    () => clock.now,
    log,
    observer,
  );
  onTestFinished(async () => {
    await schedule.close();
    vi.useRealTimers();
  });
  return {
    dataDir,
    clock,
    seen,
    lines,
    close: () => schedule.close(),
    /** Lets the time pass, and the schedule check it. */
    async pass(ms: number) {
      clock.now += ms;
      await vi.advanceTimersByTimeAsync(Math.max(ms, 60_000));
    },
    /** Has the schedule check the time until the log has so many lines of a text. */
    logged: (text: string, count: number) =>
      waitUntil(async () => {
        await vi.advanceTimersByTimeAsync(60_000);
        return lines.filter(({ msg }) => msg.includes(text)).length >= count;
      }),
  };
}

test("a server with BACKUP_DIR makes a backup at its first start, logs it, and says when in its metrics", async () => {
  const folder = join(await newFolder(), "backups");
  await using server = await startServer({ env: { BACKUP_DIR: folder } });

  await waitUntil(() => server.output.includes('"msg":"backup made"'));

  const [name = "", ...others] = await readdir(folder);
  expect(name).toMatch(/^streakd-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/);
  expect(others).toEqual([]);
  const [, last = ""] = /^streakd_backup_last_success_timestamp_seconds (.*)$/m.exec(await metricsOf(server.url)) ?? [];
  expect(new Date(Number(last) * 1000).toISOString().replaceAll(":", "-")).toContain(name.slice(8, 27));
  await record(server.url, "somebody");
});

test("a server without BACKUP_DIR has no metrics of backups", async () => {
  await using server = await startServer();
  expect(await metricsOf(server.url)).not.toContain("streakd_backup");
});

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

test("backups are made when they are due, and the oldest beyond those to keep are deleted, and no other file", async () => {
  const folder = await newFolder();
  const foreign = ["streakd-2020.db", "streakd-2020-01-01T00-00-00Z.db.gz", "notes.txt", "streakd.db"];
  for (const name of foreign) {
    await writeFile(join(folder, name), "");
  }
  const schedule = await openSchedule(folder, { everyMs: HOUR_MS, keep: 2 });
  await schedule.logged("backup made", 1);
  await schedule.pass(HOUR_MS - 1000);
  await schedule.pass(1000);
  await schedule.logged("backup made", 2);
  await schedule.pass(HOUR_MS);
  await schedule.logged("old backup deleted", 1);

  const made = (await readdir(folder)).filter((name) => !foreign.includes(name));
  expect(made.toSorted()).toEqual(["streakd-2024-01-12T13-00-00Z.db", "streakd-2024-01-12T14-00-00Z.db"]);
  expect((await readdir(folder)).length).toBe(made.length + foreign.length);
  expect(readFile(join(folder, made[0] as string)).generation).toBe("one");
  expect(schedule.seen).toEqual({ last: NOON + 2 * HOUR_MS, failures: 0 });
});

test("a start makes the backup that was missed, and none before the next is due", async () => {
  const folder = await newFolder();
  const dataDir = await makeDataFolder("one");
  const first = await openSchedule(folder, { dataDir });
  await first.logged("backup made", 1);
  await first.close();

  const early = await openSchedule(folder, { dataDir, now: NOON + 23 * HOUR_MS });
  await early.pass(0);
  await waitUntil(() => early.seen.last === NOON);
  await early.close();
  expect(await readdir(folder)).toEqual(["streakd-2024-01-12T12-00-00Z.db"]);

  const late = await openSchedule(folder, { dataDir, now: NOON + 30 * HOUR_MS });
  await late.logged("backup made", 1);
  expect((await readdir(folder)).toSorted()).toEqual([
    "streakd-2024-01-12T12-00-00Z.db",
    "streakd-2024-01-13T18-00-00Z.db",
  ]);
});

test("a backup from the future does not put off the others", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "streakd-2034-01-12T12-00-00Z.db"), "");
  const schedule = await openSchedule(folder, { everyMs: HOUR_MS });
  await waitUntil(() => schedule.seen.last > 0);
  await schedule.pass(HOUR_MS);
  await schedule.logged("backup made", 1);
});

test("backups from the future neither count as kept nor are deleted, so the new one stays", async () => {
  const folder = await newFolder();
  const future = ["streakd-2034-01-12T12-00-00Z.db", "streakd-2034-01-13T12-00-00Z.db"];
  for (const name of [...future, "streakd-2024-01-11T12-00-00Z.db"]) {
    await writeFile(join(folder, name), "");
  }
  const schedule = await openSchedule(folder, { keep: 1 });
  await schedule.logged("old backup deleted", 1);
  await schedule.pass(0);
  await schedule.close();
  expect((await readdir(folder)).toSorted()).toEqual(["streakd-2024-01-12T12-00-00Z.db", ...future]);
  expect(schedule.lines.filter(({ msg }) => msg === "backup made")).toHaveLength(1);
});

test("a backup that hangs is ended after an hour, so that the log of the database can be written back", async () => {
  const folder = await newFolder();
  const dataDir = await makeDataFolder("one", USERS);
  haveBackupsStop();
  const schedule = await openSchedule(folder, { dataDir, isTimeoutFaked: true });
  await untilBegun(folder);
  await schedule.pass(HOUR_MS - 60_000);
  expect(schedule.seen.failures).toBe(0);
  await schedule.pass(60_000);
  await waitUntil(() => schedule.seen.failures === 1);
  expect(JSON.stringify(schedule.lines)).toContain("It took longer than 60 minutes, and was ended.");
  expect(await readdir(folder)).toEqual([]);
});

/** Has each backup of the test stop amid its copy. */
function haveBackupsStop(): void {
  // The schedule starts them with the flags of this process.
  process.execArgv.push(STOP_AMID_COPY);
  onTestFinished(() => {
    process.execArgv.splice(process.execArgv.indexOf(STOP_AMID_COPY), 1);
  });
}

/** Waits until a backup is being made. */
async function untilBegun(folder: string): Promise<void> {
  await waitUntil(async () => (await readdir(folder)).some((name) => name.includes(".unfinished-")), 1);
}

test("a server whose backups are on a disk that hangs stops all the same", async () => {
  const folder = await newFolder();
  const env = { BACKUP_DIR: folder, DATA_DIR: await makeDataFolder("one", USERS), HOST: "127.0.0.1", PORT: "0" };
  const lines: string[] = [];
  haveBackupsStop();
  const app = await startApp(
    readConfig(env),
    () => NOON,
    pino({}, { write: (line: string) => void lines.push(line) }),
    () => 0,
  );
  await untilBegun(folder);
  const unblock = await blockFiles();
  try {
    await app.close();
    await expect(fetch(app.url)).rejects.toThrow("fetch failed");
    expect(lines.join("")).toContain("the disk of the backups does not respond");
  } finally {
    unblock();
  }
});

/** Has every operation on files wait, as on a disk that hangs, until the function is called that it resolves to. */
async function blockFiles(): Promise<() => void> {
  const pipe = join(await newFolder(), "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
  // Opening a pipe to read takes one of Node's four threads for files, until somebody opens it to write.
  const opening = Array.from({ length: 4 }, () => open(pipe, "r"));
  return () => {
    const writer = openSync(pipe, "r+");
    void Promise.all(opening).then((files) => {
      closeSync(writer);
      return Promise.all(files.map((file) => file.close()));
    });
  };
}

test("a backup that fails is logged and counted, and tried again after ten minutes, when the folder is there", async () => {
  const parent = join(await newFolder(), "mount");
  const folder = join(parent, "backups");
  const schedule = await openSchedule(folder, {});
  await waitUntil(() => schedule.seen.failures === 1);
  await mkdir(parent);
  await schedule.pass(9 * 60_000);
  expect(await readdir(parent)).toEqual([]);
  await schedule.pass(60_000);
  await schedule.logged("backup made", 1);
  expect(schedule.seen).toEqual({ last: NOON + 10 * 60_000, failures: 1 });
  expect(schedule.lines.map(({ level }) => level)).toEqual([50, 30]);
});

test("a clock that is put back does not put off the next try", async () => {
  const parent = join(await newFolder(), "mount");
  const schedule = await openSchedule(join(parent, "backups"), {});
  await waitUntil(() => schedule.seen.failures === 1);
  await mkdir(parent);
  schedule.clock.now -= 24 * HOUR_MS;
  await schedule.pass(11 * 60_000);
  await waitUntil(() => schedule.seen.last === NOON - 24 * HOUR_MS + 11 * 60_000);
});

test("the reason of a failure is in the log", async () => {
  const dataDir = await makeDataFolder("one");
  await rm(join(dataDir, "streakd.db"));
  const schedule = await openSchedule(await newFolder(), { dataDir });
  await schedule.logged("backup failed", 1);
  expect(JSON.stringify(schedule.lines)).toContain(`There is no streakd.db in ${dataDir} to back up`);
});

test("what a killed backup has left is removed by the next one, and that of others is not", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, ".streakd-2024-01-11T12-00-00Z.db.unfinished-7-a1b2c3"));
  await mkdir(join(folder, ".other.db.unfinished-7-a1b2c3"));
  const schedule = await openSchedule(folder, {});
  await schedule.logged("backup made", 1);
  expect((await readdir(folder)).toSorted()).toEqual([
    ".other.db.unfinished-7-a1b2c3",
    "streakd-2024-01-12T12-00-00Z.db",
  ]);
});

test("a server that stops cuts its backup short and leaves nothing of it", async () => {
  const folder = await newFolder();
  const schedule = await openSchedule(folder, { dataDir: await makeDataFolder("one", 20_000) });
  await waitUntil(async () => (await readdir(folder)).length > 0, 1);
  await schedule.close();
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  expect(schedule.seen.failures).toBe(0);
});

test.each([
  [{ BACKUP_KEEP: "3" }, "BACKUP_KEEP needs BACKUP_DIR"],
  [{ BACKUP_EVERY_HOURS: "3" }, "BACKUP_EVERY_HOURS needs BACKUP_DIR"],
  [{ BACKUP_DIR: "b", BACKUP_EVERY_HOURS: "0" }, "BACKUP_EVERY_HOURS must be a whole number from 1 to 8760"],
  [{ BACKUP_DIR: "d", DATA_DIR: "d" }, "BACKUP_DIR must not be DATA_DIR"],
  [{ BACKUP_DIR: "b", MONGODB_URI: "mongodb://m/s" }, "BACKUP_DIR is for the embedded store"],
])("the settings %j are refused", (settings, message) => {
  expect(() => readConfig(settings)).toThrow(message);
});
