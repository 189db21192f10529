import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { PeriodOutcome, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC.

const running = useApp();
const pathOf = (user: string, event: string) => `/admin/projects/shop/users/${user}/streaks/${event}:explain`;

const explain = (event: string, query = "", user = "u") => running.app.admin("GET", `${pathOf(user, event)}${query}`);

const rules = {
  weekly: { cadence: { kind: "days_a_week", days: 2 } },
  kind: { cadence: { kind: "every_day" }, neverMissTwice: true, daysOff: { weekdays: ["sunday"], holidays: ["x"] } },
};

beforeAll(async () => {
  const { app } = running;
  const { status } = await app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    timeZone: "Europe/Berlin",
    widgets: [
      { event: "plain" },
      { event: "weekly", rules: rules.weekly },
      { event: "kind", rules: rules.kind },
      { event: "all", mode: "cumulative", rules: rules.weekly },
      { event: "long" },
    ],
    holidays: [{ name: "x", dates: ["2024-01-10"] }],
  });
  expect(status).toBe(201);
  const dates = ["2024-01-03", "2024-01-05", "2024-01-06", "2024-01-08", "2024-01-09", "2024-01-11", "2024-01-12"];
  for (const event of ["plain", "weekly", "kind", "all"]) {
    await done(app, { event }, dates);
  }
  const lastYear = Array.from({ length: 420 }, (_, i) => isoDate(Date.UTC(2024, 0, 12 - i)));
  await Promise.all(lastYear.map((date) => done(app, { event: "long", userHash: "keen" }, [date])));
});

async function done(app: TestApp, event: object, dates: readonly string[]): Promise<void> {
  for (const date of dates) {
    await app.record({ siteKey: "shop", ts: `${date}T09:00:00Z`, ...event });
  }
}

function isoDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

interface Period {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly outcome: string;
  readonly counted: number;
  readonly days: readonly { readonly isoDate: string; readonly status: string; readonly checkIn?: object }[];
}

/** An explanation in short: each period by its first date, its outcome, and the first letters of its days' statuses. */
const short = ({ periods }: { readonly periods: readonly Period[] }) =>
  periods.map(
    ({ firstDate, outcome, days }) => `${firstDate} ${outcome} ${days.map(({ status }) => status[0]).join("")}`,
  );

test("a streak of days is explained from the first day of its run to today", async () => {
  const { status, json } = await explain("plain");
  expect(status).toBe(200);
  expect(json).toEqual({
    streak: { mode: "continuous", current: 2, best: 2, todayDone: true, pending: false },
    today: "2024-01-12",
    timeZone: "Europe/Berlin",
    runFirstDate: "2024-01-11",
    countedBefore: 0,
    periods: ["2024-01-11", "2024-01-12"].map((isoDate) => ({
      ...{ firstDate: isoDate, lastDate: isoDate, outcome: "kept", counted: 1, done: 1, needed: 1, unit: "day" },
      days: [
        {
          isoDate,
          status: "done",
          checkIn: { ts: `${isoDate}T09:00:00.000Z`, receiveTime: "2024-01-12T12:00:00.000Z" },
        },
      ],
    })),
  });
});

test("weeks are explained whole, by the rules", async () => {
  const { json } = await explain("weekly", "?from=2024-01-05&to=2024-01-09");
  expect(json).toMatchObject({
    streak: { current: 2, unit: "week", progress: { done: 4, needed: 2 } },
    runFirstDate: "2024-01-01",
    countedBefore: 0,
    periods: [
      { firstDate: "2024-01-01", lastDate: "2024-01-07", counted: 1, done: 3, needed: 2 },
      { firstDate: "2024-01-08", lastDate: "2024-01-14", counted: 1, done: 4, needed: 2 },
    ],
  });
  expect(short(json)).toEqual(["2024-01-01 kept rrdrddr", "2024-01-08 kept ddrddoo"]);
});

test("days off and a single miss are explained as what they are", async () => {
  const { json } = await explain("kind", "?from=2024-01-02");
  expect(short(json)).toEqual([
    "2024-01-02 missed m",
    "2024-01-03 kept d",
    "2024-01-04 excused e",
    "2024-01-05 kept d",
    "2024-01-06 kept d",
    "2024-01-07 off o",
    "2024-01-08 kept d",
    "2024-01-09 kept d",
    "2024-01-10 off o",
    "2024-01-11 kept d",
    "2024-01-12 kept d",
  ]);
});

test("a cumulative streak counts each done day", async () => {
  const { json } = await explain("all");
  expect(json).toMatchObject({ streak: { current: 7, unit: "day" }, runFirstDate: "2024-01-03", countedBefore: 0 });
  expect(short(json)).toHaveLength(10);
  expect(sumOf(json)).toBe(7);
});

const sumOf = ({ countedBefore, periods }: { readonly countedBefore: number; readonly periods: readonly Period[] }) =>
  periods.reduce((sum, { counted }) => sum + counted, countedBefore);

test.each(["plain", "weekly", "kind", "all"])("the sum of what is explained of %s is current", async (event) => {
  for (const query of ["", "?asOf=2024-01-09", "?asOf=2024-01-06"]) {
    const { json } = await explain(event, query);
    expect([event, query, sumOf(json)]).toEqual([event, query, json.streak.current]);
  }
});

test("of a long run the last 366 days are explained, and what they do not have is counted before", async () => {
  const { json } = await explain("long", "", "keen");
  expect(json).toMatchObject({ streak: { current: 420 }, runFirstDate: isoDate(Date.UTC(2024, 0, 12 - 419)) });
  expect(json.periods).toHaveLength(366);
  expect([json.countedBefore, sumOf(json)]).toEqual([54, 420]);
  expect(json.periods.every(({ days: [day] }: Period) => day?.checkIn !== undefined)).toBe(true);

  const year = await explain("long", "?from=2023-01-01&to=2023-12-31", "keen");
  expect(year.json.periods).toHaveLength(365);
  expect(year.json.countedBefore).toBe(43);
});

test("without a run, the last 30 days are explained", async () => {
  const { json } = await explain("plain", "", "nobody");
  expect(json.streak).toEqual({ mode: "continuous", current: 0, best: 0, todayDone: false, pending: false });
  expect(json).not.toHaveProperty("runFirstDate");
  expect([json.periods.length, json.periods[0].firstDate]).toEqual([30, "2023-12-14"]);
  expect(json.periods[29]).toMatchObject({ outcome: "open", days: [{ status: "open" }] });
});

test("the days after today can be explained too", async () => {
  const { json } = await explain("plain", "?from=2024-01-12&to=2024-01-14");
  expect(short(json)).toEqual(["2024-01-12 kept d", "2024-01-13 open o", "2024-01-14 open o"]);
});

describe("an event that has done a day", () => {
  test("is told with its zone, its offset, and when it was received", async () => {
    const { app } = running;
    const event = { siteKey: "shop", userHash: "traveller", event: "plain" };
    await app.record({ ...event, ts: "2024-01-11T20:00:00Z", tz: "Asia/Kathmandu" });
    const { json } = await explain("plain", "", "traveller");
    expect(json.timeZone).toBe("Asia/Kathmandu");
    expect(json.periods[0].days[0]).toEqual({
      isoDate: "2024-01-12",
      status: "done",
      checkIn: {
        ts: "2024-01-11T20:00:00.000Z",
        receiveTime: "2024-01-12T12:00:00.000Z",
        tz: "Asia/Kathmandu",
        offsetMinutes: 345,
      },
    });
  });

  test("is the first of its day that was stored", async () => {
    const { app } = running;
    const event = { siteKey: "shop", userHash: "twice", event: "plain" };
    await app.record({ ...event, ts: "2024-01-12T11:00:00Z" });
    await app.record({ ...event, ts: "2024-01-12T08:00:00Z" });
    const { json } = await explain("plain", "", "twice");
    expect(json.periods[0].days[0].checkIn.ts).toBe("2024-01-12T11:00:00.000Z");
  });
});

test("an alias is followed", async () => {
  const { app } = running;
  await done(app, { event: "plain", userHash: "anon" }, ["2024-01-12"]);
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "anon", userHash: "known" });
  await done(app, { event: "plain", userHash: "known" }, ["2024-01-11"]);
  const { json } = await explain("plain", "", "anon");
  expect(json).toEqual((await explain("plain", "", "known")).json);
  expect(json.streak.current).toBe(2);
  expect(json.periods.map(({ days: [day] }: Period) => day?.checkIn)).toEqual([expect.anything(), expect.anything()]);
});

test("a past day is explained as it was, without what was done later", async () => {
  const { json } = await explain("kind", "?asOf=2024-01-09");
  expect(json).toMatchObject({ today: "2024-01-09", streak: { current: 5, todayDone: true } });
  expect(json.periods.at(-1)).toMatchObject({ firstDate: "2024-01-09", outcome: "kept" });
  const { streak } = await running.app.state({ siteKey: "shop", event: "kind", asOf: "2024-01-09" });
  expect(json.streak).toEqual(streak);
});

test("a user may have any name in the path", async () => {
  const { app } = running;
  const userHash = "a/b:explain é";
  await done(app, { event: "plain", userHash }, ["2024-01-12"]);
  const { json } = await explain("plain", "", encodeURIComponent(userHash));
  expect(json.streak.current).toBe(1);
});

test.each([
  ["?from=2024-01-13", "from", "must not be later than the last day to explain, 2024-01-12"],
  ["?from=2024-01-02&to=2024-01-01", "from", "must not be later than the last day to explain, 2024-01-01"],
  [
    "?from=2023-01-11",
    "from",
    "must be at most 365 days before the last day to explain, 2024-01-12: 2023-01-12 or later",
  ],
  ["?from=2024-02-30", "from", "must be a date"],
  ["?to=yesterday", "to", "must be a date"],
  ["?asOf=2024-01-13", "asOf", "must not be after the user's today, 2024-01-12"],
  ["?asOf=2024-01-1", "asOf", "must be a date"],
  ["?to=9999-01-01", "to", "must be a date from 0002-01-01 to 9998-12-31"],
  ["?to=0001-12-31", "to", "must be a date from 0002-01-01 to 9998-12-31"],
  ["?from=0001-12-31&to=0002-01-31", "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["?asOf=0001-12-31", "asOf", "must be a date from 0002-01-01 to 9998-12-31"],
  ["?from=", "from", "must not be empty"],
  ["?asOf=2024-01-05&from=2024-01-06", "from", "must not be later than the last day to explain, 2024-01-05"],
])("%s is refused", async (query, field, problem) => {
  const { json } = await explain("plain", query);
  expect(json).toEqual({ error: "INVALID_BODY", field, message: expect.stringContaining(problem) });
});

test("an explanation has only dates that a request may name, also of a run since the beginning of time", async () => {
  const { app } = running;
  const rules = { cadence: { kind: "days_a_week", days: 1, weekStart: "tuesday" } };
  const widgets = [
    { event: "old", rules },
    { event: "all", mode: "cumulative" },
  ];
  await app.admin("POST", "/admin/projects", { siteKey: "ancient", timeZone: "America/New_York", widgets });
  const first = Date.parse("0001-01-01T00:00:00Z");
  // Each event is on Sunday in New York, the first one in year 0.
  const dates = Array.from({ length: 53 }, (_, i) => new Date(first + i * 7 * 86_400_000).toISOString());
  for (const ts of dates) {
    await app.record({ siteKey: "ancient", event: "old", ts });
  }
  await app.record({ siteKey: "ancient", event: "all", ts: dates[0] });
  const edge = "0002-01-01";
  const end = "9998-12-31";
  for (const query of [`from=${edge}&to=${edge}`, `to=${edge}`, `asOf=${edge}`, `from=${end}&to=${end}`]) {
    for (const event of ["old", "all"]) {
      const { text } = await app.admin("GET", `${pathOf("u", event).replace("shop", "ancient")}?${query}`);
      const dates = [...text.matchAll(/"(?:isoDate|\w+Date|today)":"([^"]*)"/g)].map(([, date]) => date);
      expect(dates.length).toBeGreaterThan(3);
      expect(dates.filter((date) => !/^(?!0000)\d{4}-\d\d-\d\d$/.test(`${date}`))).toEqual([]);
    }
  }
});

test("an event that no widget has, and a project that is not there, are told apart", async () => {
  expect(outcomeOf(await explain("none"))).toBe("400 INVALID_WIDGET_KIND");
  const { app } = running;
  expect(outcomeOf(await app.admin("GET", pathOf("u", "plain").replace("shop", "none")))).toBe("404 NOT_FOUND");
});

test("over RPC a streak is explained in the same words", async () => {
  const app = await openApp();
  await app.record({ ts: "2024-01-11T09:00:00Z" });
  const client = createClient(RulesService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const request = { siteKey: "proj_demo", userHash: "u", event: "visit" };
  const { explanation } = await client.explainStreak(request, { headers });
  expect(explanation).toMatchObject({
    ...{ streak: { current: 1, pending: true }, today: "2024-01-12", timeZone: "UTC", runFirstDate: "2024-01-11" },
    periods: [
      { outcome: PeriodOutcome.KEPT, days: [{ status: DayStatus.DONE, checkIn: { ts: { seconds: 1704963600n } } }] },
      { outcome: PeriodOutcome.OPEN, days: [{ status: DayStatus.OPEN }] },
    ],
  });
  const refused = ConnectError.from(await client.explainStreak(request).catch((error) => error));
  expect(refused.code).toBe(Code.Unauthenticated);
});
