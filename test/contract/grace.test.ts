import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeEach, describe, expect, test } from "vitest";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";

// Each test has users of its own, in UTC, in the week from Monday, 2024-01-08.

const running = useApp();
const MONDAY_EVENING = "2024-01-08T20:00:00Z";
const TUESDAY_EVENING = "2024-01-09T21:00:00Z";
/** In the grace after Tuesday. */
const WEDNESDAY_NIGHT = "2024-01-10T00:30:00Z";
const WEDNESDAY_NOON = "2024-01-10T12:00:00Z";

const WIDGETS = [
  { event: "visit", rules: { graceMinutes: 120 } },
  { event: "night", rules: { dayStart: "04:00", graceMinutes: 60 } },
  { event: "work", rules: { graceMinutes: 120, daysOff: { weekdays: ["tuesday"] } } },
  { event: "frozen", rules: { graceMinutes: 120, freezes: {} } },
  { event: "plain" },
  { event: "all", mode: "cumulative", rules: { graceMinutes: 120 } },
];

beforeEach(async () => {
  await running.app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: WIDGETS });
});

/** Records an event at each of these times, one after the other, each when it happens unless said otherwise. */
async function record(userHash: string, times: readonly string[], { event = "visit", now = WEDNESDAY_NOON } = {}) {
  running.app.now = Date.parse(now);
  for (const ts of times) {
    await running.app.record({ siteKey: "shop", userHash, event, ts });
  }
}

/** Reads a state as it is at a time, as far as grace changes it. */
async function stateAt(now: string, userHash: string, event = "visit", query: Record<string, string> = {}) {
  running.app.now = Date.parse(now);
  const state = await running.app.state({ siteKey: "shop", userHash, event, ...query });
  const { current, best, todayDone, pending, todayEndTime } = state.streak as typeof state.streak & {
    readonly todayEndTime?: string;
  };
  const week = state.week as readonly ((typeof state.week)[number] & { readonly status?: string })[];
  return {
    ...{ current, best, todayDone, pending, todayEndTime },
    today: week.find(({ isToday }) => isToday)?.isoDate,
    done: week.filter(({ isCheckedIn }) => isCheckedIn).map(({ dayNumber }) => dayNumber),
    late: week.filter(({ status }) => status === "late").map(({ dayNumber }) => dayNumber),
  };
}

const explain = async (userHash: string, event = "visit", query = "") =>
  (await running.app.admin("GET", `/admin/projects/shop/users/${userHash}/streaks/${event}:explain${query}`)).json;

/** All orders of these values. */
function ordersOf<Value>(values: readonly Value[]): Value[][] {
  return values.length <= 1
    ? [[...values]]
    : values.flatMap((first, index) => ordersOf(values.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

describe("an event in the grace after a day", () => {
  test("fills that day if it is empty, and does not count for its own day", async () => {
    await record("filled", [MONDAY_EVENING, WEDNESDAY_NIGHT]);
    expect(await stateAt(WEDNESDAY_NOON, "filled")).toMatchObject({
      ...{ current: 2, todayDone: false, pending: true, today: "2024-01-10", done: [8, 9], late: [9] },
    });
  });

  test("counts for its own day if the day before is done", async () => {
    await record("own", [MONDAY_EVENING, TUESDAY_EVENING, WEDNESDAY_NIGHT]);
    expect(await stateAt(WEDNESDAY_NOON, "own")).toMatchObject({
      ...{ current: 3, todayDone: true, pending: false, done: [8, 9, 10], late: [] },
    });
  });

  test("counts for its own day if the day before is off", async () => {
    await record("off", [MONDAY_EVENING, WEDNESDAY_NIGHT], { event: "work" });
    expect(await stateAt(WEDNESDAY_NOON, "off", "work")).toMatchObject({ todayDone: true, done: [8, 10], late: [] });
  });

  test("counts for its own day if the day before is paused, and fills it when the pause is taken back", async () => {
    const { app } = running;
    await record("paused", [MONDAY_EVENING, WEDNESDAY_NIGHT]);
    const change = (verb: string, body: object) =>
      app.admin("POST", `/admin/projects/shop/ledger:${verb}`, { userHashes: ["paused"], reason: "Test", ...body });
    await change("pause", { entryId: "p", from: "2024-01-09", to: "2024-01-09" });
    expect(await stateAt(WEDNESDAY_NOON, "paused")).toMatchObject({ current: 2, done: [8, 10] });
    await change("takeBack", { entryId: "t", takenBackId: "p" });
    expect(await stateAt(WEDNESDAY_NOON, "paused")).toMatchObject({ current: 2, done: [8, 9] });
  });

  test("fills a day by the start of the day, from which the grace is counted", async () => {
    // 04:30 is in the grace after Tuesday. 05:00 is not any more.
    await record("starts", [MONDAY_EVENING, "2024-01-10T04:30:00Z"], { event: "night" });
    expect(await stateAt(WEDNESDAY_NOON, "starts", "night")).toMatchObject({ done: [8, 9], late: [9] });
    await record("starts later", [MONDAY_EVENING, "2024-01-10T05:00:00Z"], { event: "night" });
    expect(await stateAt(WEDNESDAY_NOON, "starts later", "night")).toMatchObject({
      current: 1,
      done: [8, 10],
      late: [],
    });
  });

  test.each([
    ["01:59:59.999", [8, 9]],
    ["02:00:00", [8, 10]],
  ])("ends with its last minute: at %s the days %j are done", async (time, done) => {
    await record(time, [MONDAY_EVENING, `2024-01-10T${time}Z`]);
    expect(await stateAt(WEDNESDAY_NOON, time)).toMatchObject({ done });
  });

  test("gives a freeze back that has covered the day", async () => {
    const { app } = running;
    const grant = {
      userHashes: ["frozen"],
      entryId: "g",
      event: "frozen",
      count: 1,
      from: "2024-01-08",
      reason: "Test",
    };
    await app.admin("POST", "/admin/projects/shop/ledger:grantFreezes", grant);
    await record("frozen", [MONDAY_EVENING, WEDNESDAY_NOON], { event: "frozen" });
    const left = async () =>
      (await app.state({ siteKey: "shop", userHash: "frozen", event: "frozen" })).streak as unknown;
    expect(await left()).toMatchObject({ current: 2, freezes: { left: 0 } });
    await record("frozen", [WEDNESDAY_NIGHT], { event: "frozen" });
    expect(await left()).toMatchObject({ current: 3, freezes: { left: 1 } });
  });

  test("counts for its own day where the streak is cumulative, and without grace in the rules", async () => {
    for (const event of ["all", "plain"]) {
      await record("no grace", [MONDAY_EVENING, WEDNESDAY_NIGHT], { event });
      expect(await stateAt(WEDNESDAY_NOON, "no grace", event)).toMatchObject({ todayDone: true, done: [8, 10] });
    }
  });

  test("is on the day that it names, where its time is a date alone", async () => {
    const { app } = running;
    app.now = Date.parse(WEDNESDAY_NOON);
    for (const ts of ["2024-01-08", "2024-01-10"]) {
      await app.record({ siteKey: "shop", userHash: "dated", event: "visit", ts, tz: "Europe/Berlin" });
    }
    expect(await stateAt(WEDNESDAY_NOON, "dated")).toMatchObject({ done: [8, 10], late: [] });
  });
});

test("events give the same streak and the same explanation in any order, and sent any number of times", async () => {
  const thursdayNight = "2024-01-11T01:00:00Z";
  for (const [index, times] of [
    [MONDAY_EVENING, TUESDAY_EVENING, WEDNESDAY_NIGHT, thursdayNight],
    [MONDAY_EVENING, WEDNESDAY_NIGHT, thursdayNight],
    [WEDNESDAY_NIGHT, "2024-01-10T01:30:00Z", thursdayNight],
  ].entries()) {
    const seen = new Set<string>();
    for (const [order, sent] of ordersOf(times).entries()) {
      const user = `order-${index}-${order}`;
      await record(user, [...sent, ...sent], { now: "2024-01-11T12:00:00Z" });
      const { periods, ...explained } = await explain(user);
      // Of two events of one kind on one day, the first that was stored is kept.
      const days = periods
        .flatMap((period: { days: object[] }) => period.days)
        .map(({ checkIn, ...day }: { checkIn?: object }) => day);
      seen.add(JSON.stringify([await stateAt("2024-01-11T12:00:00Z", user), explained, days]));
    }
    expect(seen.size).toBe(1);
  }
});

test("several events in one grace fill one day, and one of an earlier day that comes later gives it back to its own", async () => {
  await record("several", [MONDAY_EVENING, WEDNESDAY_NIGHT, "2024-01-10T00:31:00Z", "2024-01-10T01:00:00Z"]);
  expect(await stateAt(WEDNESDAY_NOON, "several")).toMatchObject({ current: 2, done: [8, 9] });
  await record("several", [TUESDAY_EVENING]);
  expect(await stateAt(WEDNESDAY_NOON, "several")).toMatchObject({ current: 3, done: [8, 9, 10], late: [] });
});

describe("today", () => {
  test("waits for the grace while it is not done", async () => {
    await record("waits", [MONDAY_EVENING], { now: "2024-01-09T12:00:00Z" });
    const waiting = { current: 1, pending: true, todayDone: false, today: "2024-01-09" };
    expect(await stateAt("2024-01-09T23:00:00Z", "waits")).toMatchObject({
      ...waiting,
      todayEndTime: "2024-01-10T02:00:00.000Z",
    });
    expect(await stateAt("2024-01-10T01:59:59Z", "waits")).toMatchObject({
      ...waiting,
      todayEndTime: "2024-01-10T02:00:00.000Z",
    });
    expect(await stateAt("2024-01-10T02:00:00Z", "waits")).toMatchObject({
      ...{ current: 0, pending: false, today: "2024-01-10", todayEndTime: "2024-01-11T02:00:00.000Z" },
    });
  });

  test("is the next day as soon as the day before is filled", async () => {
    await record("goes on", [MONDAY_EVENING, WEDNESDAY_NIGHT], { now: WEDNESDAY_NIGHT });
    expect(await stateAt("2024-01-10T00:31:00Z", "goes on")).toMatchObject({
      ...{ current: 2, pending: true, today: "2024-01-10", todayEndTime: "2024-01-11T02:00:00.000Z" },
    });
  });

  test("ends at the start of the next day when it is done", async () => {
    await record("done", [TUESDAY_EVENING], { now: TUESDAY_EVENING });
    expect(await stateAt(TUESDAY_EVENING, "done")).toMatchObject({ todayEndTime: "2024-01-10T00:00:00.000Z" });
  });

  test("ends with the next midnight, and says nothing of it, where the rules have no grace", async () => {
    await record("silent", [MONDAY_EVENING], { event: "plain" });
    expect((await stateAt("2024-01-10T01:00:00Z", "silent", "plain")).todayEndTime).toBeUndefined();
  });
});

test("the state of a past day has what an event in its grace has filled", async () => {
  await record("as of", [MONDAY_EVENING, WEDNESDAY_NIGHT]);
  expect(await stateAt(WEDNESDAY_NOON, "as of", "visit", { asOf: "2024-01-09" })).toMatchObject({
    ...{ current: 2, todayDone: true, today: "2024-01-09", late: [9] },
  });
});

test("an explanation has the event in the grace at the day that it has filled", async () => {
  await record("why", [MONDAY_EVENING, WEDNESDAY_NIGHT, "2024-01-11T12:00:00Z"], { now: "2024-01-11T12:00:00Z" });
  const { periods } = await explain("why", "visit", "?from=2024-01-08&to=2024-01-10");
  expect(periods[0].days).toMatchObject([{ status: "done", checkIn: { ts: "2024-01-08T20:00:00.000Z" } }]);
  expect(periods[1]).toMatchObject({
    ...{ outcome: "kept", counted: 1, done: 1 },
    days: [{ isoDate: "2024-01-09", status: "late", checkIn: { ts: "2024-01-10T00:30:00.000Z" } }],
  });
  expect(periods[2].days).toEqual([{ isoDate: "2024-01-10", status: "missed" }]);
});

test("lists of users count the days as the streak does, and activity by the days on which events happened", async () => {
  const { app } = running;
  await record("listed", [MONDAY_EVENING, WEDNESDAY_NIGHT]);
  const user = await app.admin("GET", "/admin/projects/shop/users/listed?year=2024");
  const list = await app.admin("GET", "/admin/projects/shop/users?prefix=listed");
  const days = { daysDone: 2, firstDate: "2024-01-08", lastDate: "2024-01-09" };
  for (const { lastActiveDate, streaks } of [user.json, list.json.users[0]]) {
    expect([lastActiveDate, streaks]).toMatchObject(["2024-01-10", [{ ...days, streak: { current: 2, best: 2 } }]]);
  }
  expect(user.json.streaks[0].calendar.dates).toEqual(["2024-01-08", "2024-01-09"]);
  expect(user.json).toMatchObject({ activeDays: 2, firstActiveDate: "2024-01-08", lastActiveDate: "2024-01-10" });
});

test("grace holds for the days from its version on, and what was recorded before keeps its day", async () => {
  const app = await openApp();
  app.now = Date.parse("2024-01-08T12:00:00Z");
  await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [{ event: "visit" }] });
  const at = (ts: string) => app.record({ siteKey: "shop", ts });
  app.now = Date.parse(WEDNESDAY_NOON);
  await at(MONDAY_EVENING);
  await at(WEDNESDAY_NIGHT);
  const widgets = [{ event: "visit", rules: { graceMinutes: 120 }, rulesFrom: "2024-01-11" }];
  expect((await app.admin("PATCH", "/admin/projects/shop", { widgets })).status).toBe(200);
  app.now = Date.parse("2024-01-13T12:00:00Z");
  // Thursday is the first day with a grace. Wednesday has none, so Thursday's event is one of Thursday.
  await at("2024-01-11T00:30:00Z");
  await at("2024-01-13T00:30:00Z");
  const { week } = await app.state({ siteKey: "shop" });
  const done = week.filter(({ isCheckedIn }) => isCheckedIn).map(({ dayNumber }) => dayNumber);
  expect(done).toEqual([8, 10, 11, 12]);
});

test("over RPC a day filled in the grace has the same status, with its event", async () => {
  const { app } = running;
  await record("rpc", [MONDAY_EVENING, WEDNESDAY_NIGHT]);
  const transport = createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" });
  const user = { siteKey: "shop", userHash: "rpc", event: "visit" };
  const { week, streak } = await createClient(StreakService, transport).getState(user);
  expect([week[1]?.status, week[1]?.isCheckedIn]).toEqual([DayStatus.LATE, true]);
  expect(streak?.todayEndTime?.seconds).toBe(BigInt(Date.parse("2024-01-11T02:00:00Z") / 1000));
  const { explanation } = await createClient(RulesService, transport).explainStreak(user, {
    headers: { "X-Admin-Token": ADMIN_TOKEN },
  });
  expect(explanation?.periods[1]?.days).toMatchObject([
    { status: DayStatus.LATE, checkIn: { ts: { seconds: BigInt(Date.parse(WEDNESDAY_NIGHT) / 1000) } } },
  ]);
});
