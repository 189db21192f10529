import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countDays } from "#src/domain/months.ts";
import { MIGRATIONS } from "#src/store/sqlite/migrations.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import type { StreakRecord } from "#src/store/streaks.ts";
import { createKeptLog, type KeptLog } from "../../support/log.ts";
import { countAll, totalOf } from "../conformance/analytics/support.ts";
import { checkIn, DAY, DAY_MS, daysBetween, impression, months, NOW } from "../conformance/fixture.ts";

/**
 * Dumps of data folders. The streakd of each schema version has made its own, by the same calls: the history that this
 * file tells. The deletion of `proj_gone` was cut short.
 */
const FILES = new URL("old-files/", import.meta.url);

/** What projects have that were stored before these fields existed. */
const DEFAULTS = {
  ...{ signedUsers: "never", signingSecrets: [], analytics: { keepRepeats: false, metaKeys: [] }, holidays: [] },
  amnesties: [],
};

const WEB = "prj_web";
const APP = "prj_app";

/** Every day of the first 40 up to `DAY`, but one. */
const FORTY_BUT_ONE = Array.from({ length: 40 }, (_, ago) => DAY - ago).filter((day) => day !== DAY - 20);

const NEW_YORK = { name: "America/New_York", at: NOW };
const CAIRO = { name: "Africa/Cairo", at: NOW - 5 * DAY_MS };
const TOKYO = { name: "Asia/Tokyo", at: NOW };
const CAT = { days: months(DAY - 5, DAY - 4, DAY - 3), zone: CAIRO };

/** Every streak that was written. */
const STREAKS: readonly (readonly [project: string, user: string, event: string, StreakRecord])[] = [
  [WEB, "ann", "visit", { days: months(...FORTY_BUT_ONE), zone: NEW_YORK }],
  [WEB, "ann", "like", { days: months(DAY, DAY - 1), zone: NEW_YORK }],
  [WEB, "ann", "share", { days: {}, zone: NEW_YORK }],
  [WEB, "bob", "visit", { days: months(DAY, DAY - 2, DAY - 400, -1), zone: TOKYO }],
  [WEB, "looks", "visit", { days: {} }],
  [WEB, "cookie", "visit", CAT],
  [WEB, "phone", "visit", CAT],
  [WEB, "cat", "visit", CAT],
  [WEB, "a|b", "'; DROP TABLE facts; --", { days: months(DAY) }],
  [WEB, "", "", { days: months(DAY) }],
  [WEB, "只", "🦊", { days: months(DAY) }],
  [APP, "ann", "visit", { days: months(DAY + 1), zone: { name: "Pacific/Kiritimati", at: NOW + DAY_MS } }],
  [APP, "cookie", "visit", { days: months(DAY) }],
];

/** What each event came with that was kept, by project, user, event, day and type. */
const EVENTS = [
  ...FORTY_BUT_ONE.map((day) => [WEB, "ann", "visit", day, "streak_interaction", null, null, null]),
  [WEB, "ann", "like", DAY, "streak_interaction", "America/New_York", "s1", '{"postId":"123","n":"it\'s"}'],
  [WEB, "ann", "like", DAY - 1, "streak_interaction", "Europe/Paris", null, null],
  [WEB, "ann", "visit", DAY, "widget_impression", null, "s1", '{"é":"🦊"}'],
  [WEB, "ann", "visit", DAY, "widget_interaction", null, null, null],
  [WEB, "looks", "visit", DAY, "widget_impression", null, null, null],
  [WEB, "bob", "visit", DAY, "streak_interaction", "Asia/Tokyo", null, null],
  ...[DAY - 2, DAY - 400, -1].map((day) => [WEB, "bob", "visit", day, "streak_interaction", null, null, null]),
  [WEB, "cat", "visit", DAY - 5, "streak_interaction", "Africa/Cairo", null, null],
  [WEB, "cat", "visit", DAY - 5, "widget_impression", null, null, null],
  ...[DAY - 4, DAY - 3].map((day) => [WEB, "cat", "visit", day, "streak_interaction", null, null, null]),
  [WEB, "a|b", "'; DROP TABLE facts; --", DAY, "streak_interaction", null, null, null],
  [WEB, "", "", DAY, "streak_interaction", null, null, null],
  [WEB, "只", "🦊", DAY, "streak_interaction", null, null, null],
  [APP, "ann", "visit", DAY + 1, "streak_interaction", "Pacific/Kiritimati", null, null],
  [APP, "cookie", "visit", DAY, "streak_interaction", null, null, null],
];

it("there is a file of every schema version but today's", async () => {
  const versions = MIGRATIONS.slice(1).map((_, index) => `version-${index + 1}.sql`);
  expect((await readdir(FILES)).toSorted()).toEqual(versions.toSorted());
});

describe.each(MIGRATIONS.slice(1).map((_, index) => index + 1))("a file of schema version %i", (version) => {
  let log: KeptLog;
  let folder: string;
  let store: Stores;
  beforeEach(async () => {
    log = createKeptLog();
    folder = await mkdtemp(join(tmpdir(), "streakd-old-"));
    const database = new DatabaseSync(join(folder, "streakd.db"));
    database.exec(await readFile(new URL(`version-${version}.sql`, FILES), "utf8"));
    expect(database.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: version });
    database.exec("CREATE VIEW report AS SELECT event, count(*) AS events FROM events GROUP BY event");
    database.close();
    store = await openSqliteStores(folder, log);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  it("has every project and setting as it was written", async () => {
    const widget = {
      event: "visit",
      rules: { mode: "continuous" },
      milestones: [{ id: "ms_1", target: 7, msg: "1 week!", rewardType: "message" }],
      settings: { theme: { name: "beige" }, position: "bottom-right", mainMessage: "It's on" },
    };
    expect(await store.projects.listProjects("", 10)).toEqual([
      {
        ...{ id: APP, siteKey: "proj_app", name: "Site proj_app", allowedOrigins: [], timeZone: "Asia/Tokyo" },
        ...{ live: false, widgets: [], ...DEFAULTS },
      },
      {
        ...{ id: WEB, siteKey: "proj_web", name: "Site proj_web", timeZone: "Europe/Berlin", live: true },
        ...{ allowedOrigins: ["https://app.example.com", "*.example.com"], widgets: [widget], ...DEFAULTS },
      },
    ]);
    expect(await store.settings.readSetting("demo_project")).toBe("proj_demo");
    expect(await store.settings.readSetting("admin_token_sha256")).toMatch(/^9f86d0[0-9a-f]{58}$/);
  });

  it("has every day, zone and alias as it was written", async () => {
    const read = STREAKS.map(async ([projectId, userHash, event]) => {
      return [projectId, userHash, event, await store.streaks.readStreak({ projectId, userHash }, event)];
    });
    expect(await Promise.all(read)).toEqual(STREAKS);
    const names = ["cookie", "phone", "cat"].map((userHash) => ({ projectId: WEB, userHash, verify: true }));
    expect(await store.events.resolveUsers(names)).toEqual(names.map(() => ({ userHash: "cat", zone: CAIRO })));
  });

  it("has every event with what it came with", async () => {
    const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
    const rows = database.prepare("SELECT * FROM events WHERE project_id <> 'prj_gone'").all();
    database.close();
    const kept = rows.map(({ project_id, user_hash, event, day, type, tz, session_id, meta }) => {
      return [project_id, user_hash, event, day, type, tz, session_id, meta];
    });
    const inOrder = (events: readonly (readonly unknown[])[]) => events.map((one) => JSON.stringify(one)).toSorted();
    expect(inOrder(kept)).toEqual(inOrder(EVENTS));
    for (const { day, at, received_at } of rows) {
      expect(at).toBe(Number(day) * DAY_MS + DAY_MS / 2);
      expect(received_at).toBe(at);
    }
  });

  it("has what has done each day, and takes it for received when it happened", async () => {
    const noon = (day: number) => day * DAY_MS + DAY_MS / 2;
    const read = (userHash: string, event: string) =>
      store.users.readCheckIns({ projectId: WEB, userHash }, event, daysBetween(DAY - 100, DAY));
    expect(await read("ann", "visit")).toEqual(
      FORTY_BUT_ONE.toReversed().map((day) => ({ day, at: noon(day), receivedAt: noon(day) })),
    );
    expect(await read("cookie", "visit")).toEqual([
      { day: DAY - 5, at: noon(DAY - 5), receivedAt: noon(DAY - 5), tz: "Africa/Cairo" },
      { day: DAY - 4, at: noon(DAY - 4), receivedAt: noon(DAY - 4) },
      { day: DAY - 3, at: noon(DAY - 3), receivedAt: noon(DAY - 3) },
    ]);
  });

  it("keeps a view that a reader has made for themselves", () => {
    const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
    const counted = database.prepare("SELECT events FROM report WHERE event = 'like'").get();
    database.close();
    expect(counted).toEqual({ events: 2 });
  });

  it("knows what is a repeat: days, analytics events, and the keys of users, which no version before 4 has", async () => {
    const repeats = [
      checkIn({ projectId: WEB, event: "visit", day: DAY - 39 }),
      checkIn({ projectId: WEB, userHash: "cat", event: "visit", day: DAY - 5 }),
      impression({ projectId: WEB, event: "visit", id: "seen-1" }),
      impression({ projectId: WEB, userHash: "cat", event: "visit", day: DAY - 5, id: "seen-3" }),
    ];
    expect(await store.events.record(repeats, NOW)).toEqual(repeats.map(() => "repeat"));
    const keyed = [
      checkIn({ projectId: WEB, userHash: "bob", day: DAY + 1, idempotencyKey: "bob-1" }),
      checkIn({ projectId: WEB, day: DAY + 2, idempotencyKey: 'k|%"' }),
    ];
    const isKnown = version >= 4;
    expect(await store.events.record(keyed, NOW)).toEqual(keyed.map(() => (isKnown ? "replayed" : "stored")));
    expect(await store.events.record(keyed, NOW)).toEqual(["replayed", "replayed"]);
    expect(await store.events.record([checkIn({ projectId: WEB, event: "visit", day: DAY - 20 })], NOW)).toEqual([
      "stored",
    ]);
  });

  it("has all of a project's users in one segment, of which nothing was counted, and is counted as written", async () => {
    expect(await store.analytics.foldChanges(undefined, 10)).toMatchObject({ projectIds: [], hasMore: false });
    expect(await store.analytics.listSegments(WEB)).toMatchObject([{ first: "", counted: undefined }]);
    await countAll(store, WEB, 2);
    const days = STREAKS.filter(([project, user]) => project === WEB && user !== "cookie" && user !== "phone").map(
      ([, , , streak]) => countDays(streak.days),
    );
    expect(await totalOf(store, WEB)).toEqual({
      users: new Set(EVENTS.filter(([project]) => project === WEB).map(([, user]) => user)).size,
      days: days.reduce((sum, count) => sum + count, 0),
      events: EVENTS.filter(([project]) => project === WEB).length,
    });
  });

  it("has the deletion finished that was cut short, and both reported", async () => {
    const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
    const left = () =>
      database
        .prepare("SELECT (SELECT count(*) FROM deleted_projects), count(*) FROM facts WHERE project_id = 'prj_gone'")
        .get();
    await expect.poll(() => Object.values(left() ?? {})).toEqual([0, 0]);
    database.close();
    const reported = [{ from: version, to: MIGRATIONS.length }, { siteKey: "proj_gone" }];
    await expect.poll(() => log.lines.map(({ details }) => details)).toEqual(reported);
  });
});
