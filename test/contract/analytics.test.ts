import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { AnalyticsService, Granularity } from "#gen/streak/v1/analytics_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

const running = useApp();

/** Reads analytics of a project whose zone is Tokyo, where it is 21:00 on 2024-01-12. */
async function read(question: string) {
  const { status, json } = await running.app.admin("GET", `/admin/projects/tokyo/analytics/${question}`);
  return status === 200 ? json : `${status} ${json.error}: ${json.message}`;
}

beforeAll(async () => {
  const { app } = running;
  const { status } = await app.admin("POST", "/admin/projects", {
    ...{ siteKey: "tokyo", timeZone: "Asia/Tokyo", widgets: [{ event: "visit" }, { event: "read" }] },
    analytics: { metaKeys: ["plan", "n"] },
  });
  expect(status).toBe(201);
  await app.record({ siteKey: "tokyo", ts: "2024-01-12T12:00:00Z" });
  await app.record({ siteKey: "tokyo", event: "read", ts: "2024-01-11T14:00:00Z" });
});

describe("a range that is not given", () => {
  test("is the last 30 days up to today in the project's zone", async () => {
    running.app.now += 4 * 3_600_000;
    const { periods } = await read("activity");
    running.app.now -= 4 * 3_600_000;
    expect(periods).toHaveLength(30);
    expect(periods[0].isoDate).toBe("2023-12-15");
    expect(periods.at(-1)).toMatchObject({ isoDate: "2024-01-13", checkIns: 0 });
    expect(periods.at(-2)).toMatchObject({ isoDate: "2024-01-12", checkIns: 1, newUsers: 0, returningUsers: 1 });
  });

  test("ends today when only its beginning is given, and begins 29 days before when only its end is", async () => {
    expect((await read("activity?from=2024-01-11")).periods).toHaveLength(2);
    expect((await read("activity?to=2023-01-30")).periods[0].isoDate).toBe("2023-01-01");
  });

  test("is the last 12 weeks for the retention", async () => {
    const { cohorts } = await read("retention");
    expect(cohorts).toHaveLength(12);
    expect(cohorts[0]).toEqual({ isoDate: "2023-10-23", activeUsers: new Array(12).fill(0) });
    expect(cohorts.at(-1)).toEqual({ isoDate: "2024-01-08", activeUsers: [1] });
  });

  test("is the present month for values of meta", async () => {
    await running.app.record({ siteKey: "tokyo", eventType: "widget_impression", meta: { plan: "pro" } });
    const past = { eventType: "widget_impression", ts: "2023-12-31T14:00:00Z" };
    await running.app.record({ siteKey: "tokyo", ...past, meta: { plan: "free" } });
    expect((await read("metaValues?key=plan")).values).toEqual([{ value: "pro", events: 1 }]);
    expect((await read("metaValues?key=plan&to=2023-12")).values).toEqual([{ value: "free", events: 1 }]);
  });
});

test("days amid a week or a month stand for all of it", async () => {
  const weeks = (await read("activity?granularity=week&from=2024-01-12&to=2024-01-15")).periods;
  expect(weeks).toMatchObject([
    { isoDate: "2024-01-08", checkIns: 2, activeUsers: 1 },
    { isoDate: "2024-01-15", checkIns: 0 },
  ]);
  const months = (await read("activity?granularity=month&from=2023-12-31&to=2024-01-01")).periods;
  expect(months).toMatchObject([{ isoDate: "2023-12-01" }, { isoDate: "2024-01-01", checkIns: 2, activeUsers: 1 }]);
});

test("an event that nobody has sent has only zeros", async () => {
  expect((await read("activity?event=none&from=2024-01-12")).periods).toEqual([
    {
      ...{ isoDate: "2024-01-12", checkIns: 0, activeUsers: 0, newUsers: 0, returningUsers: 0, impressions: 0 },
      ...{ widgetInteractions: 0, sessions: 0, impressionUsers: 0, convertedUsers: 0 },
    },
  ]);
  expect(await read("streaks?event=none")).toMatchObject({ lengths: [], alive: 0 });
  expect(await read("survival?event=none")).toMatchObject({ days: [] });
  expect(await read("milestones?event=none")).toMatchObject({ milestones: [] });
});

test("the longest range and the ends of the calendar are answered", async () => {
  expect((await read("activity?from=2021-01-07&to=2024-01-12")).periods).toHaveLength(1101);
  expect((await read("activity?from=0001-01-01&to=0001-01-02&granularity=week")).periods[0].isoDate).toBe("0001-01-01");
  expect((await read("activity?to=0001-01-02")).periods).toHaveLength(2);
  expect((await read("activity?from=9999-12-31&to=9999-12-31&granularity=month")).periods).toHaveLength(1);
  expect((await read("metaValues?key=plan&from=2021-02&to=2024-01")).values).toHaveLength(2);
});

describe("a request that can't be answered is told why", () => {
  test.each([
    ["activity?from=yesterday", "from must be a date from 0001-01-01 to 9999-12-31, such as 2026-01-31"],
    ["hours?to=2023-02-29", "to must be a date from 0001-01-01 to 9999-12-31, such as 2026-01-31"],
    ["hours?to=0000-12-31", "to must be a date from 0001-01-01 to 9999-12-31, such as 2026-01-31"],
    ["retention?from=2024-01-13", "from must not be later than today, 2024-01-12"],
    ["milestones?from=2024-01-02&to=2024-01-01", "from must not be later than to"],
    [
      "activity?from=2021-01-06",
      "from must be at most 1100 days before the last day, 2024-01-12: 2021-01-07 or later.",
    ],
    ["metaValues?key=plan&from=2024-02", "from must not be later than the present month, 2024-01"],
    ["metaValues?key=plan&from=2024-02&to=2024-01", "from must not be later than to"],
    ["metaValues?key=plan&from=2021-01", "from must be at most 35 months before the last month, 2024-01."],
    ["metaValues?key=other", 'key must be one of the project\'s analytics.metaKeys: "plan", "n"'],
    ["metaValues", "key is required"],
    ["activity?granularity=year", "granularity must be"],
  ])("%s", async (question, problem) => {
    expect(await read(question)).toMatch(`400 INVALID_BODY: ${problem}`);
  });

  test("also in a project that counts no key", async () => {
    const { json } = await running.app.admin("GET", "/admin/projects/proj_demo/analytics/metaValues?key=plan");
    expect(json.message).toContain("must be one of the project's analytics.metaKeys: there are none yet");
  });
});

test("all of it can be asked over RPC", async () => {
  const client = createClient(AnalyticsService, createGrpcTransport({ baseUrl: running.app.url }));
  const headers = { "x-admin-token": ADMIN_TOKEN };
  const request = { siteKey: "tokyo", from: "2024-01-12", to: "2024-01-12", granularity: Granularity.MONTH };
  const { periods, countedTime } = await client.getActivity(request, { headers });
  expect(periods).toMatchObject([{ isoDate: "2024-01-01", checkIns: 2 }]);
  expect(Number(countedTime?.seconds) * 1000).toBe(running.app.now);
});
