import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { StartError } from "#src/errors.ts";
import { SLICE_ROWS } from "#src/store/sqlite/deletions.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { rememberUsers } from "#src/store/sqlite/known-users.ts";
import { MIGRATIONS, migrate } from "#src/store/sqlite/migrations.ts";
import { openEmbeddedStore } from "#src/store/sqlite/open.ts";
import { createSqliteStore } from "#src/store/sqlite/store.ts";
import { IDEMPOTENCY_WINDOW_MS, StoreUnavailableError, type StreakStore } from "#src/store/streak-store.ts";
import { checkIn, DAY, daysOf, impression, months, NOW, project } from "../conformance/fixture.ts";
import { describeStreakStore } from "../conformance.ts";

/** How large SQLite's log is when it is written back in any case. */
const FULL_LOG_BYTES = 64 * 2 ** 20;

const newFolder = () => mkdtemp(join(tmpdir(), "streakd-store-"));

describeStreakStore("embedded", async () => {
  const folder = await newFolder();
  let store = await openEmbeddedStore(folder);
  return {
    store,
    async reopen() {
      await store.close();
      store = await openEmbeddedStore(folder);
      return store;
    },
    async cleanup() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe("the embedded store's data folder", () => {
  let folder: string;
  let database: string;
  beforeEach(async () => {
    folder = await newFolder();
    database = join(folder, "streakd.db");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Opens the store, and closes it with the test. */
  async function open(path = folder): Promise<StreakStore> {
    const store = await openEmbeddedStore(path);
    onTestFinished(() => store.close());
    return store;
  }

  /** The message with which the folder is refused. */
  async function refusal(path = folder): Promise<string> {
    const error = await openEmbeddedStore(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StartError);
    return (error as StartError).message;
  }

  /** The message with which the folder is refused to a process that is not root's, since root may write anywhere. */
  async function refusalWithoutPrivileges(path: string): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { chownSync, readdirSync } from "node:fs";
        const { openEmbeddedStore } = await import("#src/store/sqlite/open.ts");
        if (process.getuid() === 0) {
          const nobody = 65534;
          for (const name of ["", ...readdirSync(process.argv[1])]) chownSync(\`\${process.argv[1]}/\${name}\`, nobody, nobody);
          chownSync(process.argv[2], nobody, nobody);
          process.setgid(nobody);
          process.setuid(nobody);
        }
        await openEmbeddedStore(process.argv[1]).catch((error) => console.log(error.message));`,
        path,
        folder,
      ],
      { cwd: new URL("../../..", import.meta.url) },
    );
    return stdout;
  }

  it("is made when it is missing, with the folders above it", async () => {
    const path = join(folder, "var", "lib");
    await open(path);
    await access(join(path, "streakd.db"));
  });

  it("is refused while this process has it open, by whatever name, and free again after", async () => {
    const store = await openEmbeddedStore(folder);
    expect(await refusal()).toContain(`The data folder ${folder} is in use`);
    const link = join(folder, "link");
    await symlink(folder, link);
    expect(await refusal(link)).toContain("is in use");
    expect(await store.record([checkIn()], NOW)).toEqual(["stored"]);
    await store.close();
    await open();
  });

  it("is refused while another process has it open, and survives that process's kill -9 with all it acknowledged", async () => {
    const other = await openInAnotherProcess(folder, `await store.record([${JSON.stringify(checkIn())}], ${NOW})`);
    expect(await refusal()).toBe(
      `The data folder ${folder} is in use: another process holds streakd.lock. Stop that process, which is most likely another streakd, or give this one a data folder of its own.`,
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(await daysOf(await open(), "ann")).toEqual(months(DAY));
  });

  it("can be backed up and read while it is open", async () => {
    const store = await open();
    await store.record([checkIn()], NOW);
    const copy = join(folder, "backup");
    await mkdir(copy);
    const source = new DatabaseSync(database, { readOnly: true });
    await backup(source, join(copy, "streakd.db"));
    source.close();
    expect(await store.record([checkIn({ day: DAY + 1 })], NOW)).toEqual(["stored"]);
    expect(await daysOf(await open(copy), "ann")).toEqual(months(DAY));
  });

  it("has its log written back into the database while events come, long before the log is full", async () => {
    const store = await open();
    const { size } = await stat(database);
    let users = 0;
    while ((await stat(database)).size === size) {
      await store.record(
        Array.from({ length: 100 }, () => checkIn({ userHash: `user${users++}` })),
        NOW,
      );
    }
    expect((await stat(`${database}-wal`)).size).toBeLessThan(FULL_LOG_BYTES / 2);
  });

  it("is one whole file again when it is closed", async () => {
    const store = await openEmbeddedStore(folder);
    await store.record([checkIn()], NOW);
    await store.close();
    expect((await readdir(folder)).sort()).toEqual(["streakd.db", "streakd.lock"]);
  });

  it("is refused when a file is in its place", async () => {
    const path = join(folder, "file");
    await writeFile(path, "");
    expect(await refusal(path)).toContain("a file is in its place. Move the file away");
    expect(await refusal(join(path, "below"))).toContain("a file is in its place. Move the file away");
  });

  it("is refused when it can't be written", async () => {
    const path = join(folder, "locked");
    await mkdir(path, { mode: 0o500 });
    expect(await refusalWithoutPrivileges(path)).toContain("can't be written. Give the user that runs streakd");
  });

  it.each(["streakd.db", "streakd.lock"])("is refused when %s in it can't be written", async (name) => {
    await (await openEmbeddedStore(folder)).close();
    await chmod(join(folder, name), 0o400);
    expect(await refusalWithoutPrivileges(folder)).toContain(`${join(folder, name)} can't be opened for writing`);
  });

  it("is refused when it can't be made", async () => {
    expect(await refusal(join(folder, "x".repeat(256)))).toContain("can't be made (ENAMETOOLONG");
  });

  it("is refused when the database in it is no database", async () => {
    await writeFile(database, "This is no database. ".repeat(1000));
    expect(await refusal()).toContain(`${database} is damaged, or is not a SQLite database. Move it away`);
  });

  it("is refused when the database in it is another program's, and leaves it as it is", async () => {
    const other = new DatabaseSync(database);
    other.exec("CREATE TABLE projects (name TEXT)");
    other.close();
    expect(await refusal()).toContain(`${database} is no database of streakd`);
  });

  it("is refused when its lock is damaged, with the advice to delete it", async () => {
    const lock = join(folder, "streakd.lock");
    await writeFile(lock, "This is no database. ".repeat(1000));
    expect(await refusal()).toBe(`${lock} is damaged. It holds nothing: delete it.`);
  });

  it("lets nobody else read what it keeps, even in a folder that others may read", async () => {
    await chmod(folder, 0o755);
    const store = await open();
    await store.record([checkIn()], NOW);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    }
  });

  it("is refused when the database in it is a folder", async () => {
    await mkdir(database);
    expect(await refusal()).toContain(`${database} can't be opened for writing`);
  });

  it("is refused when a newer streakd wrote it, and is left as it is", async () => {
    await (await openEmbeddedStore(folder)).close();
    changeDatabase(database, "PRAGMA user_version = 1000");
    expect(await refusal()).toContain(`${database} was written by a newer streakd. The schema has version 1000`);
    changeDatabase(database, `PRAGMA user_version = ${MIGRATIONS.length}`);
    await open();
  });

  it("is free again after it was refused", async () => {
    await writeFile(database, "This is no database. ".repeat(1000));
    await refusal();
    await rm(database);
    await open();
  });
});

describe("the embedded store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function open() {
    const taken = await takeDataFolder(folder);
    const store = rememberUsers(createSqliteStore(taken));
    onTestFinished(() => store.close());
    return { store, database: taken.database };
  }

  const count = (database: DatabaseSync, table: string) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

  it("rejects a batch as a whole while the disk is full, and works on when there is room", async () => {
    const { store, database } = await open();
    const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = impression({ meta: JSON.stringify({ filler: "x".repeat(100_000) }) });
    const batch = [checkIn({ idempotencyKey: "k", tz: "UTC" }), large];

    const error = await store.record(batch, NOW).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as StoreUnavailableError).cause).toMatchObject({ message: "database or disk is full" });
    expect(await store.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({ days: {} });

    database.exec("PRAGMA max_page_count = 1000000");
    expect(await store.record(batch, NOW)).toEqual(["stored", "stored"]);
  });

  it("is unavailable for writing while another program holds the database, and works on after", async () => {
    const { store } = await open();
    await store.record([checkIn()], NOW);
    const other = new DatabaseSync(join(folder, "streakd.db"));
    onTestFinished(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    await expect(store.record([checkIn({ day: DAY + 1 })], NOW)).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.linkUser("p1", "anon", "ann")).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.claimSetting("name", "value")).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await daysOf(store, "ann")).toEqual(months(DAY));
    other.exec("ROLLBACK");
    expect(await store.record([checkIn({ day: DAY + 1 })], NOW)).toEqual(["stored"]);
  });

  it("rejects a batch as a whole when one of its events is a bug, as what it is", async () => {
    const { store } = await open();
    const broken = checkIn({ userHash: undefined as unknown as string });
    const error = await store
      .record([checkIn({ idempotencyKey: "k" }), broken], NOW)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    expect(await store.record([checkIn({ idempotencyKey: "k" })], NOW)).toEqual(["stored"]);
  });

  it("syncs every commit to disk", async () => {
    const { database } = await open();
    expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
  });

  it("deletes expired idempotency keys as new ones come", async () => {
    const { store, database } = await open();
    const burst = Array.from({ length: 100 }, (_, index) => checkIn({ idempotencyKey: `burst${index}` }));
    await store.record(burst, NOW);
    expect(count(database, "idempotency_keys")).toBe(100);
    const later = Array.from({ length: 50 }, (_, index) => checkIn({ idempotencyKey: `later${index}` }));
    await store.record(later, NOW + IDEMPOTENCY_WINDOW_MS - 1);
    expect(count(database, "idempotency_keys")).toBe(150);
    await store.record(
      later.map((event) => ({ ...event, idempotencyKey: `last${event.idempotencyKey}` })),
      NOW + IDEMPOTENCY_WINDOW_MS,
    );
    expect(count(database, "idempotency_keys")).toBe(100);
  });

  it("keeps one event document for each day, with what the first one carried, through repeats and links", async () => {
    const { store, database } = await open();
    await store.record([checkIn({ userHash: "anon", meta: '{"n":1}', sessionId: "s", tz: "UTC" })], NOW);
    await store.record([checkIn({ userHash: "anon", meta: '{"n":2}' }), impression({ userHash: "anon" })], NOW);
    await store.record([checkIn({ day: DAY + 1, meta: '{"n":3}' })], NOW);
    await store.record([checkIn({ userHash: "anon", day: DAY + 1, meta: '{"n":4}' })], NOW);
    await store.linkUser("p1", "anon", "ann");
    const kept = database.prepare("SELECT user_hash, day, type, meta FROM events ORDER BY day, type").all();
    expect(kept.map((row) => ({ ...row }))).toEqual([
      { user_hash: "ann", day: DAY, type: "streak_interaction", meta: '{"n":1}' },
      { user_hash: "ann", day: DAY, type: "widget_impression", meta: null },
      { user_hash: "ann", day: DAY + 1, type: "streak_interaction", meta: '{"n":3}' },
    ]);
    for (const table of ["streaks", "users", "events"]) {
      expect(database.prepare(`SELECT * FROM ${table} WHERE user_hash = 'anon'`).all(), table).toEqual([]);
    }
  });

  it("leaves nothing of a deleted project in any table", async () => {
    const { store, database } = await open();
    await store.createProject(project());
    await store.record([checkIn({ idempotencyKey: "k", tz: "UTC" }), impression()], NOW);
    await store.linkUser("p1", "anon", "ann");
    await store.deleteProject("site_1");
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    expect(tables.length).toBeGreaterThan(0);
    for (const { name } of tables) {
      expect(count(database, String(name)), String(name)).toBe(0);
    }
  });
});

describe("the embedded store, deleting a project with many rows", () => {
  const ROWS = 2 * SLICE_ROWS + 1;
  let folder: string;
  let store: StreakStore;
  let database: DatabaseSync;
  beforeEach(async () => {
    folder = await newFolder();
    await open();
    await store.createProject(project());
    database.exec(`
      WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
      INSERT INTO facts (project_id, user_hash, kind, event, month, value)
        SELECT 'p1', 'user ' || n, 2, 'like', '2024-01', 1 FROM numbers
    `);
    await store.record([checkIn({ projectId: "p2" })], NOW);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  async function open() {
    const taken = await takeDataFolder(folder);
    database = taken.database;
    store = rememberUsers(createSqliteStore(taken));
  }
  const left = (projectId = "p1") =>
    database.prepare("SELECT count(*) AS n FROM streaks WHERE project_id = ?").get(projectId)?.n;
  /** Lets the event loop turn until it is so. */
  async function until(isSo: () => boolean) {
    while (!isSo()) {
      await setImmediate();
    }
  }
  const isFinished = () => database.prepare("SELECT * FROM deleted_projects").get() === undefined;

  it("has its siteKey free at once, and other work go on between slices", async () => {
    const deletion = store.deleteProject("site_1");
    expect(await store.readProject("site_1")).toBeUndefined();
    expect(await store.createProject(project({ id: "p3" }))).toBe(true);
    expect(left()).toBe(ROWS);
    await until(() => left() !== ROWS);
    expect(left()).toBe(ROWS - SLICE_ROWS);
    expect(await store.record([checkIn({ projectId: "p2", day: DAY + 1 })], NOW)).toEqual(["stored"]);
    expect(left()).toBe(ROWS - SLICE_ROWS);
    expect(await deletion).toBe(true);
    expect(left()).toBe(0);
    expect(await daysOf(store, "ann", "like", "p2")).toEqual(months(DAY, DAY + 1));
    expect(await store.readProject("site_1")).toBeDefined();
  });

  it("stops when it is closed, and goes on when it is opened again", async () => {
    const deletion = store.deleteProject("site_1");
    const outcome = expect(deletion).rejects.toBeInstanceOf(StoreUnavailableError);
    await until(() => left() !== ROWS);
    await store.close();
    await outcome;

    await open();
    expect(left()).toBe(ROWS - SLICE_ROWS);
    await until(isFinished);
    expect([left(), left("p2")]).toEqual([0, 1]);
  });

  it("finishes after a crash, also while events for the deleted project still come", async () => {
    database.exec(`
      INSERT INTO deleted_projects SELECT id, site_key FROM projects;
      DELETE FROM projects;
    `);
    await store.close();

    await open();
    while (!isFinished()) {
      await store.record([checkIn({ userHash: "late" })], NOW);
      await setImmediate();
    }
    expect(await daysOf(store, `user ${ROWS}`)).toEqual({});
    expect(left("p2")).toBe(1);
  });

  it("may be closed again before it has finished what a crash left over", async () => {
    database.exec("INSERT INTO deleted_projects VALUES ('p1', 'gone')");
    await store.close();
    await open();
    await store.close();
    await setImmediate();
    await open();
    expect(left()).toBe(ROWS);
    await until(isFinished);
  });

  it("goes on where a busy database has cut it short, when it is asked again", async () => {
    const deletion = store.deleteProject("site_1");
    const other = new DatabaseSync(join(folder, "streakd.db"));
    other.exec("BEGIN IMMEDIATE");
    await expect(deletion).rejects.toBeInstanceOf(StoreUnavailableError);
    other.close();
    expect(await store.deleteProject("site_1")).toBe(true);
    expect([left(), isFinished()]).toEqual([0, true]);
    expect(await store.deleteProject("site_1")).toBe(false);
  });
});

describe("a migration of the embedded database", () => {
  function openInMemory(): DatabaseSync {
    const database = new DatabaseSync(":memory:");
    onTestFinished(() => database.close());
    return database;
  }
  const versionOf = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.user_version;
  const first = "CREATE TABLE notes (text TEXT)";
  const second = "ALTER TABLE notes ADD COLUMN author TEXT; UPDATE notes SET author = 'nobody'";

  it("brings an older database forward, with what is in it, and runs once", () => {
    const database = openInMemory();
    migrate(database, [first]);
    database.exec("INSERT INTO notes VALUES ('kept')");
    migrate(database, [first, second]);
    migrate(database, [first, second]);
    expect({ ...database.prepare("SELECT * FROM notes").get() }).toEqual({ text: "kept", author: "nobody" });
    expect(versionOf(database)).toBe(2);
  });

  it("puts what the four tables of users held into one, where it is read as before", () => {
    const database = openInMemory();
    migrate(database, MIGRATIONS.slice(0, 1));
    database.exec(`
      INSERT INTO aliases VALUES ('p1', 'anon', 'ann');
      INSERT INTO users VALUES ('p1', 'ann', 'UTC', 5);
      INSERT INTO streaks VALUES ('p1', 'ann', 'like', '2024-01', 3);
      INSERT INTO events VALUES ('p1', 'ann', 'like', 19737, '', 'streak_interaction', 5, 'UTC', 's', '{}');
    `);
    const held = () =>
      ["aliases", "users", "streaks", "events"].map((name) => database.prepare(`SELECT * FROM ${name}`).all());
    const before = held();
    migrate(database, MIGRATIONS);
    expect(held()).toEqual(before);
  });

  it("that fails halfway leaves the database at the version before it", () => {
    const database = openInMemory();
    expect(() => migrate(database, [first, `${second}; SELECT * FROM missing`])).toThrow("no such table: missing");
    expect(versionOf(database)).toBe(1);
    expect(database.prepare("SELECT * FROM pragma_table_info('notes')").all()).toHaveLength(1);
    migrate(database, [first, second]);
    expect(versionOf(database)).toBe(2);
  });
});

function changeDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Opens the store in a process of its own, which runs `work` on it and then holds it until it is killed. */
async function openInAnotherProcess(folder: string, work: string): Promise<ChildProcess> {
  const program = `
    import { openEmbeddedStore } from ${JSON.stringify(import.meta.resolve("#src/store/sqlite/open.ts"))};
    const store = await openEmbeddedStore(${JSON.stringify(folder)});
    ${work};
    console.log("ready");
    setInterval(() => store, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("The other process ended before it had the store open."))),
  ]);
  return child;
}
