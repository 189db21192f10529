import { request } from "node:http";
import { text as readText } from "node:stream/consumers";
import { type CallOptions, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";

const USERS = "/admin/projects/proj_demo/users";

const shared = useApp();

/** Lists the users of the demo project, as pages of their names. */
async function pagesOf(app: TestApp, query: Record<string, string> = {}): Promise<string[][]> {
  const pages: string[][] = [];
  let pageToken = "";
  do {
    const { status, json } = await app.admin("GET", `${USERS}?${new URLSearchParams({ ...query, pageToken })}`);
    expect(status).toBe(200);
    pages.push(json.users.map(({ userHash }: { userHash: string }) => userHash));
    pageToken = json.nextPageToken;
  } while (pageToken !== "");
  return pages;
}

/** Sends a path as it is; `fetch` would resolve its dots. */
async function getRaw(app: TestApp, path: string) {
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const text = await new Promise<string>((resolve, reject) => {
    request(app.url, { path, headers }, (response) => resolve(readText(response)))
      .on("error", reject)
      .end();
  });
  return JSON.parse(text);
}

describe("a list of users", () => {
  test("tells last seen, zone and streaks as of today in each user's zone", async () => {
    const app = await openApp();
    // 2024-01-12T12:00Z is the 13th in Kiritimati already, and still the 12th in Berlin.
    for (const ts of ["2024-01-11T12:00:00Z", "2024-01-12T12:00:00Z"]) {
      await app.record({ userHash: "berlin", tz: "Europe/Berlin", ts });
    }
    await app.record({ userHash: "kiritimati", tz: "Pacific/Kiritimati", ts: "2024-01-11T05:00:00Z" });
    await app.record({ userHash: "nowhere", event: "like", ts: "2024-01-01T12:00:00Z" });

    const { json } = await app.admin("GET", USERS);

    const visits = { mode: "continuous", best: 1 };
    expect(json).toEqual({
      users: [
        {
          userHash: "berlin",
          lastActiveDate: "2024-01-12",
          timeZone: "Europe/Berlin",
          streaks: [
            {
              event: "visit",
              streak: { ...visits, current: 2, best: 2, todayDone: true, pending: false },
              ...{ daysDone: 2, firstDate: "2024-01-11", lastDate: "2024-01-12" },
            },
          ],
        },
        {
          userHash: "kiritimati",
          lastActiveDate: "2024-01-11",
          timeZone: "Pacific/Kiritimati",
          streaks: [
            {
              event: "visit",
              streak: { ...visits, current: 0, todayDone: false, pending: false },
              ...{ daysDone: 1, firstDate: "2024-01-11", lastDate: "2024-01-11" },
            },
          ],
        },
        {
          userHash: "nowhere",
          lastActiveDate: "2024-01-01",
          streaks: [
            {
              event: "like",
              streak: expect.objectContaining({ current: 1, todayDone: false }),
              ...{ daysDone: 1, firstDate: "2024-01-01", lastDate: "2024-01-01" },
            },
          ],
        },
      ],
      nextPageToken: "",
    });
    for (const { userHash, streaks } of json.users) {
      for (const { event, streak } of streaks) {
        expect((await app.state({ userHash, event })).streak).toEqual(streak);
      }
    }
  });

  test("goes page by page, by a prefix too", async () => {
    const app = await openApp();
    const names = ["a", "a/b", "ab", "b", "只"];
    for (const userHash of names.toReversed()) {
      await app.record({ userHash });
    }
    expect(await pagesOf(app)).toEqual([names]);
    expect(await pagesOf(app, { pageSize: "2" })).toEqual([["a", "a/b"], ["ab", "b"], ["只"]]);
    expect(await pagesOf(app, { pageSize: "2", prefix: "a" })).toEqual([["a", "a/b"], ["ab"]]);
    expect(await pagesOf(app, { pageSize: "2147483647", prefix: "只" })).toEqual([["只"]]);
    expect(await pagesOf(app, { prefix: "A" })).toEqual([[]]);
  });

  test("takes a page token only with the project and the prefix that it was made for", async () => {
    const app = await openApp();
    await app.admin("POST", "/admin/projects", { siteKey: "other" });
    for (const userHash of ["a", "b"]) {
      await app.record({ userHash });
    }
    const { nextPageToken } = (await app.admin("GET", `${USERS}?pageSize=1`)).json;
    expect((await app.admin("GET", `${USERS}?pageSize=7&pageToken=${nextPageToken}`)).status).toBe(200);
    for (const path of [`${USERS}?prefix=a&`, "/admin/projects/other/users?"]) {
      expect((await app.admin("GET", `${path}pageToken=${nextPageToken}`)).json).toEqual({
        error: "INVALID_BODY",
        message: expect.stringMatching(/^pageToken must be the nextPageToken .* Only pageSize may differ/),
        field: "pageToken",
      });
    }
  });

  test.each(["pageSize=-1", "pageSize=x", "pageToken=%25", "pageToken=AAAA", `prefix=${"x".repeat(257)}`])(
    "with %s is INVALID_BODY",
    async (query) => {
      expect((await shared.app.admin("GET", `${USERS}?${query}`)).json.error).toBe("INVALID_BODY");
    },
  );

  test("has neither aliases nor users whose widgets were only shown", async () => {
    const app = await openApp();
    await app.record({ userHash: "anon" });
    await app.record({ userHash: "looks", eventType: "widget_impression" });
    await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "anon", userHash: "user" });
    expect(await pagesOf(app)).toEqual([["user"]]);
  });
});

describe("a user", () => {
  test("is told whole: aliases, zone, days, every streak, recent events", async () => {
    const app = await openApp();
    const meta = { postId: "123", nested: { list: [1, null, "🦊"] } };
    await app.record({ userHash: "anon", event: "like", ts: "2024-01-10T12:00:00Z" });
    await app.record({ userHash: "u", ts: "2024-01-10T09:00:00Z", tz: "Europe/Berlin", meta, sessionId: "s1" });
    await app.record({ userHash: "u", ts: "2024-01-12T09:00:00Z" });
    await app.record({ userHash: "u", ts: "2024-01-12T09:30:00Z", eventType: "widget_interaction" });
    await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "anon", userHash: "u" });

    const { status, json } = await app.admin("GET", `${USERS}/u`);

    expect(status).toBe(200);
    expect(json).toEqual({
      userHash: "u",
      aliases: ["anon"],
      hasMoreAliases: false,
      timeZone: "Europe/Berlin",
      timeZoneEventTime: "2024-01-10T09:00:00.000Z",
      activeDays: 2,
      firstActiveDate: "2024-01-10",
      lastActiveDate: "2024-01-12",
      streaks: [
        {
          event: "like",
          streak: (await app.state({ event: "like" })).streak,
          ...{ daysDone: 1, firstDate: "2024-01-10", lastDate: "2024-01-10" },
        },
        {
          event: "visit",
          streak: (await app.state()).streak,
          ...{ daysDone: 2, firstDate: "2024-01-10", lastDate: "2024-01-12" },
        },
      ],
      recentEvents: [
        { event: "visit", eventType: "widget_interaction", isoDate: "2024-01-12", ts: "2024-01-12T09:30:00.000Z" },
        { event: "visit", eventType: "streak_interaction", isoDate: "2024-01-12", ts: "2024-01-12T09:00:00.000Z" },
        { event: "like", eventType: "streak_interaction", isoDate: "2024-01-10", ts: "2024-01-10T12:00:00.000Z" },
        {
          ...{ event: "visit", eventType: "streak_interaction", isoDate: "2024-01-10", ts: "2024-01-10T09:00:00.000Z" },
          ...{ tz: "Europe/Berlin", meta, sessionId: "s1" },
        },
      ],
    });
    expect((await app.admin("GET", `${USERS}/anon`)).json).toEqual(json);
  });

  test("of whom only impressions are kept has no days, and no dates", async () => {
    const app = await openApp();
    await app.record({ userHash: "looks", eventType: "widget_impression", ts: "2024-01-12T09:00:00Z" });
    expect((await app.admin("GET", `${USERS}/looks`)).json).toEqual({
      ...{ userHash: "looks", aliases: [], hasMoreAliases: false, activeDays: 0, streaks: [] },
      recentEvents: [
        { event: "visit", eventType: "widget_impression", isoDate: "2024-01-12", ts: "2024-01-12T09:00:00.000Z" },
      ],
    });
  });

  test("keeps the days of a widget that was removed, without a streak", async () => {
    const app = await openApp();
    await app.record({ userHash: "u", event: "like" });
    await app.admin("PATCH", "/admin/projects/proj_demo", { widgets: [{ event: "visit" }] });
    const streaks = [{ event: "like", daysDone: 1, firstDate: "2024-01-12", lastDate: "2024-01-12" }];
    expect((await app.admin("GET", `${USERS}/u`)).json.streaks).toEqual(streaks);
    expect((await app.admin("GET", USERS)).json.users[0].streaks).toEqual(streaks);
  });

  test("has the days of a year for each event, and today in the user's zone, when the request names a year", async () => {
    const app = await openApp();
    // 2024-01-12T12:00Z is the 13th in Kiritimati already.
    for (const ts of ["2023-12-30T12:00:00Z", "2023-12-31T09:00:00Z", "2023-12-31T12:00:00Z", "2024-01-02T12:00:00Z"]) {
      await app.record({ userHash: "u", tz: "Pacific/Kiritimati", ts });
    }
    await app.record({ userHash: "u", event: "like", tz: "Pacific/Kiritimati", ts: "2022-03-01T09:00:00Z" });
    const plain = (await app.admin("GET", `${USERS}/u`)).json;

    for (const [year, likes, visits] of [
      [2022, ["2022-03-01"], []],
      [2023, [], ["2023-12-31"]],
      [2024, [], ["2024-01-01", "2024-01-03"]],
      [0, [], []],
      [9999, [], []],
    ] as const) {
      const [like, visit] = plain.streaks;
      expect((await app.admin("GET", `${USERS}/u?year=${year}`)).json).toEqual({
        ...plain,
        streaks: [
          { ...like, calendar: { year, dates: likes } },
          { ...visit, calendar: { year, dates: visits } },
        ],
        today: "2024-01-13",
      });
    }
    expect(JSON.stringify(plain)).not.toMatch(/calendar|today"/);
  });

  test("has at most 366 days of a year", async () => {
    const app = await openApp();
    for (let day = Date.parse("2019-12-31T12:00Z"); day <= Date.parse("2021-01-01T12:00Z"); day += 86_400_000) {
      await app.record({ userHash: "u", ts: new Date(day).toISOString() });
    }
    const { dates } = (await app.admin("GET", `${USERS}/u?year=2020`)).json.streaks[0].calendar;
    expect([dates.length, dates[0], dates[59], dates.at(-1)]).toEqual([366, "2020-01-01", "2020-02-29", "2020-12-31"]);
  });

  test.each(["-1", "10000", "2024.5", "this", ""])("of the year %j is INVALID_BODY", async (year) => {
    expect((await shared.app.admin("GET", `${USERS}/u?year=${year}`)).json).toMatchObject({
      error: "INVALID_BODY",
      field: "year",
    });
  });

  test("is found whatever characters the name has", async () => {
    const app = await openApp();
    const names = [
      "a/b",
      "/",
      "%",
      "%2F",
      "a|b",
      "..",
      ".",
      "只 🦊",
      "a?b#c&d=e+f",
      "~",
      "x".repeat(256),
      "🦊".repeat(256),
    ];
    for (const userHash of names) {
      await app.record({ userHash });
    }
    for (const name of names) {
      expect((await getRaw(app, `${USERS}/${encodeURIComponent(name)}`)).userHash).toBe(name);
    }
    expect((await getRaw(app, `${USERS}/%2E%2E`)).userHash).toBe("..");
    expect((await pagesOf(app, { pageSize: "1" })).flat().toSorted()).toEqual(names.toSorted());
  });

  test("that is not there is NOT_FOUND, and so is every user of a project that is not there", async () => {
    const nobody = await shared.app.admin("GET", `${USERS}/nobody`);
    expect([nobody.status, nobody.json]).toEqual([
      404,
      { error: "NOT_FOUND", message: 'The project has no user "nobody", and no alias of that name.' },
    ]);
    for (const path of ["/admin/projects/none/users", "/admin/projects/none/users/u"]) {
      expect((await shared.app.admin("GET", path)).json).toEqual({
        error: "NOT_FOUND",
        message: 'No project has the siteKey "none".',
      });
    }
  });
});

const transports: [string, (baseUrl: string) => Transport][] = [
  ["Connect JSON", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true })],
  ["Connect binary", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true })],
  ["gRPC-Web", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl })],
];

test.each(transports)("%s lists and reads the users that REST does", async (name, transport) => {
  const { app } = shared;
  const client = createClient(AdminService, transport(app.url));
  const options: CallOptions = { headers: { "X-Admin-Token": ADMIN_TOKEN } };
  const [first, second] = [`${name} ..`, `${name} |%/`];
  await app.record({ userHash: first, meta: { n: 1 } });
  await app.record({ userHash: second });

  const list = { siteKey: "proj_demo", prefix: `${name} `, pageSize: 1 };
  const one = await client.listUsers(list, options);
  const two = await client.listUsers({ ...list, pageToken: one.nextPageToken }, options);
  expect([...one.users, ...two.users].map(({ userHash }) => userHash)).toEqual([first, second]);
  expect(two.nextPageToken).toBe("");
  const { user } = await client.getUser({ siteKey: "proj_demo", userHash: first, year: 2024 }, options);
  expect(user?.streaks[0]?.streak?.current).toBe(1);
  expect(user?.streaks[0]?.calendar?.dates).toEqual([user?.today]);
  expect(user?.recentEvents[0]?.meta).toEqual({ n: 1 });
  await expect(client.getUser({ siteKey: "proj_demo", userHash: "" }, options)).rejects.toThrow("userHash is required");
  await expect(client.listUsers(list)).rejects.toThrow("The token is missing");
});
