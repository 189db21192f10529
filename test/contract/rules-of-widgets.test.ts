import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakMode } from "#gen/streak/v1/project_pb.ts";
import { CadenceKind, Weekday } from "#gen/streak/v1/rules_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC.

const shared = useApp();
const SHOP = "/admin/projects/shop";
const weekly = { cadence: { kind: "days_a_week", days: 3 } };
const monthly = { cadence: { kind: "days_a_month", days: 5 } };

const FREEZES = { earnEvery: 366, maxEarned: 30, maxInARow: 30, lengthenRun: true };

/** Rules as they are answered, with the fields of the cadence that it does not have written out. */
const answered = ({ cadence, ...rest }: { readonly cadence: object }) => ({
  cadence: { days: 0, of: 0, weekdays: [], ...cadence },
  neverMissTwice: false,
  ...rest,
});
const weeklyAnswer = answered({ cadence: { ...weekly.cadence, weekStart: "monday" } });
const dailyAnswer = answered({ cadence: { kind: "every_day" } });

/** Creates the project `shop` with one widget, for the event `visit`, and these fields. */
async function openShop(widget: object = {}, project: object = {}): Promise<TestApp> {
  const app = await openApp();
  const { status, text } = await app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [{ event: "visit", ...widget }],
    ...project,
  });
  expect([status, text]).toEqual([201, expect.anything()]);
  return app;
}

/** Changes the widget of the shop. Returns the answer, and its widget's rules. */
async function change(app: TestApp, widget: object) {
  const answer = await app.admin("PATCH", SHOP, { widgets: [{ event: "visit", ...widget }] });
  return { ...answer, rules: answer.status === 200 ? rulesIn(answer.json) : answer.json };
}

function rulesIn({ widgets: [widget] }: { readonly widgets: readonly Record<string, unknown>[] }) {
  const { rules, rulesFrom, earlierRules } = widget ?? {};
  return { rules, rulesFrom, earlierRules };
}

test.each([
  ["every day", { cadence: { kind: "every_day" }, neverMissTwice: true }],
  ["chosen weekdays", { cadence: { kind: "weekdays", weekdays: ["monday", "friday"] } }],
  ["days a week", { cadence: { kind: "days_a_week", days: 7, weekStart: "sunday" } }],
  ["days a month", { cadence: { kind: "days_a_month", days: 28 } }],
  ["every n days", { cadence: { kind: "every_n_days", days: 90 } }],
  ["days in any days", { cadence: { kind: "days_in_any", days: 2, of: 2 } }],
  ["freezes", { cadence: { kind: "days_a_week", days: 7, weekStart: "sunday" }, freezes: FREEZES }],
  ["freezes that are all granted", { cadence: { kind: "every_day" }, freezes: { lengthenRun: false } }],
  ["grace", { cadence: { kind: "days_in_any", days: 2, of: 4 }, graceMinutes: 360 }],
  ["repairs for nothing", { cadence: { kind: "days_a_month", days: 3 }, repairs: { withinDays: 31, price: "none" } }],
  ["repairs for days", { cadence: { kind: "every_day" }, repairs: { withinDays: 30, price: "days", days: 30 } }],
  [
    "repairs for a freeze",
    {
      cadence: { kind: "every_day" },
      freezes: { lengthenRun: false },
      repairs: { withinDays: 1, onceInDays: 366, price: "freeze" },
    },
  ],
  [
    "days off",
    {
      cadence: { kind: "every_day" },
      daysOff: { weekdays: ["saturday", "sunday"], dates: ["0001-01-01", "9999-12-31"], holidays: ["Bavaria"] },
    },
  ],
])("a new widget with %s has these rules from the beginning", async (_, rules) => {
  const app = await openShop({ rules }, { holidays: [{ name: "Bavaria", dates: ["2024-12-25", "2024-12-26"] }] });
  const { json } = await app.admin("GET", SHOP);
  expect(rulesIn(json)).toEqual({ rules: answered(rules), earlierRules: [] });
  expect(json.holidays).toEqual([{ name: "Bavaria", dates: ["2024-12-25", "2024-12-26"] }]);
});

test("weekdays and dates are put in order, and a week begins on Monday when nothing is said", async () => {
  const app = await openShop(
    { rules: { ...weekly, daysOff: { weekdays: ["sunday", "monday"], dates: ["2024-05-01", "2024-01-01"] } } },
    { holidays: [{ name: "x", dates: ["2024-05-01", "2024-01-01"] }] },
  );
  const { json } = await app.admin("GET", SHOP);
  expect(json.widgets[0].rules).toEqual({
    ...weeklyAnswer,
    daysOff: { weekdays: ["monday", "sunday"], dates: ["2024-01-01", "2024-05-01"], holidays: [] },
  });
  expect(json.holidays[0].dates).toEqual(["2024-01-01", "2024-05-01"]);
});

test.each([{}, { cadence: {} }, { cadence: { kind: "every_day" }, daysOff: {} }, { neverMissTwice: false }])(
  "%j is every day, so a widget that never had other rules has none",
  async (rules) => {
    const app = await openShop({ rules });
    expect(rulesIn((await app.admin("GET", SHOP)).json)).toEqual({ earlierRules: [] });
    expect((await change(app, { rules })).rules).toEqual({ earlierRules: [] });
  },
);

test("changed rules hold from tomorrow on, in the project's time zone, and every day counted before", async () => {
  const app = await openShop({}, { timeZone: "Pacific/Kiritimati" });
  expect((await change(app, { rules: weekly })).rules).toEqual({
    rules: weeklyAnswer,
    rulesFrom: "2024-01-14",
    earlierRules: [{ rules: dailyAnswer }],
  });
});

test("the time zone that an update brings decides which day is tomorrow", async () => {
  const app = await openShop();
  const widgets = [{ event: "visit", rules: weekly }];
  const { json } = await app.admin("PATCH", SHOP, { widgets, timeZone: "Pacific/Kiritimati" });
  expect(json.widgets[0].rulesFrom).toBe("2024-01-14");
});

test("changed rules hold from the day that the update names, and take the place of later changes", async () => {
  const app = await openShop({ rules: weekly });
  await change(app, { rules: monthly, rulesFrom: "2024-03-01" });
  await change(app, { rules: weekly, rulesFrom: "2024-05-01" });
  expect((await change(app, { rules: {}, rulesFrom: "2024-02-01" })).rules).toEqual({
    rules: dailyAnswer,
    rulesFrom: "2024-02-01",
    earlierRules: [{ rules: weeklyAnswer }],
  });
  expect((await change(app, { rules: monthly, rulesFrom: "2024-01-12" })).rules).toMatchObject({
    rulesFrom: "2024-01-12",
    earlierRules: [{ rules: weeklyAnswer }],
  });
});

test("freezes alone are a change, which holds from tomorrow on, and an update that leaves them out takes them away", async () => {
  const app = await openShop({ rules: weekly });
  const withFreezes = { ...weekly, freezes: { earnEvery: 10, maxEarned: 2 } };
  const answer = { ...weeklyAnswer, freezes: { earnEvery: 10, maxEarned: 2, lengthenRun: false } };
  expect((await change(app, { rules: withFreezes })).rules).toEqual({
    rules: answer,
    rulesFrom: "2024-01-13",
    earlierRules: [{ rules: weeklyAnswer }],
  });
  app.now += 10 * 86_400_000;
  for (const freezes of [
    {},
    { earnEvery: 9, maxEarned: 2 },
    { earnEvery: 10, maxEarned: 3 },
    { maxInARow: 1 },
    { lengthenRun: true },
  ]) {
    const { rules } = await change(app, { rules: { ...weekly, freezes } });
    expect(rules).toMatchObject({ rules: { freezes }, rulesFrom: "2024-01-23", earlierRules: [{}, { rules: answer }] });
  }
  expect((await change(app, { rules: weekly })).rules).toMatchObject({
    rules: weeklyAnswer,
    earlierRules: [{ rules: weeklyAnswer }, { rules: answer }],
  });
});

test("grace alone and repairs alone are a change, which holds from tomorrow on", async () => {
  const app = await openShop({ rules: weekly });
  const kept = { ...weeklyAnswer, graceMinutes: 60, repairs: { withinDays: 3, price: "none" } };
  expect((await change(app, { rules: { ...weekly, graceMinutes: 60 } })).rules).toEqual({
    rules: { ...weeklyAnswer, graceMinutes: 60 },
    rulesFrom: "2024-01-13",
    earlierRules: [{ rules: weeklyAnswer }],
  });
  app.now += 10 * 86_400_000;
  const withRepairs = { ...weekly, graceMinutes: 60, repairs: { withinDays: 3 } };
  expect((await change(app, { rules: withRepairs })).rules).toMatchObject({ rules: kept, rulesFrom: "2024-01-23" });
  app.now += 10 * 86_400_000;
  expect((await change(app, { rules: kept, rulesFrom: "2024-01-23" })).rules).toMatchObject({
    rulesFrom: "2024-01-23",
  });
  for (const other of [
    { graceMinutes: 61 },
    { graceMinutes: undefined },
    { repairs: { withinDays: 4 } },
    { repairs: { withinDays: 3, onceInDays: 30 } },
    { repairs: { withinDays: 3, price: "days", days: 1 } },
    { repairs: { withinDays: 3, price: "days", days: 2 } },
    { repairs: undefined },
  ]) {
    const { rules } = await change(app, { rules: { ...kept, ...other } });
    expect(rules).toMatchObject({ rulesFrom: "2024-02-02", earlierRules: [{}, {}, { rules: kept }] });
  }
});

test("an update without rules keeps them, and changes the mode at once", async () => {
  const app = await openShop({ rules: weekly });
  await change(app, { rules: monthly });
  const before = (await app.admin("GET", SHOP)).json;
  const { json } = await change(app, { mode: "cumulative" });
  expect(rulesIn(json)).toEqual(rulesIn(before));
  expect(json.widgets[0].mode).toBe("cumulative");
});

test("a project that is sent back as it was read changes nothing, also when its rules have begun long ago", async () => {
  const app = await openShop({ rules: weekly }, { holidays: [{ name: "x", dates: ["2024-01-01", "2025-01-01"] }] });
  await change(app, { rules: { ...monthly, daysOff: { holidays: ["x"] } } });
  for (const days of [0, 1, 400]) {
    app.now += days * 86_400_000;
    const { json } = await app.admin("GET", SHOP);
    expect((await app.admin("PATCH", SHOP, json)).json).toEqual(json);
  }
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop")).json;
  expect(entries).toHaveLength(2);
});

test("when rules are edited with their day as it was read, they begin tomorrow if that day is over", async () => {
  const app = await openShop();
  await change(app, { rules: weekly });
  app.now += 10 * 86_400_000;
  const { rules } = await change(app, { rules: monthly, rulesFrom: "2024-01-13" });
  expect(rules).toMatchObject({
    rulesFrom: "2024-01-23",
    earlierRules: [{ rules: dailyAnswer }, { from: "2024-01-13", rules: weeklyAnswer }],
  });
});

test("what a request says of earlier rules means nothing", async () => {
  const app = await openShop({ rules: weekly, earlierRules: [{ from: "2020-01-01", rules: monthly }] });
  expect((await change(app, { rules: weekly, earlierRules: [{ rules: monthly }] })).rules).toEqual({
    rules: weeklyAnswer,
    earlierRules: [],
  });
});

test("a widget that is removed and comes back has its rules from the beginning", async () => {
  const app = await openShop({ rules: weekly });
  await change(app, { rules: monthly });
  await app.admin("PATCH", SHOP, { widgets: [] });
  expect((await change(app, { rules: weekly })).rules).toEqual({ rules: weeklyAnswer, earlierRules: [] });
});

test("a widget keeps its rules when widgets change their places", async () => {
  const app = await openShop({ rules: weekly });
  const { json } = await app.admin("PATCH", SHOP, { widgets: [{ event: "like", rules: monthly }, { event: "visit" }] });
  expect(json.widgets.map(({ rules }: { rules: { cadence: { kind: string } } }) => rules.cadence.kind)).toEqual([
    "days_a_month",
    "days_a_week",
  ]);
});

const off = (weekdays: string[]) => ({ daysOff: { weekdays } });
const ALL = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

test.each([
  [{ cadence: { kind: "daily" } }, "cadence.kind", "must be one of every_day, weekdays, days_a_week,"],
  [{ cadence: { days: 3 } }, "cadence.days", "means nothing for the kind every_day, which is the kind when none is"],
  [
    { cadence: { kind: "every_day", days: 1 } },
    "cadence.days",
    "choose a kind that has it: days_a_week, days_a_month,",
  ],
  [{ cadence: { kind: "days_a_week", days: 3, of: 7 } }, "cadence.of", "a kind that has it: days_in_any."],
  [{ cadence: { kind: "every_n_days", days: 3, of: 7 } }, "cadence.of", "means nothing for the kind every_n_days"],
  [{ cadence: { kind: "days_a_week", days: 3, weekdays: ["monday"] } }, "cadence.weekdays", "has it: weekdays."],
  [{ cadence: { kind: "days_a_month", days: 3, weekStart: "monday" } }, "cadence.weekStart", "has it: days_a_week."],
  [{ cadence: { kind: "days_a_week" } }, "cadence.days", "must be a number from 1 to 7"],
  [{ cadence: { kind: "days_a_week", days: 8 } }, "cadence.days", "must be a number from 1 to 7"],
  [{ cadence: { kind: "days_a_week", days: -1 } }, "cadence.days", "must be between 0 and 90"],
  [{ cadence: { kind: "days_a_month", days: 29 } }, "cadence.days", "must be a number from 1 to 28"],
  [{ cadence: { kind: "every_n_days", days: 1 } }, "cadence.days", "must be a number from 2 to 90"],
  [{ cadence: { kind: "every_n_days", days: 91 } }, "cadence.days", "must be between 0 and 90"],
  [{ cadence: { kind: "days_in_any", of: 5 } }, "cadence.days", "must be a number from 1 to 90"],
  [{ cadence: { kind: "days_in_any", days: 1 } }, "cadence.of", "must be a number from 2 to 90"],
  [{ cadence: { kind: "days_in_any", days: 5, of: 4 } }, "cadence.of", "must be at least days, 5"],
  [{ cadence: { kind: "weekdays" } }, "cadence.weekdays", "must have at least one weekday"],
  [{ cadence: { kind: "weekdays", weekdays: ["monday", "monday"] } }, "cadence.weekdays[1]", '"monday" is there twice'],
  [{ cadence: { kind: "weekdays", weekdays: ["Monday"] } }, "cadence.weekdays[0]", "must be one of monday, tuesday,"],
  [{ cadence: { kind: "weekdays", weekdays: [0] } }, "cadence.weekdays[0]", "must be one of monday, tuesday,"],
  [{ freezes: { earnEvery: 0, maxEarned: 1 } }, "freezes.earnEvery", "must be between 1 and 366"],
  [{ freezes: { earnEvery: 367, maxEarned: 1 } }, "freezes.earnEvery", "must be between 1 and 366"],
  [{ freezes: { earnEvery: 1, maxEarned: 0 } }, "freezes.maxEarned", "must be between 1 and 30"],
  [{ freezes: { earnEvery: 1, maxEarned: 31 } }, "freezes.maxEarned", "must be between 1 and 30"],
  [{ freezes: { earnEvery: 3 } }, "freezes.maxEarned", "must be given with earnEvery: it says how many earned"],
  [{ freezes: { maxEarned: 3 } }, "freezes.maxEarned", "means nothing without earnEvery, since no freeze is earned"],
  [{ freezes: { maxInARow: 0 } }, "freezes.maxInARow", "must be between 1 and 30"],
  [{ freezes: { maxInARow: 31 } }, "freezes.maxInARow", "must be between 1 and 30"],
  [
    { neverMissTwice: true, freezes: { lengthenRun: true } },
    "freezes.lengthenRun",
    "can't be true together with neverMissTwice",
  ],
  [
    { cadence: { kind: "every_n_days", days: 3 }, freezes: {} },
    "freezes",
    "means nothing for the kind every_n_days, since freezes cover days, weeks and months. Leave it out, or choose another kind.",
  ],
  [
    { cadence: { kind: "days_in_any", days: 2, of: 4 }, freezes: {} },
    "freezes",
    "means nothing for the kind days_in_any",
  ],
  [{ graceMinutes: 0 }, "graceMinutes", "must be between 1 and 360"],
  [{ graceMinutes: 361 }, "graceMinutes", "must be between 1 and 360"],
  [{ graceMinutes: "60" }, "graceMinutes", "must be"],
  [{ repairs: {} }, "repairs.withinDays", "must be between 1 and 31"],
  [{ repairs: { withinDays: 0 } }, "repairs.withinDays", "must be between 1 and 31"],
  [{ repairs: { withinDays: 32 } }, "repairs.withinDays", "must be between 1 and 31"],
  [{ repairs: { withinDays: -1 } }, "repairs.withinDays", "must be between 1 and 31"],
  [{ repairs: { withinDays: 3, onceInDays: 0 } }, "repairs.onceInDays", "must be between 1 and 366"],
  [{ repairs: { withinDays: 3, onceInDays: 367 } }, "repairs.onceInDays", "must be between 1 and 366"],
  [{ repairs: { withinDays: 3, price: "money" } }, "repairs.price", "must be one of none, freeze, days"],
  [
    { repairs: { withinDays: 3, price: "freeze" } },
    "repairs.price",
    "is freeze, and the rules have no freezes. Add freezes to them, or choose another price.",
  ],
  [
    { repairs: { withinDays: 3, price: "days" } },
    "repairs.days",
    "must be given with the price days: it says how many days must be done first.",
  ],
  [{ repairs: { withinDays: 3, price: "days", days: 0 } }, "repairs.days", "must be between 1 and 30"],
  [{ repairs: { withinDays: 3, price: "days", days: 31 } }, "repairs.days", "must be between 1 and 30"],
  [
    { repairs: { withinDays: 3, price: "days", days: 4 } },
    "repairs.days",
    "is 4, and withinDays is 3: so many days can't be done while a run can be repaired. Ask for at most 3, or raise withinDays.",
  ],
  [
    { repairs: { withinDays: 3, days: 2 } },
    "repairs.days",
    "means nothing for the price none, which is the price when none is given. Leave it out, or choose the price days.",
  ],
  [
    { freezes: {}, repairs: { withinDays: 3, price: "freeze", days: 2 } },
    "repairs.days",
    "means nothing for the price freeze. Leave it out, or choose the price days.",
  ],
  [
    { cadence: { kind: "every_n_days", days: 3 }, repairs: { withinDays: 3 } },
    "repairs",
    "means nothing for the kind every_n_days, since only runs of days, weeks or months can be repaired. Leave it out, or choose another kind.",
  ],
  [
    { cadence: { kind: "days_in_any", days: 2, of: 4 }, repairs: { withinDays: 3 } },
    "repairs",
    "means nothing for the kind days_in_any",
  ],
  [off([...ALL]), "daysOff.weekdays", "has each weekday that the cadence needs"],
  [{ ...weekly, ...off(ALL) }, "daysOff.weekdays", "has each weekday that the cadence needs"],
  [
    { cadence: { kind: "weekdays", weekdays: ["monday"] }, ...off(["sunday", "monday"]) },
    "daysOff.weekdays",
    "has each weekday that the cadence needs",
  ],
  [off(["sunday", "sunday"]), "daysOff.weekdays[1]", '"sunday" is there twice'],
  [{ daysOff: { dates: ["2024-02-30"] } }, "daysOff.dates[0]", "must be a date from 0001-01-01 to 9999-12-31"],
  [{ daysOff: { dates: ["2024-01-01", "0000-01-01"] } }, "daysOff.dates[1]", "must be a date"],
  [{ daysOff: { dates: ["2024-1-1"] } }, "daysOff.dates[0]", "must be a date"],
  [
    { daysOff: { dates: ["2024-01-01", "2023-01-01", "2024-01-01"] } },
    "daysOff.dates[2]",
    '"2024-01-01" is there twice',
  ],
  [{ daysOff: { holidays: ["Bavaria", "Bavaria"] } }, "daysOff.holidays[1]", '"Bavaria" is there twice'],
  [{ daysOff: { holidays: ["Bavaria", "bavria"] } }, "daysOff.holidays[1]", 'The nearest is "Bavaria".'],
  [{ daysOff: { holidays: ["Elsewhere"] } }, "daysOff.holidays[0]", "Add the list to the project's holidays"],
])("rules %j are refused for %s, in a new project and in an update", async (rules, field, problem) => {
  const { app } = shared;
  const project = {
    siteKey: `p${field}`.replaceAll(/\W/g, "_"),
    widgets: [{ event: "like" }, { event: "visit", rules }],
    holidays: [{ name: "Bavaria" }],
  };
  const created = await app.admin("POST", "/admin/projects", project);
  const refused = {
    error: "INVALID_BODY",
    field: `widgets[1].rules.${field}`,
    message: expect.stringContaining(problem),
  };
  expect(created.json).toEqual(refused);

  await app.admin("POST", "/admin/projects", { ...project, widgets: [] });
  const path = `/admin/projects/${project.siteKey}`;
  expect((await app.admin("PATCH", path, { widgets: project.widgets })).json).toEqual(refused);
  expect((await app.admin("GET", path)).json.widgets).toEqual([]);
});

test.each([
  [{ rulesFrom: "2024-02-01" }, "says from when on rules hold, and there are none. Send rules with it"],
  [{ rules: weekly, rulesFrom: "2024-01-11" }, "It may be today in the project's time zone, 2024-01-12, or later"],
  [{ rules: weekly, rulesFrom: "2024-02-30" }, "must be a date"],
  [{ rules: weekly, rulesFrom: "tomorrow" }, "must be a date"],
  [{ rules: weekly, rulesFrom: "" }, "must not be empty: leave it out"],
])("an update of a widget with %j is refused for rulesFrom", async (widget, problem) => {
  const app = await openShop();
  const { rules } = await change(app, widget);
  expect(rules).toEqual({
    error: "INVALID_BODY",
    field: "widgets[0].rulesFrom",
    message: expect.stringContaining(problem),
  });
});

test("a new widget has its rules from the beginning, so it is refused with a day", async () => {
  const widgets = [{ event: "visit", rules: weekly, rulesFrom: "2024-02-01" }];
  const { json } = await shared.app.admin("POST", "/admin/projects", { widgets });
  expect(json).toMatchObject({
    field: "widgets[0].rulesFrom",
    message: expect.stringContaining("means nothing for a new widget"),
  });
});

test("a widget keeps at most 100 versions, and says how to make room", async () => {
  const app = await openShop({ rules: weekly });
  const date = (i: number) => new Date(Date.UTC(2024, 1, i)).toISOString().slice(0, 10);
  for (let i = 1; i <= 99; i++) {
    expect((await change(app, { rules: i % 2 ? monthly : weekly, rulesFrom: date(i) })).status).toBe(200);
  }
  const full = (await app.admin("GET", SHOP)).json;
  expect(full.widgets[0].earlierRules).toHaveLength(99);
  const refused = await change(app, { rules: weekly, rulesFrom: date(200) });
  expect(refused.rules).toMatchObject({
    error: "INVALID_BODY",
    field: "widgets[0].rules",
    message: `widgets[0].rules would be version 101 of the widget's rules, and 100 are kept. Choose a rulesFrom up to ${date(99)}: the change then takes the place of those that begin later.`,
  });
  expect((await app.admin("PATCH", SHOP, full)).json).toEqual(full);

  app.now = Date.parse("2025-01-01T12:00:00Z");
  expect((await change(app, { rules: weekly })).rules.message).toContain("Remove the widget and add it again");
}, 60_000);

test("the audit log has rules and lists of holidays, as REST shows them", async () => {
  const app = await openShop();
  await app.admin("PATCH", SHOP, {
    widgets: [{ event: "visit", rules: { ...weekly, daysOff: { holidays: ["x"] } } }],
    holidays: [{ name: "x", dates: ["2024-12-25"] }],
  });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop")).json;
  const { json } = await app.admin("GET", SHOP);
  expect(entries[0]).toMatchObject({
    outcome: "done",
    before: { holidays: [], widgets: [{ event: "visit", earlierRules: [] }] },
    after: { holidays: json.holidays, widgets: json.widgets },
  });
});

test("of updates at the same time none loses a version of rules that another has made", async () => {
  const app = await openShop();
  const edits = Array.from({ length: 6 }, (_, i) => change(app, { settings: { mainMessage: `${i}` } }));
  const [changed, ...edited] = await Promise.all([change(app, { rules: weekly }), ...edits]);
  expect([changed, ...edited].map(({ status }) => status)).toEqual(Array(7).fill(200));
  const { json } = await app.admin("GET", SHOP);
  expect(rulesIn(json)).toEqual({
    rules: weeklyAnswer,
    rulesFrom: "2024-01-13",
    earlierRules: [{ rules: dailyAnswer }],
  });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop")).json;
  expect(entries).toHaveLength(8);
  // Each was written down as it was made: it begins where the one before it ended.
  const states = entries.toReversed().slice(1) as { before: object; after: object }[];
  for (const [i, { before }] of states.entries()) {
    expect(before).toEqual(i === 0 ? expect.anything() : states[i - 1]?.after);
  }
});

test("of a list of holidays that is removed and rules that name it at the same time, one is refused", async () => {
  const app = await openShop({}, { holidays: [{ name: "x" }] });
  const [removed, named] = await Promise.all([
    app.admin("PATCH", SHOP, { holidays: [] }),
    change(app, { rules: { daysOff: { holidays: ["x"] } } }),
  ]);
  expect([removed.status, named.status].toSorted()).toEqual([200, 400]);
});

test("over RPC rules are written and read in the same words", async () => {
  const app = await openApp();
  const transport = createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" });
  const admin = createClient(AdminService, transport);
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const cadence = { kind: CadenceKind.DAYS_A_WEEK, days: 2, weekStart: Weekday.SUNDAY };
  const widget = { event: "visit", mode: StreakMode.CONTINUOUS, rules: { cadence, neverMissTwice: true } };
  await admin.createProject({ project: { siteKey: "rpc", widgets: [{ event: "visit" }] } }, { headers });

  const { project } = await admin.updateProject(
    { project: { siteKey: "rpc", widgets: [widget] }, updateMask: { paths: ["widgets"] } },
    { headers },
  );

  expect(project?.widgets[0]).toMatchObject({
    rules: { cadence, neverMissTwice: true },
    rulesFrom: "2024-01-13",
    earlierRules: [{ rules: { cadence: { kind: CadenceKind.EVERY_DAY } } }],
  });
  expect(project?.widgets[0]?.rules?.daysOff).toBeUndefined();
  expect((await app.admin("GET", "/admin/projects/rpc")).json.widgets[0].rules.cadence).toEqual({
    ...{ kind: "days_a_week", days: 2, of: 0, weekdays: [], weekStart: "sunday" },
  });
});
