import { beforeAll, describe, expect, test } from "vitest";
import { useApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own.

const running = useApp();
const NOON = Date.parse("2024-01-12T12:00:00Z");
const ACTIONS = { mode: "cumulative", rules: { counts: "actions" } };

beforeAll(async () => {
  const { status, text } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [
      { event: "like", ...ACTIONS },
      { event: "visit", mode: "cumulative" },
    ],
  });
  expect([status, text]).toEqual([201, expect.anything()]);
});

async function record(userHash: string, ...events: readonly Record<string, unknown>[]): Promise<void> {
  for (const event of events) {
    await running.app.record({ siteKey: "shop", userHash, event: "like", ...event });
  }
}

/** Runs a test at another time. */
async function at<T>(time: string, during: () => Promise<T>): Promise<T> {
  running.app.now = Date.parse(time);
  try {
    return await during();
  } finally {
    running.app.now = NOON;
  }
}

const stateOf = (userHash: string, query: Record<string, string> = {}) =>
  running.app.state({ siteKey: "shop", userHash, event: "like", ...query });

async function currentOf(userHash: string, query: Record<string, string> = {}): Promise<number> {
  return (await stateOf(userHash, query)).streak.current;
}

describe("a cumulative streak that counts actions", () => {
  test("counts each of them, and its state says so", async () => {
    await record("three", {}, {}, {}, { ts: "2024-01-11T12:00:00Z" });
    const { streak, week } = await stateOf("three");
    expect(streak).toEqual({
      ...{ mode: "cumulative", current: 4, best: 4, todayDone: true, pending: false },
      unit: "action",
    });
    expect(week.filter(({ isCheckedIn }) => isCheckedIn)).toHaveLength(2);
  });

  test("has a user who has done nothing at 0", async () => {
    expect((await stateOf("nobody")).streak).toMatchObject({ current: 0, best: 0, unit: "action" });
  });

  test("counts no impressions and interactions with the widget", async () => {
    await record("seen", {}, { eventType: "widget_impression" }, { eventType: "widget_interaction" });
    expect(await currentOf("seen")).toBe(1);
  });

  test("counts no actions of other events, nor those of a widget that counts days", async () => {
    await record("both", {}, { event: "visit" }, { event: "visit" });
    expect(await currentOf("both")).toBe(1);
    expect((await stateOf("both", { event: "visit" })).streak).toEqual({
      ...{ mode: "cumulative", current: 1, best: 1, todayDone: true, pending: false },
    });
  });

  test("counts days and actions alike after a restart", async () => {
    await record("restarted", {}, {}, { idempotencyKey: "k" });
    await running.app.restart();
    await record("restarted", { idempotencyKey: "k" });
    expect(await currentOf("restarted")).toBe(3);
  });
});

describe("an action that is sent again", () => {
  test("counts once by its idempotency key, whatever else it says", async () => {
    await record("by key", { idempotencyKey: "a" }, { idempotencyKey: "a", meta: { n: 1 } }, { idempotencyKey: "b" });
    expect(await currentOf("by key")).toBe(2);
  });

  test("counts once by its key, also when the key has meant nothing else for long", async () => {
    const event = { idempotencyKey: "a", ts: "2024-01-12T09:00:00Z" };
    await record("late", event);
    await at("2024-02-20T12:00:00Z", async () => {
      await record("late", event, event, { ...event, ts: "2024-01-12T10:00:00Z" });
      expect(await currentOf("late")).toBe(1);
    });
  });

  test("counts on each day that somebody uses its key on", async () => {
    await record("daily", { idempotencyKey: "daily" });
    await at("2024-01-13T12:00:00Z", async () => {
      await record("daily", { idempotencyKey: "daily" }, { idempotencyKey: "daily" });
      expect(await currentOf("daily")).toBe(2);
    });
  });

  test("counts once by its `ts`, to the millisecond", async () => {
    const times = ["2024-01-12T09:00:00.001Z", "2024-01-12T10:00:00.001+01:00", "2024-01-12T09:00:00.0019Z"];
    await record("by ts", ...times.map((ts) => ({ ts })), { ts: "2024-01-12T09:00:00.002Z" });
    expect(await currentOf("by ts")).toBe(2);
  });

  test("counts once by its date, where its `ts` is a date alone, in whatever zone", async () => {
    const zones = ["Europe/Paris", "Asia/Tokyo", "America/New_York", "Europe/Paris"];
    await record("by date", ...zones.map((tz) => ({ ts: "2024-01-11", tz })));
    expect(await currentOf("by date")).toBe(1);
    await record("by date", { ts: "2024-01-10", tz: "Europe/Paris" });
    expect(await currentOf("by date")).toBe(2);
  });

  test("counts again where it has neither key nor `ts`", async () => {
    await record("no name", {}, {}, {});
    expect(await currentOf("no name")).toBe(3);
  });

  test("counts twice where only one of the two has a key", async () => {
    const ts = "2024-01-12T09:00:00Z";
    await record("mixed", { ts, idempotencyKey: "a" }, { ts });
    expect(await currentOf("mixed")).toBe(2);
  });

  test("is another one where a key looks like a time", async () => {
    const ts = "2024-01-12T09:00:00Z";
    const names = [`ts:${Date.parse(ts)}`, String(Date.parse(ts)), "date"];
    await record("tricky", { ts }, ...names.map((idempotencyKey) => ({ idempotencyKey })));
    expect(await currentOf("tricky")).toBe(4);
  });

  test("counts once where many are sent at once, each twice", async () => {
    const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`);
    await Promise.all([...keys, ...keys.toReversed()].map((idempotencyKey) => record("many", { idempotencyKey })));
    expect(await currentOf("many")).toBe(30);
    await Promise.all(Array.from({ length: 30 }, () => record("many", {})));
    expect(await currentOf("many")).toBe(60);
  });

  test("counts once on a day, in however many zones the day is done", async () => {
    const [noon, one] = ["2024-01-12T12:00:00Z", "2024-01-12T11:00:00Z"];
    const [berlin, tokyo] = ["Europe/Berlin", "Asia/Tokyo"];
    await record("abroad", { ts: noon, tz: berlin }, { ts: noon, tz: tokyo }, { ts: one, tz: tokyo });
    expect(await currentOf("abroad")).toBe(2);
    // 17:00 in Berlin is the next day in Tokyo, where it is another action.
    await record("abroad", { ts: "2024-01-11T16:00:00Z", tz: berlin }, { ts: "2024-01-11T16:00:00Z", tz: tokyo });
    expect(await currentOf("abroad")).toBe(4);
  });

  test("counts once for a user and an alias that both have it", async () => {
    const shared = { idempotencyKey: "both" };
    await record("known", shared, { ts: "2024-01-12T09:00:00Z" }, {});
    await record("anon", shared, { ts: "2024-01-12T09:00:00Z" }, {}, { ts: "2024-01-10T09:00:00Z" });
    await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "anon", userHash: "known" });
    expect(await currentOf("known")).toBe(5);
    await record("anon", {});
    expect([await currentOf("known"), await currentOf("anon")]).toEqual([6, 6]);
  });
});
