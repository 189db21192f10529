import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeEach, describe, expect, test } from "vitest";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

// Each test has users of its own. The widget `visit` has no rules, `ruled` has some.

const running = useApp();

beforeEach(async () => {
  await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [
      { event: "visit" },
      { event: "ruled", rules: { repairs: { withinDays: 3 } } },
      { event: "all", mode: "cumulative" },
    ],
  });
});

/** An event: its time and its zone. */
type Visit = readonly [ts: string, tz: string];

const MONDAY_HONOLULU: Visit = ["2024-01-08T20:00:00Z", "Pacific/Honolulu"];
const WEDNESDAY_AUCKLAND: Visit = ["2024-01-09T22:00:00Z", "Pacific/Auckland"];

async function record(userHash: string, visits: readonly Visit[], event = "visit"): Promise<void> {
  running.app.now = Math.max(...visits.map(([ts]) => Date.parse(ts)));
  for (const [ts, tz] of visits) {
    await running.app.record({ siteKey: "shop", userHash, event, ts, tz });
  }
}

const stateOf = (userHash: string, query: Record<string, string> = {}) =>
  running.app.state({ siteKey: "shop", userHash, event: "visit", ...query });

describe("a day that is missing between two done days", () => {
  test.each<[string, number, Visit, Visit]>([
    ["is bridged from Honolulu to Auckland", 2, MONDAY_HONOLULU, WEDNESDAY_AUCKLAND],
    [
      "is bridged from London to Paris",
      2,
      ["2024-01-08T12:00:00Z", "Europe/London"],
      ["2024-01-10T12:00:00Z", "Europe/Paris"],
    ],
    [
      "is missed from Paris to London",
      1,
      ["2024-01-08T12:00:00Z", "Europe/Paris"],
      ["2024-01-10T12:00:00Z", "Europe/London"],
    ],
    [
      "is missed from Paris to Berlin",
      1,
      ["2024-01-08T12:00:00Z", "Europe/Paris"],
      ["2024-01-10T12:00:00Z", "Europe/Berlin"],
    ],
    [
      "is one of two that are bridged from Pago Pago to Kiritimati",
      2,
      ["2024-01-08T20:00:00Z", "Pacific/Pago_Pago"],
      ["2024-01-10T12:00:00Z", "Pacific/Kiritimati"],
    ],
  ])("%s", async (name, current, from, to) => {
    await record(name, [from, to]);
    expect((await stateOf(name)).streak).toMatchObject({ current, best: current, todayDone: true });
    // In the other order of arrival, and with repeats.
    await record(`${name}, backwards`, [to, from, to, from]);
    const tz = to[1];
    expect((await stateOf(`${name}, backwards`, { tz })).streak).toEqual((await stateOf(name, { tz })).streak);
  });

  test("gives the state of a widget without rules no further field", async () => {
    await record("fields", [MONDAY_HONOLULU, WEDNESDAY_AUCKLAND]);
    const { streak, week } = await stateOf("fields");
    expect(Object.keys(streak)).toEqual(["mode", "current", "best", "todayDone", "pending"]);
    expect(week[1]).toEqual({ isoDate: "2024-01-09", label: "Tue", dayNumber: 9, isToday: false, isCheckedIn: false });
  });

  test("is bridged while today is not done yet, in the zone in which the state is read", async () => {
    await record("on the way", [MONDAY_HONOLULU]);
    running.app.now = Date.parse("2024-01-09T20:00:00Z");
    expect((await stateOf("on the way", { tz: "Pacific/Auckland" })).streak).toMatchObject({
      current: 1,
      pending: true,
    });
    expect((await stateOf("on the way")).streak).toMatchObject({ current: 1, pending: true });
    running.app.now = Date.parse("2024-01-10T20:00:00Z");
    expect((await stateOf("on the way", { tz: "Pacific/Auckland" })).streak).toMatchObject({ current: 0 });
    expect((await stateOf("on the way")).streak).toMatchObject({ current: 0 });
  });

  test("is bridged at most twice in 30 days, whatever zones are named", async () => {
    const visits = Array.from({ length: 5 }, (_, index): Visit => {
      const day = String(8 + 2 * index).padStart(2, "0");
      return [`2024-01-${day}T12:00:00Z`, index % 2 === 0 ? "Europe/London" : "Europe/Paris"];
    });
    // London and Paris in turn: only the way east bridges, so two of four days.
    await record("hops", visits);
    expect((await stateOf("hops")).streak).toMatchObject({ current: 1, best: 2 });
    const east = ["Europe/London", "Europe/Paris", "Europe/Helsinki", "Asia/Dubai", "Asia/Tokyo"];
    await record(
      "east",
      visits.map(([ts], index) => [ts, east[index] as string]),
    );
    expect((await stateOf("east")).streak).toMatchObject({ best: 3 });
  });

  test("adds nothing to a cumulative streak", async () => {
    await record("sum", [MONDAY_HONOLULU, WEDNESDAY_AUCKLAND], "all");
    expect((await stateOf("sum", { event: "all" })).streak).toMatchObject({ current: 2, best: 2 });
  });
});

test("a past day does not count as done in the zone that its user has reached since", async () => {
  const { app } = running;
  const paris = ["2024-01-07", "2024-01-08"].map((date): Visit => [`${date}T12:00:00Z`, "Europe/Paris"]);
  await record("moved", [...paris, ["2024-01-20T03:00:00Z", "Asia/Tokyo"]], "ruled");
  const path = "/admin/projects/shop/users/moved/streaks/ruled:explain";
  for (const [asOf, current, pending] of [
    ["2024-01-08", 2, false],
    ["2024-01-09", 2, true],
    ["2024-01-10", 0, false],
    ["2024-01-20", 1, false],
  ] as const) {
    const { streak } = await stateOf("moved", { event: "ruled", asOf });
    expect(streak).toMatchObject({ current, pending });
    expect((await app.admin("GET", `${path}?asOf=${asOf}`)).json.streak).toMatchObject({ current, pending });
  }
});

test("today as a past day is today: it counts as done in the zone in which the state is read", async () => {
  await record("still here", [MONDAY_HONOLULU]);
  running.app.now = Date.parse("2024-01-09T20:00:00Z");
  const read = { tz: "Pacific/Auckland" };
  expect((await stateOf("still here", { ...read, asOf: "2024-01-10" })).streak).toEqual(
    (await stateOf("still here", read)).streak,
  );
});

test("a bridged day is explained with the journey, and is no day of the sum", async () => {
  const { app } = running;
  await record("why", [MONDAY_HONOLULU, WEDNESDAY_AUCKLAND], "ruled");
  const path = "/admin/projects/shop/users/why/streaks/ruled:explain";
  const { json } = await app.admin("GET", path);
  expect(json.streak.current).toBe(2);
  expect(json.periods).toMatchObject([
    { outcome: "kept", days: [{ isoDate: "2024-01-08", status: "done", checkIn: { tz: "Pacific/Honolulu" } }] },
    { outcome: "off", counted: 0, needed: 0 },
    { outcome: "kept", days: [{ isoDate: "2024-01-10", status: "done", checkIn: { tz: "Pacific/Auckland" } }] },
  ]);
  const journey = { fromTimeZone: "Pacific/Honolulu", toTimeZone: "Pacific/Auckland" };
  expect(json.periods[1].days).toEqual([{ isoDate: "2024-01-09", status: "bridged", journey }]);
  const { week } = await stateOf("why", { event: "ruled" });
  expect(week[1]).toMatchObject({ isoDate: "2024-01-09", isCheckedIn: false, status: "bridged" });

  const rules = createClient(RulesService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const { explanation } = await rules.explainStreak(
    { siteKey: "shop", userHash: "why", event: "ruled" },
    { headers: { "X-Admin-Token": ADMIN_TOKEN } },
  );
  expect(explanation?.periods[1]?.days).toMatchObject([{ status: DayStatus.BRIDGED, journey }]);
});

test("whoever becomes a user brings the zones along in which the days were done", async () => {
  await record("phone", [MONDAY_HONOLULU]);
  await record("owner", [WEDNESDAY_AUCKLAND]);
  await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "phone", userHash: "owner" });
  await record("one from the start", [MONDAY_HONOLULU, WEDNESDAY_AUCKLAND]);
  expect((await stateOf("owner")).streak).toMatchObject({ current: 2 });
  expect((await stateOf("owner")).streak).toEqual((await stateOf("one from the start")).streak);
});

test("lists of users show the streak of a traveller as the state does, and every day by its own date", async () => {
  const { app } = running;
  await record("listed", [MONDAY_HONOLULU, WEDNESDAY_AUCKLAND]);
  const { streak } = await stateOf("listed");
  const user = await app.admin("GET", "/admin/projects/shop/users/listed?year=2024");
  const list = await app.admin("GET", "/admin/projects/shop/users?prefix=listed");
  expect([user.json, list.json.users[0]].map(({ streaks }) => streaks[0].streak)).toEqual([streak, streak]);
  expect(user.json.streaks[0]).toMatchObject({ daysDone: 2, calendar: { dates: ["2024-01-08", "2024-01-10"] } });
});
