import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { IDEMPOTENCY_WINDOW_MS } from "#src/store/events.ts";
import { markLeftOver } from "#src/store/sqlite/changes.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { rememberUsers } from "#src/store/sqlite/remember-users.ts";
import { createSqliteStores } from "#src/store/sqlite/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, DAY, daysOf, impression, months, NOW, project } from "../conformance/fixture.ts";

const newFolder = () => mkdtemp(join(tmpdir(), "streakd-store-"));

describe("the embedded store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function open() {
    const taken = await takeDataFolder(folder, silentLog);
    const store = rememberUsers(createSqliteStores(taken, silentLog));
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

    const error = await store.events.record(batch, NOW).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as StoreUnavailableError).cause).toMatchObject({ message: "database or disk is full" });
    expect((error as StoreUnavailableError).isDiskFull).toBe(true);
    expect(await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({ days: {} });

    database.exec("PRAGMA max_page_count = 1000000");
    expect(await store.events.record(batch, NOW)).toEqual(["stored", "stored"]);
  });

  it("is unavailable for writing while another program holds the database, and works on after", async () => {
    const { store } = await open();
    await store.events.record([checkIn()], NOW);
    const other = new DatabaseSync(join(folder, "streakd.db"));
    onTestFinished(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    await expect(store.events.record([checkIn({ day: DAY + 1 })], NOW)).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.streaks.linkUser("p1", "anon", "ann")).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.settings.claimSetting("name", "value")).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await daysOf(store, "ann")).toEqual(months(DAY));
    other.exec("ROLLBACK");
    expect(await store.events.record([checkIn({ day: DAY + 1 })], NOW)).toEqual(["stored"]);
  });

  it("rejects a batch as a whole when one of its events is a bug, as what it is", async () => {
    const { store } = await open();
    const broken = checkIn({ userHash: undefined as unknown as string });
    const error = await store.events
      .record([checkIn({ idempotencyKey: "k" }), broken], NOW)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    expect(await store.events.record([checkIn({ idempotencyKey: "k" })], NOW)).toEqual(["stored"]);
  });

  it("syncs every commit to disk", async () => {
    const { database } = await open();
    expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
  });

  it("deletes expired idempotency keys as new ones come", async () => {
    const { store, database } = await open();
    const burst = Array.from({ length: 100 }, (_, index) => checkIn({ idempotencyKey: `burst${index}` }));
    await store.events.record(burst, NOW);
    expect(count(database, "idempotency_keys")).toBe(100);
    const later = Array.from({ length: 50 }, (_, index) => checkIn({ idempotencyKey: `later${index}` }));
    await store.events.record(later, NOW + IDEMPOTENCY_WINDOW_MS - 1);
    expect(count(database, "idempotency_keys")).toBe(150);
    await store.events.record(
      later.map((event) => ({ ...event, idempotencyKey: `last${event.idempotencyKey}` })),
      NOW + IDEMPOTENCY_WINDOW_MS,
    );
    expect(count(database, "idempotency_keys")).toBe(100);
  });

  it("keeps one event document for each day, with what the first one carried, through repeats and links", async () => {
    const { store, database } = await open();
    await store.events.record([checkIn({ userHash: "anon", meta: '{"n":1}', sessionId: "s", tz: "UTC" })], NOW);
    await store.events.record([checkIn({ userHash: "anon", meta: '{"n":2}' }), impression({ userHash: "anon" })], NOW);
    await store.events.record([checkIn({ day: DAY + 1, meta: '{"n":3}' })], NOW);
    await store.events.record([checkIn({ userHash: "anon", day: DAY + 1, meta: '{"n":4}' })], NOW);
    await store.streaks.linkUser("p1", "anon", "ann");
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
    await store.projects.createProject(project());
    await store.events.record([checkIn({ idempotencyKey: "k", tz: "UTC" }), impression()], NOW);
    await store.streaks.linkUser("p1", "anon", "ann");
    await store.projects.deleteProject(project());
    await store.analytics.foldChanges(undefined, 10);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    expect(tables.length).toBeGreaterThan(0);
    for (const { name } of tables) {
      expect(count(database, String(name)), String(name)).toBe(0);
    }
  });

  it("forgets no change that is made while changes are folded", async () => {
    const { store } = await open();
    await store.projects.createProject(project());
    await store.events.record([checkIn()], NOW);

    const folding = store.analytics.foldChanges(undefined, 1);
    const recording = store.events.record([checkIn({ day: DAY + 1 })], NOW);
    await Promise.all([folding, recording]);

    expect(await store.analytics.foldChanges(undefined, 10)).toMatchObject({ projectIds: ["p1"] });
  });

  it("does not open where it can't mark what the process before has left to count", async () => {
    const { store, database } = await open();
    await store.events.record([checkIn()], NOW);
    const readOnly = new DatabaseSync(database.location() as string, { readOnly: true });
    onTestFinished(() => readOnly.close());
    expect(() => markLeftOver(readOnly)).toThrow("attempt to write a readonly database");
  });
});
