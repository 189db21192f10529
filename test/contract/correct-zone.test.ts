import { beforeAll, describe, expect, test } from "vitest";
import { type TestApp, useApp } from "../support/app.ts";
import { callAs, makeToken } from "../support/tokens.ts";

// It is Friday, 2024-01-12, 12:00 in UTC and 21:00 in Tokyo. Each test has users of its own.

const running = useApp();
const [UTC, TOKYO] = ["UTC", "Asia/Tokyo"];

beforeAll(async () => {
  const { app } = running;
  await createProject(app, {
    siteKey: "shop",
    timeZone: "Europe/Berlin",
    analytics: { keepRepeats: true },
    widgets: [
      { event: "visit" },
      { event: "all", mode: "cumulative" },
      { event: "likes", mode: "cumulative", rules: { counts: "actions" } },
      { event: "night", rules: { dayStart: "04:00", graceMinutes: 60 } },
    ],
  });
});

async function createProject(app: TestApp, project: object): Promise<void> {
  const { status, text } = await app.admin("POST", "/admin/projects", project);
  expect(status, text).toBe(201);
}

/** The events of the example in docs/rules.md: Tu 07:00, We 08:00, We 22:00 and Fr 07:30 in Tokyo. */
const EXAMPLE = ["2024-01-08T22:00:00Z", "2024-01-09T23:00:00Z", "2024-01-10T13:00:00Z", "2024-01-11T22:30:00Z"];
const REDATED = [
  { from: "2024-01-08", to: "2024-01-09" },
  { from: "2024-01-09", to: "2024-01-10" },
  { from: "2024-01-11", to: "2024-01-12" },
];

async function record(userHash: string, times: readonly string[], more: Record<string, unknown> = {}): Promise<void> {
  for (const ts of times) {
    await running.app.record({ siteKey: "shop", userHash, ts, tz: UTC, ...more });
  }
}

const ask = (userHash: string, fields: object = {}, siteKey = "shop") =>
  running.app.admin("POST", `/admin/projects/${siteKey}/users/${encodeURIComponent(userHash)}:correctZone`, {
    ...{ wrongZone: UTC, rightZone: TOKYO, reason: "The app named UTC for everybody" },
    ...fields,
  });

/** Corrects a zone. Its dry run must say the same, and change nothing. */
async function correct(userHash: string, fields: object = {}) {
  const before = await everythingOf(userHash);
  const dry = await ask(userHash, { ...fields, validateOnly: true });
  expect(dry.status, dry.text).toBe(200);
  expect(await everythingOf(userHash)).toEqual(before);
  const { status, text, json } = await ask(userHash, fields);
  expect(status, text).toBe(200);
  expect(json).toEqual(dry.json);
  for (const { event, currentAfter, bestAfter } of json.streaks) {
    if (currentAfter !== undefined) {
      expect((await stateOf(userHash, event)).streak, event).toMatchObject({ current: currentAfter, best: bestAfter });
    }
  }
  return json;
}

const stateOf = (userHash: string, event = "visit", query: Record<string, string> = {}) =>
  running.app.state({ siteKey: "shop", userHash, event, ...query });

async function userOf(userHash: string) {
  return (await running.app.admin("GET", `/admin/projects/shop/users/${encodeURIComponent(userHash)}`)).json;
}

async function explainedOf(userHash: string, event = "visit") {
  const path = `/admin/projects/shop/users/${encodeURIComponent(userHash)}/streaks/${event}:explain?from=2024-01-01`;
  return (await running.app.admin("GET", path)).json;
}

/** Returns the days of an explanation that are done. */
async function daysOf(
  userHash: string,
  event?: string,
): Promise<{ isoDate: string; status: string; checkIn?: object }[]> {
  const { periods } = await explainedOf(userHash, event);
  return periods.flatMap(({ days }: { days: { status: string }[] }) =>
    days.filter(({ status }) => ["done", "late"].includes(status)),
  );
}

const auditOf = async (userHash: string) =>
  (await running.app.admin("GET", "/admin/audit?siteKey=shop")).json.entries.filter(
    ({ resource }: { resource: string }) => resource === `projects/shop/users/${userHash}`,
  );

const everythingOf = async (userHash: string) => [
  await userOf(userHash),
  await explainedOf(userHash),
  await auditOf(userHash),
];

describe("a correction", () => {
  test("redates the example of docs/rules.md, and says so before it does", async () => {
    await record("example", EXAMPLE);
    expect((await stateOf("example")).streak).toMatchObject({ current: 4, best: 4, pending: true });

    expect(await correct("example")).toEqual({
      streaks: [
        {
          ...{ event: "visit", correctedEvents: 4, redatedDays: REDATED },
          ...{ currentBefore: 4, currentAfter: 1, bestBefore: 4, bestAfter: 2 },
        },
      ],
      timeZone: TOKYO,
    });
    const { streak, week } = await stateOf("example");
    expect(streak).toMatchObject({ current: 1, best: 2, todayDone: true });
    expect(week.map(({ isCheckedIn }) => isCheckedIn)).toEqual([false, true, true, false, true, false, false]);
    expect(await userOf("example")).toMatchObject({ timeZone: TOKYO, activeDays: 3 });
  });

  test("is explained: each day has its event, with the right zone", async () => {
    await record("explained", EXAMPLE);
    await correct("explained");
    expect(await explainedOf("explained")).toMatchObject({ timeZone: TOKYO, streak: { current: 1 } });
    const inTokyo = { tz: TOKYO, offsetMinutes: 540 };
    expect(await daysOf("explained")).toMatchObject([
      { isoDate: "2024-01-09", status: "done", checkIn: { ts: "2024-01-08T22:00:00.000Z", ...inTokyo } },
      { isoDate: "2024-01-10", status: "done", checkIn: { ts: "2024-01-09T23:00:00.000Z", ...inTokyo } },
      { isoDate: "2024-01-12", status: "done", checkIn: { ts: "2024-01-11T22:30:00.000Z", ...inTokyo } },
    ]);
  });

  test("is written in the audit log, with the user's own name", async () => {
    await record("cookie", EXAMPLE);
    await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "cookie", userHash: "audited" });
    await correct("cookie", { from: "2024-01-01", to: "2024-02-01" });
    const common = {
      method: "streak.v1.AdminService/CorrectZone",
      outcome: "done",
      actor: "root",
      siteKey: "shop",
      clipped: [],
    };
    expect(await auditOf("audited")).toMatchObject([
      {
        ...common,
        before: { timeZone: UTC, streaks: [{ event: "visit", current: 4, best: 4 }] },
        after: {
          ...{ timeZone: TOKYO, wrongZone: UTC, rightZone: TOKYO, from: "2024-01-01", to: "2024-02-01" },
          reason: "The app named UTC for everybody",
          streaks: [{ event: "visit", current: 1, best: 2, correctedEvents: 4, redatedDays: 3 }],
        },
      },
    ]);
  });

  test("changes nothing when it is made again, and leaves no second entry in the audit log", async () => {
    await record("twice", EXAMPLE);
    await correct("twice");
    const after = await everythingOf("twice");
    expect(await correct("twice")).toEqual({ streaks: [], timeZone: TOKYO });
    expect(await everythingOf("twice")).toEqual(after);
  });

  test("can be taken back the other way round", async () => {
    const times = EXAMPLE.filter((_, index) => index !== 2);
    await record("back", times);
    await record("back", ["2024-01-06"]);
    const before = await daysOf("back");
    await correct("back");
    expect(await daysOf("back")).not.toEqual(before);
    const taken = await correct("back", { wrongZone: TOKYO, rightZone: UTC });
    expect(taken).toMatchObject({ timeZone: UTC, streaks: [{ correctedEvents: 4, bestAfter: 2 }] });
    expect(await daysOf("back")).toEqual(before);
  });

  test("knows a zone by all of its names, and leaves other zones alone", async () => {
    await record("names", ["2024-01-09T23:00:00Z"], { tz: "Etc/UTC" });
    await record("names", ["2024-01-10T23:00:00Z"], { tz: "Europe/Paris" });
    const { streaks, timeZone } = await correct("names", { wrongZone: "Etc/Universal", rightZone: "Japan" });
    expect(timeZone).toBe("Europe/Paris");
    expect(streaks).toMatchObject([
      { correctedEvents: 1, redatedDays: [{ from: "2024-01-09", to: "2024-01-10" }], bestAfter: 2 },
    ]);
  });

  test("corrects the days of its range alone, and leaves a zone that the user has named since", async () => {
    await record("range", EXAMPLE);
    const { streaks, timeZone } = await correct("range", { from: "2024-01-09", to: "2024-01-10" });
    expect(streaks).toMatchObject([{ correctedEvents: 2, redatedDays: [REDATED[1]] }]);
    expect(timeZone).toBe(UTC);
    expect((await daysOf("range")).map(({ isoDate }) => isoDate)).toEqual(["2024-01-08", "2024-01-10", "2024-01-11"]);
    expect(await userOf("range")).toMatchObject({ timeZone: UTC });
    await running.app.record({ siteKey: "shop", userHash: "range", ts: "2024-01-06T18:00:00Z" });
    expect((await daysOf("range"))[0]).toMatchObject({ isoDate: "2024-01-06" });
  });

  // The zone was named at 22:30 on the 11th in UTC, which is the 12th in Tokyo.
  test.each([
    [{ from: "2024-01-11" }, TOKYO],
    [{ to: "2024-01-11" }, TOKYO],
    [{ from: "2024-01-11", to: "2024-01-11" }, TOKYO],
    [{ from: "2024-01-12" }, UTC],
    [{ to: "2024-01-10" }, UTC],
  ])("of %j corrects the user's zone only if it was named within: %s", async (range, zone) => {
    const userHash = `named ${JSON.stringify(range)}`;
    await record(userHash, EXAMPLE);
    expect((await correct(userHash, range)).timeZone).toBe(zone);
    expect(await userOf(userHash)).toMatchObject({ timeZone: zone });
  });

  test("changes the user's zone where no event was dated wrongly", async () => {
    // At 2 at night, which belongs to the day before. The zone was named on the 12th.
    await record("zone", ["2024-01-12T02:00:00Z"], { event: "night" });
    expect(await correct("zone", { from: "2024-01-12" })).toEqual({ streaks: [], timeZone: TOKYO });
    expect(await auditOf("zone")).toMatchObject([{ before: { timeZone: UTC }, after: { timeZone: TOKYO } }]);
  });

  test("says nothing, and does nothing, for a user who has had no zone", async () => {
    await record("zoneless", ["2024-01-08T22:00:00Z"], { tz: undefined });
    expect(await correct("zoneless", { wrongZone: "Europe/Berlin" })).toEqual({ streaks: [] });
    expect(await auditOf("zoneless")).toEqual([]);
  });

  test("is about all streaks of the user, in the order of their events", async () => {
    await record("all", EXAMPLE);
    await record("all", EXAMPLE, { event: "all" });
    const { streaks } = await correct("all");
    expect(streaks).toMatchObject([
      { event: "all", currentBefore: 4, currentAfter: 3, bestBefore: 4, bestAfter: 3 },
      { event: "visit", currentAfter: 1, bestAfter: 2 },
    ]);
  });

  test("asks the rules of today when a day begins, and whether an event is late", async () => {
    // 03:30, 04:30 and 12:00 in Tokyo: the first belongs to the day before, the second is late.
    await record("night", ["2024-01-09T18:30:00Z", "2024-01-09T19:30:00Z", "2024-01-11T03:00:00Z"], { event: "night" });
    expect((await daysOf("night", "night")).map(({ isoDate }) => isoDate)).toEqual(["2024-01-09", "2024-01-10"]);
    const { streaks } = await correct("night");
    // The first two were one day in UTC, and the later one was kept as its repeat.
    expect(streaks).toMatchObject([
      { correctedEvents: 3, redatedDays: [REDATED[1], { from: "2024-01-10", to: "2024-01-11" }], bestAfter: 3 },
    ]);
    expect(await daysOf("night", "night")).toMatchObject([
      { isoDate: "2024-01-09", status: "done", checkIn: { ts: "2024-01-09T18:30:00.000Z" } },
      { isoDate: "2024-01-10", status: "done", checkIn: { ts: "2024-01-09T19:30:00.000Z" } },
      { isoDate: "2024-01-11", status: "done" },
    ]);
  });

  test("counts actions where the rules do", async () => {
    // Two at night, which come to the next day, where one of another zone is; and two at noon, which stay.
    await record("likes", ["2024-01-09T22:00:00Z", "2024-01-09T23:00:00Z"], { event: "likes" });
    await record("likes", ["2024-01-09T03:00:00Z", "2024-01-09T04:00:00Z"], { event: "likes" });
    await record("likes", ["2024-01-10T10:00:00Z"], { event: "likes", tz: "Europe/Paris" });
    await record("likes", ["2024-01-10T11:00:00Z"], { event: "likes", idempotencyKey: "k" });
    await record("likes", ["2024-01-09T23:30:00Z"], { event: "likes", idempotencyKey: "k2" });
    const before = (await stateOf("likes", "likes")).streak.current;
    expect(before).toBe(7);
    const { streaks } = await correct("likes");
    expect(streaks).toMatchObject([{ event: "likes", correctedEvents: 6, currentBefore: 7, currentAfter: 7 }]);
    expect(streaks[0].redatedDays).toEqual(Array(3).fill({ from: "2024-01-09", to: "2024-01-10" }));
    const { periods } = await explainedOf("likes", "likes");
    expect(
      periods.map(({ firstDate, counted }: { firstDate: string; counted: number }) => [firstDate, counted]),
    ).toEqual(
      expect.arrayContaining([
        ["2024-01-09", 2],
        ["2024-01-10", 5],
      ]),
    );
  });

  // Midnight in UTC is the evening of the day before in New York.
  test.each([
    ["a time of an action is no date alone at midnight, either", [{ ts: "2024-01-09T00:00:00Z" }], { "2024-01-08": 1 }],
    ["a date alone of an action stays", [{ ts: "2024-01-09" }], { "2024-01-09": 1 }],
    [
      "the time of an action with a key is taken for a date alone at midnight",
      [{ ts: "2024-01-09T00:00:00Z", idempotencyKey: "k" }],
      { "2024-01-09": 1 },
    ],
    [
      "each action of a moment is dated as it was given",
      [{ ts: "2024-01-09" }, { ts: "2024-01-09T00:00:00Z" }, { ts: "2024-01-09T09:00:00Z" }],
      { "2024-01-08": 1, "2024-01-09": 2 },
    ],
  ])("%s", async (userHash, events, counted) => {
    for (const event of events) {
      await record(userHash, [event.ts], { event: "likes", ...event });
    }
    await correct(userHash, { rightZone: "America/New_York" });
    const countsOf = async () => {
      const { periods } = await explainedOf(userHash, "likes");
      const done = periods.filter((period: { counted?: number }) => period.counted);
      return Object.fromEntries(
        done.map((period: { firstDate: string; counted: number }) => [period.firstDate, period.counted]),
      );
    };
    expect(await countsOf()).toEqual(counted);
    await correct(userHash, { wrongZone: "America/New_York", rightZone: UTC });
    expect(await countsOf()).toEqual({ "2024-01-09": events.length });
  });

  test("lets days be bridged by the right zones", async () => {
    // Monday 10:00 in Honolulu, and Wednesday 11:00 in Auckland. The app had named Auckland before the user was there.
    await record("flew", ["2024-01-08T20:00:00Z", "2024-01-09T22:00:00Z"], { tz: "Pacific/Auckland" });
    const fields = { wrongZone: "Pacific/Auckland", rightZone: "Pacific/Honolulu", to: "2024-01-09" };
    expect((await correct("flew", fields)).timeZone).toBe("Pacific/Auckland");
    const { periods } = await explainedOf("flew");
    const days: { isoDate: string; status: string }[] = periods.flatMap(({ days }: { days: object[] }) => days);
    expect(days.slice(7, 10).map(({ isoDate, status }) => `${isoDate} ${status}`)).toEqual([
      ...["2024-01-08 done", "2024-01-09 bridged", "2024-01-10 done"],
    ]);
  });

  test("gives no numbers for an event whose widget is gone, whose days begin at midnight", async () => {
    await createProject(running.app, { siteKey: "old", widgets: [{ event: "gone", rules: { dayStart: "04:00" } }] });
    await running.app.record({ siteKey: "old", userHash: "u", event: "gone", ts: "2024-01-09T18:00:00Z", tz: UTC });
    await running.app.admin("PATCH", "/admin/projects/old?updateMask=widgets", { widgets: [{ event: "other" }] });
    const { status, json } = await ask("u", {}, "old");
    expect([status, json]).toEqual([
      200,
      {
        streaks: [{ event: "gone", correctedEvents: 1, redatedDays: [{ from: "2024-01-09", to: "2024-01-10" }] }],
        timeZone: TOKYO,
      },
    ]);
  });
});

describe("after a correction", () => {
  test("an event without a zone is dated in the right one", async () => {
    await record("after", EXAMPLE);
    await correct("after");
    await running.app.record({ siteKey: "shop", userHash: "after", ts: "2024-01-06T18:00:00Z" });
    // 03:00 of the 7th in Tokyo.
    expect((await daysOf("after"))[0]).toMatchObject({
      isoDate: "2024-01-07",
      checkIn: { ts: "2024-01-06T18:00:00.000Z" },
    });
  });

  test("an event of a day that was taken away does it again, although the server has known the day", async () => {
    await record("again", ["2024-01-11T22:00:00Z"]);
    await record("again", ["2024-01-11T22:00:01Z"]);
    await correct("again");
    expect((await daysOf("again")).map(({ isoDate }) => isoDate)).toEqual(["2024-01-12"]);
    await record("again", ["2024-01-11T22:00:02Z"]);
    expect((await daysOf("again")).map(({ isoDate }) => isoDate)).toEqual(["2024-01-11", "2024-01-12"]);
  });

  test("a user whose alias was corrected is linked with the corrected days", async () => {
    await record("phone", EXAMPLE);
    await correct("phone");
    await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "phone", userHash: "linked" });
    await record("linked", ["2024-01-11T23:00:00Z"]);
    expect((await daysOf("linked")).map(({ isoDate }) => isoDate)).toEqual([
      ...["2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"],
    ]);
  });

  test("it holds after a restart", async () => {
    await record("restarted", EXAMPLE);
    await correct("restarted");
    const after = await everythingOf("restarted");
    await running.app.restart();
    expect(await everythingOf("restarted")).toEqual(after);
  });
});

describe("a correction is refused", () => {
  test.each([
    [
      "of a zone that is none",
      { wrongZone: "UTC+9" },
      'wrongZone must be an IANA time zone such as "America/New_York".',
    ],
    [
      "to a zone that is none",
      { rightZone: "Tokyo" },
      'rightZone must be an IANA time zone such as "America/New_York".',
    ],
    [
      "to the same zone",
      { rightZone: UTC },
      "rightZone is the zone of wrongZone: nothing would change. Name the zone that is right.",
    ],
    [
      "to another name of the zone",
      { rightZone: "Etc/GMT" },
      'rightZone is the zone of wrongZone, by another name than "UTC": nothing would change. Name the zone that is right.',
    ],
    ["from after to", { from: "2024-01-02", to: "2024-01-01" }, "from must not be later than to, 2024-01-01."],
    ["from a date that is none", { from: "2024-02-30" }, /^from must be a date from /],
    ["to a date that is none", { to: "tomorrow" }, /^to must be a date from /],
    ["without a reason", { reason: "" }, /^reason /],
    ["without a zone", { wrongZone: undefined }, /^wrongZone /],
  ])("%s", async (_, fields, message) => {
    await record("refused", EXAMPLE.slice(0, 1));
    const { status, json } = await ask("refused", fields);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: "INVALID_BODY",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  test("for a user that is not there, and for a project that is not there", async () => {
    for (const fields of [{}, { validateOnly: true }]) {
      const noUser = await ask("nobody", fields);
      expect([noUser.status, noUser.json]).toEqual([
        404,
        { error: "NOT_FOUND", message: 'The project has no user "nobody", and no alias of that name.' },
      ]);
      expect((await ask("example", fields, "none")).status).toBe(404);
    }
    expect(await auditOf("nobody")).toEqual([]);
  });

  test("to a token without the scope users:manage", async () => {
    const { app } = running;
    await record("scoped", EXAMPLE);
    const request = { siteKey: "shop", userHash: "scoped", wrongZone: UTC, rightZone: TOKYO, reason: "Test" };
    const reader = await makeToken(app, { name: "reader", siteKey: "shop", scopes: ["analytics:read"] });
    const manager = await makeToken(app, { name: "manager", siteKey: "shop", scopes: ["users:manage"] });
    const path = "/admin/projects/shop/users/scoped:correctZone";
    expect((await callAs(app, reader.secret, "POST", path, request)).status).toBe(403);
    expect((await callAs(app, manager.secret, "POST", path, request)).status).toBe(200);
    expect(await auditOf("scoped")).toMatchObject([{ actor: manager.id, actorName: "manager" }]);
  });
});
