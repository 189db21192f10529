import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { type DayStatus, StreakService, StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";
import { makeToken } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC.

const shared = useApp();
const STATE = "/v1/state?siteKey=shop&userHash=u&event=visit";

/** Creates the project `shop` with one widget, in which the user has done these days. */
async function openShop(widget: object, dates: readonly string[] = []): Promise<TestApp> {
  const app = await openApp();
  const widgets = [{ event: "visit", ...widget }];
  expect((await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets })).status).toBe(201);
  await done(app, dates);
  return app;
}

async function done(app: TestApp, dates: readonly string[]): Promise<void> {
  for (const date of dates) {
    await app.record({ siteKey: "shop", ts: `${date}T09:00:00Z` });
  }
}

const weekly = { cadence: { kind: "days_a_week", days: 3 } };
const DATES = ["2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08", "2024-01-10"];

test("a widget without rules has the fields of the contract, and not a byte more", async () => {
  const app = await openShop({ milestones: [{ target: 1, msg: "1" }] }, ["2024-01-11", "2024-01-12"]);
  expect((await app.get(STATE)).text).toBe(
    '{"meta":{"apiVersion":"1","isLive":true},' +
      '"streak":{"mode":"continuous","current":2,"best":2,"todayDone":true,"pending":false},' +
      '"week":[{"isoDate":"2024-01-08","label":"Mon","dayNumber":8,"isToday":false,"isCheckedIn":false},' +
      '{"isoDate":"2024-01-09","label":"Tue","dayNumber":9,"isToday":false,"isCheckedIn":false},' +
      '{"isoDate":"2024-01-10","label":"Wed","dayNumber":10,"isToday":false,"isCheckedIn":false},' +
      '{"isoDate":"2024-01-11","label":"Thu","dayNumber":11,"isToday":false,"isCheckedIn":true},' +
      '{"isoDate":"2024-01-12","label":"Fri","dayNumber":12,"isToday":true,"isCheckedIn":true},' +
      '{"isoDate":"2024-01-13","label":"Sat","dayNumber":13,"isToday":false,"isCheckedIn":false},' +
      '{"isoDate":"2024-01-14","label":"Sun","dayNumber":14,"isToday":false,"isCheckedIn":false}],' +
      '"milestones":[{"id":"ms_1","target":1,"msg":"1","achieved":true,"rewardType":"message"}],' +
      '"settings":{"theme":{"name":"beige"},"position":"bottom-right","mainMessage":"Keep your streak going!"}}',
  );
});

test("a widget with rules tells the unit, the progress, and what became of each day", async () => {
  const app = await openShop({ rules: weekly, milestones: [{ target: 2, msg: "2 weeks" }] }, DATES);
  const state = await app.state({ siteKey: "shop" });
  expect(state.streak).toEqual({
    mode: "continuous",
    current: 1,
    best: 1,
    todayDone: false,
    pending: true,
    unit: "week",
    progress: { firstDate: "2024-01-08", lastDate: "2024-01-14", done: 2, needed: 3, daysLeft: 3, canBeMet: true },
  });
  expect(state.week[0]).toEqual({
    ...{ isoDate: "2024-01-08", label: "Mon", dayNumber: 8, isToday: false, isCheckedIn: true, status: "done" },
  });
  expect(statusesIn(state)).toEqual(["done", "rest", "done", "rest", "open", "open", "open"]);

  await done(app, ["2024-01-12"]);
  expect(await app.state({ siteKey: "shop" })).toMatchObject({
    streak: { current: 2, todayDone: true, pending: false, progress: { done: 3, needed: 3, daysLeft: 2 } },
    milestones: [{ target: 2, achieved: true }],
  });
});

const statusesIn = ({ week }: { readonly week: readonly object[] }) =>
  week.map((day) => (day as { status?: DayStatus }).status);

test.each([
  [{ cadence: { kind: "every_day" }, neverMissTwice: true }, "day"],
  [{ cadence: { kind: "weekdays", weekdays: ["wednesday", "friday"] } }, "day"],
  [{ cadence: { kind: "days_a_month", days: 5 } }, "month"],
  [{ cadence: { kind: "every_n_days", days: 3 } }, "day"],
  [{ cadence: { kind: "days_in_any", days: 2, of: 4 } }, "day"],
])("with the rules %j the streak counts a %s", async (rules, unit) => {
  const app = await openShop({ rules }, DATES);
  const { streak } = await app.state({ siteKey: "shop" });
  expect(streak).toMatchObject({ unit, progress: { canBeMet: true } });
});

test("the week begins with the weekStart of the rules", async () => {
  const app = await openShop({ rules: { cadence: { ...weekly.cadence, weekStart: "sunday" } } });
  const { week } = await app.state({ siteKey: "shop" });
  expect(week.map(({ label }) => label)).toEqual(["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]);
  expect(week[5]).toMatchObject({ isoDate: "2024-01-12", isToday: true });
});

test("a cumulative widget with rules has a unit, and no progress and no status", async () => {
  const app = await openShop({ rules: weekly, mode: "cumulative" }, DATES);
  const state = await app.state({ siteKey: "shop" });
  expect(state.streak).toEqual({
    ...{ mode: "cumulative", current: 5, best: 5, todayDone: false, pending: true, unit: "day" },
  });
  expect(statusesIn(state)).toEqual(Array(7).fill(undefined));
});

test("a change of rules holds from its day on, and the list of holidays as it is", async () => {
  const app = await openShop({}, ["2024-01-09", "2024-01-10", "2024-01-11"]);
  const rules = { cadence: { kind: "every_day" }, daysOff: { holidays: ["x"] } };
  const changed = await app.admin("PATCH", "/admin/projects/shop", {
    widgets: [{ event: "visit", rules, rulesFrom: "2024-01-12" }],
    holidays: [{ name: "x", dates: ["2024-01-12", "2024-01-13"] }],
  });
  expect(changed.status).toBe(200);
  const dayOff = await app.state({ siteKey: "shop" });
  expect(dayOff.streak).toMatchObject({ current: 3, pending: false, progress: { needed: 0 } });
  expect(statusesIn(dayOff)[4]).toBe("off");

  await app.admin("PATCH", "/admin/projects/shop", { holidays: [{ name: "x", dates: ["2024-01-13"] }] });
  expect((await app.state({ siteKey: "shop" })).streak).toMatchObject({ current: 3, pending: true });
});

test("over RPC a state has the same, and without rules neither unit nor progress", async () => {
  const app = await openShop({ rules: weekly }, DATES);
  const transport = createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" });
  const streaks = createClient(StreakService, transport);
  const request = { siteKey: "shop", userHash: "u", event: "visit" };
  const { streak, week } = await streaks.getState(request);
  expect(streak).toMatchObject({
    unit: StreakUnit.WEEK,
    progress: { firstDate: "2024-01-08", done: 2, canBeMet: true },
  });
  expect(week.map(({ status }) => status)).toEqual([1, 5, 1, 5, 6, 6, 6]);
  const plain = await streaks.getState({ ...request, siteKey: "proj_demo" });
  expect([plain.streak?.unit, plain.streak?.progress]).toEqual([undefined, undefined]);
});

test("users' pages have streaks by rules", async () => {
  const app = await openShop({ rules: weekly }, DATES);
  const { streak } = await app.state({ siteKey: "shop" });
  const users = "/admin/projects/shop/users";
  expect((await app.admin("GET", users)).json.users[0].streaks[0].streak).toEqual(streak);
  expect((await app.admin("GET", `${users}/u`)).json.streaks[0].streak).toEqual(streak);
});

test("the state of a past day is as it was: without the days after it, and by the rules of that day", async () => {
  const app = await openShop({}, ["2024-01-01", "2024-01-02", "2024-01-03"]);
  app.now = Date.parse("2024-01-08T12:00:00Z");
  await app.admin("PATCH", "/admin/projects/shop", {
    widgets: [{ event: "visit", rules: weekly, rulesFrom: "2024-01-08" }],
  });
  await done(app, ["2024-01-08"]);
  app.now = Date.parse("2024-01-12T12:00:00Z");
  await done(app, ["2024-01-10", "2024-01-11"]);

  const asOf = async (date: string) => (await app.state({ siteKey: "shop", asOf: date })) as unknown as object;
  expect(await asOf("2024-01-02")).toMatchObject({
    streak: { current: 2, best: 2, todayDone: true, unit: "day" },
    week: [
      { isoDate: "2024-01-01", isCheckedIn: true },
      { isToday: true },
      { isCheckedIn: false, status: "open" },
      {},
      {},
      {},
      {},
    ],
  });
  expect(await asOf("2024-01-08")).toMatchObject({ streak: { unit: "week", todayDone: true, progress: { done: 1 } } });
  expect(await asOf("2024-01-12")).toEqual(await app.state({ siteKey: "shop" }));

  // A late event changes what the past looks like.
  await done(app, ["2023-12-31"]);
  expect(await asOf("2024-01-02")).toMatchObject({ streak: { current: 3, best: 3 } });
});

test("a past day of a widget without rules has the contract's fields", async () => {
  const app = await openShop({}, ["2024-01-02", "2024-01-03", "2024-01-12"]);
  const state = await app.state({ siteKey: "shop", asOf: "2024-01-02" });
  expect(state.streak).toEqual({ mode: "continuous", current: 1, best: 1, todayDone: true, pending: false });
  expect(state.week[0]).toEqual({
    ...{ isoDate: "2024-01-01", label: "Mon", dayNumber: 1, isToday: false, isCheckedIn: false },
  });
});

test.each([
  ["2024-01-13", "asOf must not be after the user's today, 2024-01-12."],
  ["2024-1-1", "asOf must be a date from 0002-01-01 to 9998-12-31, such as 2026-01-31."],
  ["0001-12-31", "asOf must be a date from 0002-01-01"],
  ["9999-01-01", "asOf must be a date"],
  ["", "asOf must not be empty: leave it out."],
])("a past day of %j is refused", async (asOf, message) => {
  const { json } = await shared.app.get(`/v1/state?siteKey=proj_demo&userHash=u&event=visit&asOf=${asOf}`);
  expect(json).toEqual({ error: "INVALID_BODY", field: "asOf", message: expect.stringContaining(message) });
});

test("whether a day is past is decided in the zone of the read", async () => {
  const ahead = "/v1/state?siteKey=proj_demo&userHash=u&event=visit&asOf=2024-01-13&tz=Pacific/Kiritimati";
  expect((await shared.app.get(ahead)).status).toBe(200);
});

test("pages can't read a past day, whatever token they have", async () => {
  const app = await openShop({});
  await app.admin("PATCH", "/admin/projects/shop", { allowedOrigins: ["https://app.example"] });
  const { secret } = await makeToken(app, { scopes: ["everything"] });
  for (const headers of [{}, { "X-Admin-Token": ADMIN_TOKEN }, { "X-Admin-Token": secret }]) {
    const page = { ...headers, Origin: "https://app.example" };
    expect((await app.get(STATE, page)).status).toBe(200);
    const { status, json } = await app.get(`${STATE}&asOf=2024-01-01`, page);
    expect([status, json.error]).toEqual([403, "FORBIDDEN_ORIGIN"]);
    expect(json.message).toContain("asOf is for servers");
  }
  expect((await app.get(`${STATE}&asOf=2024-01-01`)).status).toBe(200);
});
