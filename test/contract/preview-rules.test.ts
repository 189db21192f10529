import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeAll, expect, test } from "vitest";
import { CadenceKind } from "#gen/streak/v1/rules_pb.ts";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC.

const running = useApp();
const SHOP = "/admin/projects/shop";
const weekly = { cadence: { kind: "days_a_week", days: 2 } };
/** Two days in each of two weeks. */
const DATES = ["2024-01-02", "2024-01-05", "2024-01-09", "2024-01-11"];

beforeAll(async () => {
  const { status } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [{ event: "visit" }, { event: "weekly", rules: weekly }],
    holidays: [{ name: "x", dates: ["2024-01-03", "2024-01-04"] }],
  });
  expect(status).toBe(201);
});

const preview = (body: object) => running.app.admin("POST", `${SHOP}/rules:preview`, body);

test("rules for an event that has no widget hold from the beginning", async () => {
  const { status, json } = await preview({ widget: { event: "new", rules: weekly }, dates: DATES });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    streak: { current: 2, best: 2, unit: "week", pending: false, progress: { done: 2, needed: 2 } },
    today: "2024-01-12",
    runFirstDate: "2024-01-01",
    countedBefore: 0,
    periods: [
      {
        firstDate: "2024-01-01",
        lastDate: "2024-01-07",
        outcome: "kept",
      },
      { firstDate: "2024-01-08", lastDate: "2024-01-14", outcome: "kept" },
    ],
  });
  expect(json).not.toHaveProperty("timeZone");
  expect(JSON.stringify(json)).not.toContain("checkIn");
});

test("rules with repairs and grace tell what could be repaired, and make nothing of the history late", async () => {
  const rules = { graceMinutes: 360, repairs: { withinDays: 3 } };
  const { json } = await preview({ widget: { event: "new", rules }, dates: ["2024-01-08", "2024-01-09"] });
  expect(json.streak).toMatchObject({
    current: 0,
    repair: { currentAfter: 2, lastDate: "2024-01-13", canBePaid: true },
  });
  expect(json.today).toBe("2024-01-12");
  const refused = await preview({ widget: { event: "new", rules: { repairs: { withinDays: 3, price: "freeze" } } } });
  expect([outcomeOf(refused), refused.json.field]).toEqual(["400 INVALID_BODY", "widget.rules.repairs.price"]);
});

test("rules for an event that has a widget are a change of it, from tomorrow on or from their day", async () => {
  const rules = { cadence: { kind: "every_n_days", days: 4 } };
  const visit = (fields: object) =>
    preview({ widget: { event: "visit", ...fields }, dates: DATES, from: "2024-01-01" });
  expect((await visit({ rules })).json.streak).toMatchObject({ current: 1, best: 1, unit: "day", pending: true });

  const today = await visit({ rules, rulesFrom: "2024-01-12" });
  expect(today.json.streak).toMatchObject({ current: 1, pending: false, progress: { lastDate: "2024-01-15" } });
  expect((await running.app.admin("GET", SHOP)).json.widgets[0]).not.toHaveProperty("rules");
});

test("a widget without rules has those that it has already", async () => {
  const { json } = await preview({ widget: { event: "weekly" }, dates: DATES });
  expect(json.streak).toMatchObject({ current: 2, unit: "week" });
  const plain = await preview({ widget: { event: "visit" }, dates: DATES });
  expect(plain.json.streak).toEqual({ mode: "continuous", current: 1, best: 1, todayDone: false, pending: true });
});

test("today is the project's today, or any other day", async () => {
  const widget = { event: "new", rules: weekly };
  const { json } = await preview({ widget, dates: DATES, today: "2024-01-05" });
  expect(json).toMatchObject({ today: "2024-01-05", streak: { current: 1, best: 2, todayDone: true } });
  expect((await preview({ widget, dates: DATES, today: "2024-01-22" })).json.streak).toMatchObject({ current: 0 });
});

test("today waits for the grace, as in a state", async () => {
  const { app } = running;
  const previewed = async (dates: readonly string[]) =>
    (await preview({ widget: { event: "new", rules: { graceMinutes: 120 } }, dates })).json;
  const noon = app.now;
  app.now = Date.parse("2024-01-12T01:00:00Z");
  expect(await previewed(["2024-01-10"])).toMatchObject({
    today: "2024-01-11",
    streak: { current: 1, pending: true },
  });
  expect(await previewed(["2024-01-11"])).toMatchObject({ today: "2024-01-12", streak: { current: 1 } });
  app.now = noon;
  expect(await previewed(["2024-01-10"])).toMatchObject({ today: "2024-01-12", streak: { current: 0 } });
});

test("dates may come in any order, and twice", async () => {
  const widget = { event: "new", rules: weekly };
  const { json } = await preview({ widget, dates: DATES });
  expect((await preview({ widget, dates: [...DATES, ...DATES].reverse() })).json).toEqual(json);
});

test("no dates are a history in which nothing was done", async () => {
  const { json } = await preview({ widget: { event: "new", rules: weekly } });
  expect(json.streak).toMatchObject({ current: 0, best: 0 });
  expect(json.periods[0].firstDate).toBe("2023-12-11");
});

test("the project's lists of holidays can be named", async () => {
  const rules = { cadence: { kind: "every_day" }, daysOff: { holidays: ["x"] } };
  const { json } = await preview({ widget: { event: "new", rules }, dates: DATES, today: "2024-01-05" });
  expect(json.streak).toMatchObject({ current: 2 });
});

test("freezes that are earned are previewed", async () => {
  const rules = { freezes: { earnEvery: 2, maxEarned: 1 } };
  const dates = ["2024-01-08", "2024-01-09", "2024-01-11"];
  const { json } = await preview({ widget: { event: "new", rules }, dates });
  expect(json.streak).toMatchObject({ current: 3, freezes: { left: 0, usedInWeek: 1, optedOut: false } });
  expect(json.periods[2]).toMatchObject({ outcome: "frozen", days: [{ isoDate: "2024-01-10", status: "frozen" }] });
});

test("a cumulative widget counts each date", async () => {
  const { json } = await preview({ widget: { event: "new", mode: "cumulative" }, dates: [...DATES, "2024-02-01"] });
  expect(json.streak).toMatchObject({ mode: "cumulative", current: 5 });
  expect(json.periods.at(-1)).toMatchObject({ firstDate: "2024-02-01", outcome: "kept" });
});

test("ten years of days are explained in a year at a time", async () => {
  const first = Date.UTC(2014, 0, 4);
  const dates = Array.from({ length: 3660 }, (_, i) => new Date(first + i * 86_400_000).toISOString().slice(0, 10));
  const body = { widget: { event: "new", rules: weekly }, dates, today: dates.at(-1) };
  const { json } = await preview(body);
  expect(json.streak.current).toBe(524);
  const counted = json.periods.reduce((sum: number, period: { counted: number }) => sum + period.counted, 0);
  expect(json.countedBefore + counted).toBe(524);
  expect(outcomeOf(await preview({ ...body, dates: ["2014-01-03", ...dates.slice(1)] }))).toBe("400 INVALID_BODY");
});

test.each([
  [{}, "widget", "must be given"],
  [{ widget: {} }, "widget.event", "is required"],
  [{ widget: { event: "new", rules: { cadence: { days: 3 } } } }, "widget.rules.cadence.days", "means nothing"],
  [
    { widget: { event: "new", rules: { daysOff: { holidays: ["y"] } } } },
    "widget.rules.daysOff.holidays[0]",
    'names "y"',
  ],
  [{ widget: { event: "new", rules: weekly, rulesFrom: "2024-02-01" } }, "widget.rulesFrom", "means nothing"],
  [{ widget: { event: "visit", rules: weekly, rulesFrom: "2024-01-11" } }, "widget.rulesFrom", "is over"],
  [{ widget: { event: "visit", rulesFrom: "2024-02-01" } }, "widget.rulesFrom", "Send rules with it"],
  [{ widget: { event: "new" }, dates: ["2024-01-01", "2024-01-32"] }, "dates[1]", "must be a date"],
  [
    { widget: { event: "new" }, dates: ["2024-01-10", "2014-01-01"] },
    "dates",
    "may span 3660 days, and these are 3662",
  ],
  [{ widget: { event: "new" }, today: "today" }, "today", "must be a date"],
  [{ widget: { event: "new" }, today: "9999-01-01" }, "today", "must be a date from 0002-01-01 to 9998-12-31"],
  [{ widget: { event: "new" }, dates: ["0001-12-31"] }, "dates[0]", "must be a date from 0002-01-01 to 9998-12-31"],
  [{ widget: { event: "new" }, to: "9999-01-01" }, "to", "must be a date from 0002-01-01 to 9998-12-31"],
  [{ widget: { event: "new" }, from: "2024-01-13" }, "from", "must not be later than the last day to explain"],
  [{ widget: { event: "new" }, from: "2022-01-13" }, "from", "must be at most 365 days before"],
])("a preview with %j is refused for %s", async (body, field, problem) => {
  const { json } = await preview(body);
  expect(json).toEqual({ error: "INVALID_BODY", field, message: expect.stringContaining(problem) });
});

test("a run that can wait for longer than there are dates ends with the last date", async () => {
  const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
  const rules = { cadence: { kind: "every_n_days", days: 90 }, daysOff: { weekdays } };
  const { json } = await preview({ widget: { event: "new", rules }, dates: ["9998-12-27"], today: "9998-12-31" });
  expect(json.streak.progress).toMatchObject({ lastDate: "9999-12-31" });
});

test("a project that is not there is NOT_FOUND", async () => {
  const answer = await running.app.admin("POST", "/admin/projects/none/rules:preview", { widget: { event: "new" } });
  expect(outcomeOf(answer)).toBe("404 NOT_FOUND");
});

test("over RPC rules are previewed in the same words, and the audit log has nothing of it", async () => {
  const { app } = running;
  const client = createClient(RulesService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const { explanation } = await client.previewRules(
    {
      siteKey: "shop",
      widget: { event: "new", rules: { cadence: { kind: CadenceKind.DAYS_A_MONTH, days: 4 } } },
      dates: DATES,
    },
    { headers: { "X-Admin-Token": ADMIN_TOKEN } },
  );
  expect(explanation).toMatchObject({ streak: { current: 1, unit: StreakUnit.MONTH }, runFirstDate: "2024-01-01" });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop")).json;
  expect(entries).toHaveLength(1);
});
