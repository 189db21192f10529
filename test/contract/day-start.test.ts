import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC. Tests go on in the night to Saturday.

const shared = useApp();
const SHOP = "/admin/projects/shop";
const late = { dayStart: "04:00" };

/** Creates the project `shop` with one widget, for the event `visit`. */
async function openShop(widget: object = { rules: late }, project: object = {}): Promise<TestApp> {
  const app = await openApp();
  const widgets = [{ event: "visit", ...widget }];
  expect((await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets, ...project })).status).toBe(201);
  return app;
}

function record(app: TestApp, ts: string, more: object = {}): Promise<void> {
  return app.record({ siteKey: "shop", ts, ...more });
}

/** The state as it is at a time. */
async function stateAt(app: TestApp, now: string, query: Record<string, string> = {}) {
  app.now = Date.parse(now);
  const { streak, week } = await app.state({ siteKey: "shop", ...query });
  const dates = (isWanted: (day: (typeof week)[number]) => boolean) =>
    week.filter(isWanted).map(({ isoDate }) => isoDate);
  return {
    today: dates(({ isToday }) => isToday)[0],
    done: dates(({ isCheckedIn }) => isCheckedIn),
    ...(streak as typeof streak & { readonly todayEndTime?: string }),
  };
}

const rulesIn = ({ widgets: [widget] }: { readonly widgets: readonly { readonly rules?: object }[] }) => widget;

test("rules that only say when a day begins are rules, and are answered as they were sent", async () => {
  const app = await openShop();
  expect(rulesIn((await app.admin("GET", SHOP)).json)).toMatchObject({
    rules: { cadence: { kind: "every_day" }, neverMissTwice: false, dayStart: "04:00" },
    earlierRules: [],
  });
});

test("a day that begins at midnight is nothing to say", async () => {
  const app = await openShop({ rules: { dayStart: "00:00" } });
  expect(rulesIn((await app.admin("GET", SHOP)).json)).not.toHaveProperty("rules");
  await app.admin("PATCH", SHOP, { widgets: [{ event: "visit", rules: { dayStart: "00:00", neverMissTwice: true } }] });
  expect(rulesIn((await app.admin("GET", SHOP)).json)?.rules).not.toHaveProperty("dayStart");
});

test("another start of the day is another version", async () => {
  const app = await openShop();
  const change = async (rules: object) =>
    (await app.admin("PATCH", SHOP, { widgets: [{ event: "visit", rules }] })).json;
  expect(rulesIn(await change(late))).not.toHaveProperty("rulesFrom");
  expect(rulesIn(await change({ dayStart: "00:01" }))).toMatchObject({
    ...{ rules: { dayStart: "00:01" }, rulesFrom: "2024-01-13", earlierRules: [{ rules: late }] },
  });
  // Moved back before it has begun, it is gone.
  expect(rulesIn(await change(late))).toMatchObject({ rules: late, earlierRules: [] });
});

test.each(["6:00", "06:01", "24:00", "04:60", "04:00:00", "4am", "-1:00", " 04:00", "04.00", "０4:00"])(
  "a day that begins at %j is refused",
  async (dayStart) => {
    const widgets = [{ event: "visit", rules: { dayStart } }];
    const { status, json } = await shared.app.admin("POST", "/admin/projects", { siteKey: "wrong", widgets });
    expect([status, json]).toEqual([
      400,
      {
        ...{ error: "INVALID_BODY", field: "widgets[0].rules.dayStart" },
        message: 'widgets[0].rules.dayStart must be a local time from "00:00" to "06:00", such as "04:00".',
      },
    ]);
  },
);

test("what is done in the night counts for the day before, once", async () => {
  const app = await openShop();
  app.now = Date.parse("2024-01-13T02:00:00Z");
  await record(app, "2024-01-12T22:00:00Z");
  await record(app, "2024-01-13T02:00:00Z");
  expect(await stateAt(app, "2024-01-13T02:00:00Z")).toMatchObject({
    ...{ today: "2024-01-12", done: ["2024-01-12"], current: 1, todayDone: true, pending: false },
    todayEndTime: "2024-01-13T04:00:00.000Z",
  });
  expect(await stateAt(app, "2024-01-13T03:59:59.999Z")).toMatchObject({ today: "2024-01-12" });
  expect(await stateAt(app, "2024-01-13T04:00:00Z")).toMatchObject({
    ...{ today: "2024-01-13", done: ["2024-01-12"], current: 1, todayDone: false, pending: true },
    todayEndTime: "2024-01-14T04:00:00.000Z",
  });
  await record(app, "2024-01-13T04:00:00Z");
  expect(await stateAt(app, "2024-01-13T04:00:00Z")).toMatchObject({ current: 2, done: ["2024-01-12", "2024-01-13"] });
  const { json } = await app.admin("GET", `${SHOP}/users/u`);
  expect(json.recentEvents.map(({ isoDate, ts }: Record<string, string>) => [isoDate, ts])).toEqual([
    ["2024-01-13", "2024-01-13T04:00:00.000Z"],
    ["2024-01-12", "2024-01-12T22:00:00.000Z"],
  ]);
});

test("the zone of the event decides, else the user's, else the project's", async () => {
  const app = await openShop({ rules: late }, { timeZone: "Asia/Tokyo" });
  // It is 03:59 in Tokyo, 02:59 in Manila and 00:29 in Kolkata: in all of them still the day before.
  await record(app, "2024-01-10T18:59:00Z");
  await record(app, "2024-01-08T19:30:00Z", { userHash: "v", tz: "Asia/Manila" });
  await record(app, "2024-01-10T20:30:00Z", { userHash: "v" });
  expect(await stateAt(app, "2024-01-11T12:00:00Z")).toMatchObject({ done: ["2024-01-10"] });
  // It was 03:30 on the 9th in Manila, and 04:30 on the 11th.
  expect(await stateAt(app, "2024-01-11T12:00:00Z", { userHash: "v" })).toMatchObject({
    ...{ done: ["2024-01-08", "2024-01-11"], todayEndTime: "2024-01-11T20:00:00.000Z" },
  });
  expect(await stateAt(app, "2024-01-11T12:00:00Z", { userHash: "v", tz: "America/New_York" })).toMatchObject({
    ...{ today: "2024-01-11", todayEndTime: "2024-01-12T09:00:00.000Z" },
  });
});

test("a date alone is that day, however it is written and sent, and its first instant with a time is not", async () => {
  const app = await openShop();
  await record(app, "2024-01-10", { tz: "Europe/Berlin" });
  await record(app, "2024-W02-1", { tz: "Europe/Berlin" });
  await record(app, "2024-01-12T00:00", { tz: "Europe/Berlin" });
  const event = { siteKey: "shop", userHash: "v", event: "visit", ts: "2024-01-10", tz: "Europe/Berlin" };
  expect((await app.post("/streak.v1.StreakService/RecordEvent", event)).status).toBe(200);
  expect(await stateAt(app, "2024-01-12T12:00:00Z")).toMatchObject({
    done: ["2024-01-08", "2024-01-10", "2024-01-11"],
  });
  expect(await stateAt(app, "2024-01-12T12:00:00Z", { userHash: "v" })).toMatchObject({ done: ["2024-01-10"] });
  const { recentEvents } = (await app.admin("GET", `${SHOP}/users/v`)).json;
  expect(recentEvents).toMatchObject([{ isoDate: "2024-01-10", ts: "2024-01-09T23:00:00.000Z" }]);
});

test("a change holds from its day on, and redates nothing", async () => {
  const app = await openShop({});
  await record(app, "2024-01-11T02:00:00Z");
  app.now = Date.parse("2024-01-12T01:00:00Z");
  await record(app, "2024-01-12T01:00:00Z");
  const change = (rules: object, more: object = {}) =>
    app.admin("PATCH", SHOP, { widgets: [{ event: "visit", rules, ...more }] });
  await change(late);
  // The 12th goes on to 04:00 on the 13th, and the widget must know.
  expect(await stateAt(app, "2024-01-12T01:00:00Z")).toMatchObject({
    ...{ today: "2024-01-12", done: ["2024-01-11", "2024-01-12"], todayEndTime: "2024-01-13T04:00:00.000Z" },
  });
  app.now = Date.parse("2024-01-13T12:00:00Z");
  await record(app, "2024-01-13T03:00:00Z");
  await record(app, "2024-01-13T04:00:00Z");
  // A late event is dated by the rules of its own day.
  await record(app, "2024-01-10T02:00:00Z");
  expect(await stateAt(app, "2024-01-13T12:00:00Z")).toMatchObject({
    ...{ done: ["2024-01-10", "2024-01-11", "2024-01-12", "2024-01-13"], current: 4 },
  });
  // The 13th ends at midnight again.
  await change({}, { rulesFrom: "2024-01-14" });
  expect(await stateAt(app, "2024-01-13T12:00:00Z")).toMatchObject({ todayEndTime: "2024-01-14T00:00:00.000Z" });
});

test("the calendar of the project decides from when on a change can hold", async () => {
  const app = await openShop();
  app.now = Date.parse("2024-01-13T02:00:00Z");
  const change = (rulesFrom: string) =>
    app.admin("PATCH", SHOP, { widgets: [{ event: "visit", rules: { dayStart: "05:00" }, rulesFrom }] });
  expect((await change("2024-01-12")).json.message).toContain("today in the project's time zone, 2024-01-13, or later");
  expect((await change("2024-01-13")).status).toBe(200);
});

test("a date that the zone has left out has the hours before the start of the next one", async () => {
  const app = await openShop({ rules: late }, { timeZone: "Pacific/Apia" });
  // In Samoa, December 31 followed on December 29.
  app.now = Date.parse("2011-12-30T12:00:00Z");
  await record(app, "2011-12-30T09:59:00Z");
  expect(await stateAt(app, "2011-12-30T09:59:00Z")).toMatchObject({
    ...{ today: "2011-12-29", done: ["2011-12-29"], todayEndTime: "2011-12-30T10:00:00.000Z" },
  });
  const atTwoOnThe31st = "2011-12-30T12:00:00Z";
  const the30th = { today: "2011-12-30", todayEndTime: "2011-12-30T14:00:00.000Z" };
  expect(await stateAt(app, atTwoOnThe31st)).toMatchObject({ ...the30th, current: 1, pending: true });
  await record(app, atTwoOnThe31st);
  expect(await stateAt(app, atTwoOnThe31st)).toMatchObject({ ...the30th, current: 2, todayDone: true });
  expect(await stateAt(app, "2011-12-30T14:00:00Z")).toMatchObject({
    ...{ today: "2011-12-31", done: ["2011-12-29", "2011-12-30"], current: 2, pending: true },
  });
});

test("the state of a past day tells when that day ended", async () => {
  const app = await openShop();
  await record(app, "2024-01-11T02:00:00Z");
  const asOf = (date: string) => stateAt(app, "2024-01-13T02:00:00Z", { asOf: date });
  expect(await asOf("2024-01-10")).toMatchObject({
    ...{ today: "2024-01-10", todayDone: true, todayEndTime: "2024-01-11T04:00:00.000Z" },
  });
  expect(await asOf("2024-01-12")).toEqual(await stateAt(app, "2024-01-13T02:00:00Z"));
  const { json } = await app.get("/v1/state?siteKey=shop&userHash=u&event=visit&asOf=2024-01-13");
  expect(json.message).toBe("asOf must not be after the user's today, 2024-01-12.");
});

test("a cumulative widget counts what is done in the night for the day before", async () => {
  const app = await openShop({ mode: "cumulative", rules: late });
  for (const ts of ["2024-01-10T12:00:00Z", "2024-01-11T02:00:00Z", "2024-01-12T03:00:00Z"]) {
    await record(app, ts);
  }
  expect(await stateAt(app, "2024-01-12T03:30:00Z")).toEqual({
    ...{ today: "2024-01-11", done: ["2024-01-10", "2024-01-11"] },
    ...{ mode: "cumulative", current: 2, best: 2, todayDone: true, pending: false, unit: "day" },
    todayEndTime: "2024-01-12T04:00:00.000Z",
  });
});

test("only a state tells when today ends, and only where a day begins later", async () => {
  const app = await openShop({ rules: { neverMissTwice: true } });
  await record(app, "2024-01-12T12:00:00Z");
  expect(await stateAt(app, "2024-01-12T12:00:00Z")).not.toHaveProperty("todayEndTime");
});

test("an explanation, a preview and the pages of users have the same today", async () => {
  const app = await openShop();
  await app.admin("PATCH", SHOP, { widgets: [{ event: "visit" }, { event: "read" }] });
  for (const event of ["visit", "read"]) {
    await record(app, "2024-01-12T12:00:00Z", { event });
  }
  app.now = Date.parse("2024-01-13T02:00:00Z");

  const explained = (await app.admin("GET", `${SHOP}/users/u/streaks/visit:explain`)).json;
  expect(explained).toMatchObject({ today: "2024-01-12", streak: { current: 1, todayDone: true } });
  expect(explained.streak).not.toHaveProperty("todayEndTime");

  const preview = async (rules: object, event = "new") =>
    (await app.admin("POST", `${SHOP}/rules:preview`, { widget: { event, rules }, dates: ["2024-01-12"] })).json;
  expect(await preview(late)).toMatchObject({ today: "2024-01-12", streak: { todayDone: true } });
  expect(await preview({})).toMatchObject({ today: "2024-01-13", streak: { todayDone: false } });
  // The change holds from tomorrow on, so today is as it was.
  expect(await preview({}, "visit")).toMatchObject({ today: "2024-01-12" });

  const [read, visit] = (await app.admin("GET", `${SHOP}/users`)).json.users[0].streaks;
  expect(visit).toMatchObject({ event: "visit", streak: { todayDone: true, pending: false } });
  expect(read).toMatchObject({ event: "read", streak: { todayDone: false, pending: true } });
  expect([visit.today, read.today]).toEqual([undefined, undefined]);

  const user = (await app.admin("GET", `${SHOP}/users/u?year=2024`)).json;
  expect([user.today, user.streaks[0].today, user.streaks[1].today]).toEqual(["2024-01-13", undefined, "2024-01-12"]);
  app.now = Date.parse("2024-01-13T04:00:00Z");
  const later = (await app.admin("GET", `${SHOP}/users/u?year=2024`)).json;
  expect(later.streaks[1]).not.toHaveProperty("today");
  expect(later.streaks[1].streak).toMatchObject({ todayDone: false });
});

test("analytics have each streak's own today", async () => {
  const app = await openShop();
  await app.admin("PATCH", SHOP, { widgets: [{ event: "visit" }, { event: "read" }] });
  for (const event of ["visit", "read"]) {
    await record(app, "2024-01-11T12:00:00Z", { event });
  }
  app.now = Date.parse("2024-01-13T02:00:00Z");
  const read = async (question: string) => (await app.admin("GET", `${SHOP}/analytics/${question}`)).json;
  // For the visits it is still the 12th, which is at risk; the reading has missed it.
  expect(await read("streaks?event=visit")).toMatchObject({ alive: 1, doneToday: 0, pending: 1, atRisk: 1 });
  expect(await read("streaks?event=read")).toMatchObject({ alive: 0, pending: 0 });
  expect((await read("survival?event=visit")).days).toEqual([{ days: 1, reached: 0, wentOn: 0 }]);
  expect((await read("survival?event=read")).days).toEqual([{ days: 1, reached: 1, wentOn: 0 }]);
});

test("new streakers are let in again when the first day of the next month begins", async () => {
  const plan = { name: "custom", activeStreakers: 1, overLimit: "reject" };
  const app = await openShop({ rules: late }, { plan });
  app.now = Date.parse("2024-02-01T01:00:00Z");
  const visit = (userHash: string) => app.post("/v1/e", { siteKey: "shop", userHash, event: "visit" });
  expect((await visit("first")).status).toBe(202);
  const full = await visit("second");
  expect([full.status, full.json.error]).toEqual([429, "PLAN_LIMIT_REACHED"]);
  expect(full.json.message).toContain("accepted again from 2024-02-01");
  expect(full.headers.get("retry-after")).toBe(`${3 * 3600}`);
  app.now = Date.parse("2024-02-01T04:00:00Z");
  expect((await visit("second")).status).toBe(202);
});

test("an idempotency key means what it meant, whatever the rules say now", async () => {
  const app = await openShop();
  app.now = Date.parse("2024-01-13T02:00:00Z");
  await record(app, "2024-01-13T02:00:00Z", { idempotencyKey: "k" });
  await app.admin("PATCH", SHOP, { widgets: [{ event: "visit", rules: {}, rulesFrom: "2024-01-13" }] });
  await record(app, "2024-01-13T02:00:00Z", { idempotencyKey: "k" });
  // The 13th has begun by the new rules. The event stays where it was.
  expect(await stateAt(app, "2024-01-13T02:00:00Z")).toMatchObject({ today: "2024-01-13", done: ["2024-01-12"] });
});

test("over RPC a day begins and ends in the same words", async () => {
  const app = await openShop();
  const transport = createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" });
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const { project } = await createClient(AdminService, transport).updateProject(
    {
      project: {
        siteKey: "shop",
        widgets: [{ event: "visit", rules: { dayStart: "02:30" }, rulesFrom: "2024-01-12" }],
      },
      updateMask: { paths: ["widgets"] },
    },
    { headers },
  );
  expect(project?.widgets[0]).toMatchObject({
    ...{ rules: { dayStart: "02:30" }, rulesFrom: "2024-01-12", earlierRules: [{ rules: late }] },
  });
  const { streak } = await createClient(StreakService, transport).getState({
    ...{ siteKey: "shop", userHash: "u", event: "visit" },
  });
  expect(Number(streak?.todayEndTime?.seconds) * 1000).toBe(Date.parse("2024-01-13T02:30:00Z"));
});
