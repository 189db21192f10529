import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own, but for those of analytics.

const running = useApp();
const ACTIONS = { mode: "cumulative", rules: { counts: "actions" } };
const NOON = Date.parse("2024-01-12T12:00:00Z");

beforeAll(async () => {
  const { status, text } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [
      { event: "like", ...ACTIONS },
      { event: "visit" },
      {
        event: "awarded",
        ...ACTIONS,
        milestones: [
          { id: "four", target: 4, scope: "run" },
          { id: "each", target: 3, scope: "ever", repeats: true },
          { id: "plain", target: 6 },
        ],
      },
    ],
  });
  expect([status, text]).toEqual([201, expect.anything()]);
});

/** Records so many actions on each day of January. */
async function record(userHash: string, counts: Readonly<Record<number, number>>, event = "like"): Promise<void> {
  for (const [day, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      const ts = new Date(Date.UTC(2024, 0, Number(day), 9, index)).toISOString();
      await running.app.record({ siteKey: "shop", userHash, event, ts });
    }
  }
}

const stateOf = (userHash: string, query: Record<string, string> = {}) =>
  running.app.state({ siteKey: "shop", userHash, event: "like", ...query });

const explain = async (userHash: string, query: string, event = "like") =>
  (await running.app.admin("GET", `/admin/projects/shop/users/${userHash}/streaks/${event}:explain${query}`)).json;

describe("the state of a past day", () => {
  test("counts the actions up to it, also those that are received later", async () => {
    await record("past", { 8: 3, 10: 1, 12: 2 });
    const currents = async () =>
      Promise.all(
        ["07", "08", "09", "10", "11", "12"].map(
          async (day) => (await stateOf("past", { asOf: `2024-01-${day}` })).streak.current,
        ),
      );
    expect(await currents()).toEqual([0, 3, 3, 4, 4, 6]);
    await record("past", { 10: 2 });
    expect(await currents()).toEqual([0, 3, 3, 5, 5, 7]);
  });
});

describe("an explanation of actions", () => {
  test("tells what each day adds, and adds up to `current`", async () => {
    await record("explained", { 9: 1, 10: 3, 12: 2 });
    const explanation = await explain("explained", "?from=2024-01-09");
    expect(explanation).toMatchObject({ streak: { current: 6, unit: "action" }, runFirstDate: "2024-01-09" });
    expect(explanation).toMatchObject({
      countedBefore: 0,
      periods: [
        { firstDate: "2024-01-09", outcome: "kept", counted: 1, done: 1, needed: 0, unit: "action" },
        { firstDate: "2024-01-10", outcome: "kept", counted: 3, done: 1, needed: 0, unit: "action" },
        { firstDate: "2024-01-11", outcome: "between", counted: 0, done: 0, needed: 0, unit: "action" },
        { firstDate: "2024-01-12", outcome: "kept", counted: 2, done: 1, needed: 0, unit: "action" },
      ],
    });
    expect((await explain("explained", "?from=2024-01-11")).countedBefore).toBe(4);
    expect((await explain("explained", "?from=2024-01-10")).countedBefore).toBe(1);
  });

  test("is about the day that it is as of", async () => {
    await record("as of", { 9: 2, 10: 3, 12: 2 });
    const explanation = await explain("as of", "?asOf=2024-01-10");
    expect(explanation.streak.current).toBe(5);
    expect(explanation.periods.map(({ counted }: { counted: number }) => counted)).toEqual([2, 3]);
  });

  test("says over RPC that it counts actions", async () => {
    await record("by rpc", { 12: 2 });
    const transport = createConnectTransport({ baseUrl: running.app.url, httpVersion: "1.1" });
    const { explanation } = await createClient(RulesService, transport).explainStreak(
      { siteKey: "shop", userHash: "by rpc", event: "like" },
      { headers: { "X-Admin-Token": ADMIN_TOKEN } },
    );
    expect(explanation?.streak?.unit).toBe(StreakUnit.ACTION);
    expect(explanation?.periods.at(-1)).toMatchObject({ counted: 2, unit: StreakUnit.ACTION });
  });
});

describe("a milestone of actions", () => {
  const milestonesOf = async (userHash: string, query: Record<string, string> = {}) => {
    const { milestones } = await stateOf(userHash, { event: "awarded", ...query });
    return Object.fromEntries(milestones.map(({ id, ...milestone }) => [id, milestone]));
  };

  test("is awarded on the first day up to which there are as many", async () => {
    await record("awarded", { 8: 3, 10: 2, 12: 1 }, "awarded");
    expect(await milestonesOf("awarded")).toMatchObject({
      four: { achieved: true, timesAwarded: 1, awardedDate: "2024-01-10", awardedAt: "2024-01-10T09:00:00.000Z" },
      each: { achieved: true, timesAwarded: 2, awardedDate: "2024-01-12" },
      plain: { achieved: true },
    });
    expect(await milestonesOf("awarded", { asOf: "2024-01-09" })).toMatchObject({
      four: { achieved: false, timesAwarded: 0 },
      each: { achieved: true, timesAwarded: 1, awardedDate: "2024-01-08" },
      plain: { achieved: false },
    });
  });

  test("moves to an earlier day, and is not awarded again, when a delayed action comes", async () => {
    await record("delayed", { 8: 3, 10: 2 }, "awarded");
    await record("delayed", { 7: 1 }, "awarded");
    expect(await milestonesOf("delayed")).toMatchObject({
      four: { timesAwarded: 1, awardedDate: "2024-01-08" },
      each: { timesAwarded: 2, awardedDate: "2024-01-10" },
    });
  });
});

describe("the users of a project", () => {
  test("are listed and shown with their actions, and with their days as ever", async () => {
    await record("listed", { 10: 2, 12: 3 });
    await record("listed", { 12: 2 }, "visit");
    const streaks = [
      { event: "like", streak: { current: 5, unit: "action" }, daysDone: 2 },
      { event: "visit", streak: { mode: "continuous", current: 1 }, daysDone: 1 },
    ];
    const list = (await running.app.admin("GET", "/admin/projects/shop/users?prefix=listed")).json;
    expect(list.users).toMatchObject([{ userHash: "listed", streaks }]);
    const user = (await running.app.admin("GET", "/admin/projects/shop/users/listed?year=2024")).json;
    expect(user).toMatchObject({ activeDays: 2, streaks });
    expect(user.streaks[0].calendar.dates).toEqual(["2024-01-10", "2024-01-12"]);
  });

  test("are shown alike by an alias", async () => {
    await record("own", { 12: 2 });
    await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "alias", userHash: "own" });
    const user = (await running.app.admin("GET", "/admin/projects/shop/users/alias")).json;
    expect(user.streaks).toMatchObject([{ streak: { current: 2 } }]);
  });
});

describe("analytics", () => {
  const read = async (question: string) =>
    (await running.app.admin("GET", `/admin/projects/counted/analytics/${question}`)).json;
  const widget = (rules: object) => [
    { event: "like", mode: "cumulative", milestones: [{ id: "m", target: 4 }], ...rules },
  ];

  test("count actions where the widget does, as soon as it does, and activity by days", async () => {
    const { app } = running;
    await app.admin("POST", "/admin/projects", { siteKey: "counted", widgets: widget({ rules: ACTIONS.rules }) });
    for (const minute of ["00", "01", "02", "03"]) {
      await app.record({ siteKey: "counted", event: "like", ts: `2024-01-11T09:${minute}:00Z` });
    }
    expect((await read("streaks")).lengths).toEqual([{ days: 4, streaks: 1 }]);
    expect((await read("milestones")).milestones).toMatchObject([{ id: "m", users: 1, usersInRange: 1 }]);
    const { periods } = await read("activity?from=2024-01-11&to=2024-01-11");
    expect(periods).toMatchObject([{ checkIns: 1 }]);
    // One more action of a day that is done and counted.
    await app.record({ siteKey: "counted", event: "like", ts: "2024-01-11T09:04:00Z" });
    expect((await read("streaks")).lengths).toEqual([{ days: 5, streaks: 1 }]);

    await app.admin("PATCH", "/admin/projects/counted", { widgets: [] });
    await app.admin("PATCH", "/admin/projects/counted", { widgets: widget({}) });
    expect((await read("streaks")).lengths).toEqual([{ days: 1, streaks: 1 }]);
    expect((await read("milestones")).milestones).toMatchObject([{ id: "m", users: 0 }]);
    expect(app.now).toBe(NOON);
  });
});
