import { expect, test } from "vitest";
import { openApp, type TestApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC.

const SHOP = "/admin/projects/shop";
const naming = (...holidays: string[]) => ({ cadence: { kind: "every_day" }, daysOff: { holidays } });
const BAVARIA = { name: "Bavaria", dates: ["2024-01-06", "2024-05-01"] };

/** Creates the project `shop` with the list of Bavaria, and with widgets that have these rules. */
async function openShop(rules: Readonly<Record<string, object>>): Promise<TestApp> {
  const app = await openApp();
  const widgets = Object.entries(rules).map(([event, rules]) => ({ event, rules }));
  const { status } = await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets, holidays: [BAVARIA] });
  expect(status).toBe(201);
  return app;
}

const patch = (app: TestApp, body: object) => app.admin("PATCH", SHOP, body);
const refused = (field: string, problem: string) => ({
  error: "INVALID_BODY",
  field,
  message: expect.stringContaining(problem),
});

test.each([
  [[BAVARIA, { ...BAVARIA, dates: [] }], "holidays[1].name", '"Bavaria" is there twice'],
  [[{ ...BAVARIA, name: "" }], "holidays[0].name", "is required"],
  [[BAVARIA, { name: "x", dates: ["2024-06-31"] }], "holidays[1].dates[0]", "must be a date"],
  [[{ name: "x", dates: ["2024-06-01", "2024-06-01"] }], "holidays[0].dates[1]", '"2024-06-01" is there twice'],
  [[{ name: "x".repeat(65) }], "holidays[0].name", "at most 64"],
  [Array.from({ length: 21 }, (_, i) => ({ name: `${i}` })), "holidays", "at most 20"],
])("the lists %j are refused for %s", async (holidays, field, problem) => {
  const app = await openShop({});
  expect((await patch(app, { holidays })).json).toEqual(refused(field, problem));
});

test("a list that rules name can't be removed, whether they hold now, held before, or are to come", async () => {
  const app = await openShop({ visit: naming("Bavaria") });
  const removed = refused("holidays", 'must keep the list "Bavaria": the rules of the widget "visit" name it');
  expect((await patch(app, { holidays: [] })).json).toEqual(removed);
  expect((await patch(app, { holidays: [{ ...BAVARIA, name: "Bayern" }] })).json).toEqual(removed);

  await patch(app, { widgets: [{ event: "visit", rules: naming() }] });
  expect((await patch(app, { holidays: [] })).json).toEqual(removed);

  await patch(app, { widgets: [{ event: "visit", rules: naming("Bavaria"), rulesFrom: "2024-03-01" }] });
  expect((await patch(app, { holidays: [] })).json).toEqual(removed);
  expect((await app.admin("GET", SHOP)).json.holidays).toEqual([BAVARIA]);
});

test("a list can be removed once no version names it, in the same update too", async () => {
  const app = await openShop({ like: naming() });
  await patch(app, { widgets: [{ event: "like", rules: naming("Bavaria"), rulesFrom: "2024-03-01" }] });
  const widgets = [{ event: "like", rules: { neverMissTwice: true }, rulesFrom: "2024-02-01" }];
  expect((await patch(app, { widgets, holidays: [] })).status).toBe(200);

  const other = await openShop({ visit: naming("Bavaria") });
  expect((await patch(other, { widgets: [], holidays: [] })).status).toBe(200);
});

test("an update can bring a list and the rules that name it, and is checked as a whole", async () => {
  const app = await openShop({ visit: naming("Bavaria") });
  const hesse = { name: "Hesse", dates: ["2024-01-01"] };
  const widgets = [{ event: "visit", rules: naming("Hesse") }];
  const unknown = refused("widgets[0].rules.daysOff.holidays[0]", 'names "Hesse"');
  expect((await patch(app, { widgets })).json).toEqual(unknown);
  expect((await patch(app, { widgets, holidays: [BAVARIA] })).json).toEqual(unknown);
  expect((await patch(app, { widgets, holidays: [hesse] })).json).toEqual(refused("holidays", 'the list "Bavaria"'));
  expect((await patch(app, { widgets, holidays: [hesse, BAVARIA] })).status).toBe(200);
});

test.each([
  ["adds a date that is over", ["2024-01-06", "2024-01-11", "2024-05-01"], "adds 2024-01-11, which is over"],
  ["lacks a date that is over", ["2024-05-01"], "lacks 2024-01-06, which is over"],
])("a list that a widget uses is refused when it %s", async (_, dates, problem) => {
  const app = await openShop({ like: naming(), visit: naming("Bavaria") });
  const answer = await patch(app, { holidays: [{ name: "other" }, { ...BAVARIA, dates }] });
  expect(answer.json).toEqual(refused("holidays[1].dates", problem));
  expect(answer.json.message).toContain('the widget "visit" uses the list');
});

test("dates from today on can be changed in a list that a widget uses", async () => {
  const app = await openShop({ visit: naming("Bavaria") });
  for (const dates of [["2024-01-06", "2024-01-12"], ["2024-01-06"], ["2024-01-06", "2024-01-13", "2025-01-01"]]) {
    const { status, json } = await patch(app, { holidays: [{ ...BAVARIA, dates }] });
    expect([status, json.holidays]).toEqual([200, [{ ...BAVARIA, dates }]]);
  }
  app.now += 86_400_000;
  const answer = await patch(app, { holidays: [{ ...BAVARIA, dates: ["2024-01-06", "2024-01-12"] }] });
  expect(answer.json).toEqual(refused("holidays[0].dates", "adds 2024-01-12"));
});

test("which dates are over is decided in the project's time zone", async () => {
  const app = await openShop({ visit: naming("Bavaria") });
  await patch(app, { timeZone: "Pacific/Kiritimati" });
  const answer = await patch(app, { holidays: [{ ...BAVARIA, dates: ["2024-01-06", "2024-01-12"] }] });
  expect(answer.json).toEqual(refused("holidays[0].dates", "adds 2024-01-12"));
});

test.each([
  ["is behind the old one", "UTC", "Pacific/Niue", "2024-01-11"],
  ["is ahead of the old one", "UTC", "Pacific/Kiritimati", "2024-01-12"],
])("another time zone in the same update, which %s, opens no day that is over", async (_, before, timeZone, over) => {
  const app = await openShop({ visit: naming("Bavaria") });
  app.now = Date.parse("2024-01-12T10:30:00Z"); // 2024-01-11 in Niue, 2024-01-13 in Kiritimati
  await patch(app, { timeZone: before });
  const holidays = [{ ...BAVARIA, dates: [...BAVARIA.dates, over] }];
  const answer = await patch(app, { timeZone, holidays });
  expect(answer.json).toEqual(refused("holidays[0].dates", `adds ${over}, which is over`));

  const widgets = [{ event: "visit", rules: naming(), rulesFrom: over }];
  expect((await patch(app, { timeZone, widgets })).json).toEqual(refused("widgets[0].rulesFrom", "is over"));
  expect((await app.admin("GET", SHOP)).json.timeZone).toBe("UTC");
});

test("a time zone that was set before decides which days are over", async () => {
  const app = await openShop({ visit: naming("Bavaria") });
  app.now = Date.parse("2024-01-12T10:30:00Z");
  await patch(app, { timeZone: "Pacific/Niue" });
  const holidays = [{ ...BAVARIA, dates: [...BAVARIA.dates, "2024-01-11"] }];
  expect((await patch(app, { holidays })).status).toBe(200);
});

test("any dates can be changed in a list that no widget uses, or that gets its first widget now", async () => {
  const app = await openShop({ visit: naming() });
  const holidays = [{ ...BAVARIA, dates: ["2020-01-01"] }];
  expect((await patch(app, { holidays })).status).toBe(200);
  const widgets = [{ event: "visit" }, { event: "new", rules: naming("Bavaria") }];
  expect((await patch(app, { widgets, holidays: [{ ...BAVARIA, dates: ["2021-01-01"] }] })).status).toBe(200);
});

test("rules that are too much together are refused, with what to do", async () => {
  const app = await openShop({});
  const many = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}-${new Date(i * 86_400_000).toISOString().slice(5, 10)}`);
  const holidays = Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, dates: many(`${2030 + i}`, 360) }));
  expect((await patch(app, { holidays: holidays.slice(0, 10) })).status).toBe(200);
  const all = naming(...holidays.slice(0, 10).map(({ name }) => name));
  const widgets = Array.from({ length: 30 }, (_, i) => ({ event: `e${i}`, rules: all }));
  const tooMuch = (problem: string) => refused("widgets", problem);
  expect((await patch(app, { widgets })).json).toEqual(tooMuch("would have rules with 108000 dates off"));
  expect((await patch(app, { widgets: widgets.slice(0, 27) })).status).toBe(200);

  const dates = [...many("2030", 360), ...many("2031", 40)];
  const long = Array.from({ length: 49 }, (_, i) => ({ event: `e${i}`, rules: { daysOff: { dates } } }));
  expect((await patch(app, { widgets: [] })).status).toBe(200);
  const days = Array.from({ length: 3 }, (_, i) => `2024-02-0${i + 1}`);
  let answer = await patch(app, { widgets: long });
  for (const rulesFrom of days) {
    const next = long.map((widget, i) => ({
      ...widget,
      rules: { daysOff: { dates: [...dates.slice(0, 399), `2040-01-1${rulesFrom.at(-1)}`] }, neverMissTwice: i > 0 },
      rulesFrom,
    }));
    answer = await patch(app, { widgets: next });
  }
  expect(answer.json).toEqual(tooMuch("bytes as JSON"));
});
