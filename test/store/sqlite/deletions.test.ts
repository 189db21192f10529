import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connection } from "#src/store/sqlite/connection.ts";
import { createDeletions, SLICE_ROWS } from "#src/store/sqlite/deletions.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { rememberUsers } from "#src/store/sqlite/remember-users.ts";
import { createSqliteStores } from "#src/store/sqlite/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { createKeptLog, silentLog } from "../../support/log.ts";
import { checkIn, DAY, daysOf, months, NOW, project, token } from "../conformance/fixture.ts";

const newFolder = () => mkdtemp(join(tmpdir(), "streakd-store-"));

describe("the embedded store, deleting a project with many rows", () => {
  const ROWS = 2 * SLICE_ROWS + 1;
  let folder: string;
  let store: Stores;
  let database: DatabaseSync;
  beforeEach(async () => {
    folder = await newFolder();
    await open();
    await store.projects.createProject(project());
    database.exec(`
      WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
      INSERT INTO facts (project_id, user_hash, kind, event, month, days)
        SELECT 'p1', 'user ' || n, 2, 'like', '2024-01', 1 FROM numbers
    `);
    await store.events.record([checkIn({ projectId: "p2" })], NOW);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  async function open() {
    const taken = await takeDataFolder(folder, silentLog);
    database = taken.database;
    store = rememberUsers(createSqliteStores(taken, silentLog));
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

  it("keeps no count of rejected events that comes after it", async () => {
    await store.projects.deleteProject(project());
    await store.usage.addRejected("p1", "2024-01", 3);
    expect(database.prepare("SELECT * FROM rejections").all()).toEqual([]);
  });

  it("has its tokens void at once, also for a project that is made anew with its siteKey", async () => {
    await store.tokens.createToken(token());
    const deletion = store.projects.deleteProject(project());
    await store.projects.createProject(project({ id: "p3" }));
    expect(isFinished()).toBe(false);
    expect(await store.tokens.findToken(token().secretHash)).toBeUndefined();
    expect(await store.tokens.readToken("tok_1")).toBeUndefined();
    expect(await store.tokens.createToken(token({ id: "tok_2" }))).toBeUndefined();
    await deletion;
    expect(await store.tokens.listTokens(undefined, "", 10)).toEqual([]);
  });

  it("has its siteKey free at once, and other work go on between slices", async () => {
    const deletion = store.projects.deleteProject(project());
    expect(await store.projects.readProject("site_1")).toBeUndefined();
    expect(await store.projects.createProject(project({ id: "p3" }))).toBe(true);
    expect(left()).toBe(ROWS);
    await until(() => left() !== ROWS);
    expect(left()).toBe(ROWS - SLICE_ROWS);
    expect(await store.events.record([checkIn({ projectId: "p2", day: DAY + 1 })], NOW)).toEqual(["stored"]);
    expect(left()).toBe(ROWS - SLICE_ROWS);
    expect(await deletion).toBe(true);
    expect(left()).toBe(0);
    expect(await daysOf(store, "ann", "like", "p2")).toEqual(months(DAY, DAY + 1));
    expect(await store.projects.readProject("site_1")).toBeDefined();
  });

  it("stops when it is closed, and goes on when it is opened again", async () => {
    const deletion = store.projects.deleteProject(project());
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
      await store.events.record([checkIn({ userHash: "late" })], NOW);
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

  it("reports when a busy database keeps it from finishing what a crash left over", async () => {
    database.exec("INSERT INTO deleted_projects VALUES ('p1', 'gone')");
    const other = new DatabaseSync(join(folder, "streakd.db"));
    other.exec("BEGIN IMMEDIATE");
    const log = createKeptLog();
    await createDeletions(new Connection(database), log).finishLeftOver();
    other.close();
    expect(log.lines).toMatchObject([
      { level: "info", details: { siteKey: "gone" } },
      { level: "warn", details: { err: expect.any(StoreUnavailableError) } },
    ]);
  });

  it("goes on where a busy database has cut it short, when it is asked again", async () => {
    const deletion = store.projects.deleteProject(project());
    const other = new DatabaseSync(join(folder, "streakd.db"));
    other.exec("BEGIN IMMEDIATE");
    await expect(deletion).rejects.toBeInstanceOf(StoreUnavailableError);
    other.close();
    expect(await store.projects.deleteProject(project())).toBe(true);
    expect([left(), isFinished()]).toEqual([0, true]);
    expect(await store.projects.deleteProject(project())).toBe(false);
  });
});
