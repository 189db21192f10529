import { expect, test } from "vitest";
import { openApp, useApp } from "../support/app.ts";

const shared = useApp();

test("a user never seen has every field of the contract, with zeros written out", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", {
    siteKey: "p",
    widgets: [{ event: "visit", milestones: [{ target: 7, msg: "1 week!" }] }],
  });

  const answer = await app.get("/v1/state?siteKey=p&userHash=nobody&event=visit");

  expect(answer.status).toBe(200);
  const day = (label: string, dayNumber: number, isToday = false) => ({
    isoDate: `2024-01-${String(dayNumber).padStart(2, "0")}`,
    label,
    dayNumber,
    isToday,
    isCheckedIn: false,
  });
  expect(answer.json).toEqual({
    meta: { apiVersion: "1", isLive: true },
    streak: { mode: "continuous", current: 0, best: 0, todayDone: false, pending: false },
    week: [
      day("Mon", 8),
      day("Tue", 9),
      day("Wed", 10),
      day("Thu", 11),
      day("Fri", 12, true),
      day("Sat", 13),
      day("Sun", 14),
    ],
    milestones: [{ id: "ms_1", target: 7, msg: "1 week!", achieved: false, rewardType: "message" }],
    settings: { theme: { name: "beige" }, position: "bottom-right", mainMessage: "Keep your streak going!" },
  });
});

test("the contract's example: current 5, best 12, and the 7 day milestone not achieved", async () => {
  const app = await openApp();
  const days = [
    ...Array.from({ length: 12 }, (_, i) => `2023-12-${String(i + 1).padStart(2, "0")}`),
    ...["2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"],
  ];
  for (const day of days) {
    await app.record({ ts: `${day}T09:00:00Z` });
  }

  const state = await app.state();

  expect(state.streak).toEqual({ mode: "continuous", current: 5, best: 12, todayDone: true, pending: false });
  expect(state.week.map((day) => day.isCheckedIn)).toEqual([true, true, true, true, true, false, false]);
  expect(state.milestones.find((milestone) => milestone.target === 7)?.achieved).toBe(false);
  expect(state.milestones.find((milestone) => milestone.target === 3)?.achieved).toBe(true);
});

test("a streak is pending from midnight until today is done, and zero after a day missed", async () => {
  const app = await openApp();
  await app.record({});

  app.now = Date.parse("2024-01-13T00:00:00Z");
  expect((await app.state()).streak).toMatchObject({ current: 1, todayDone: false, pending: true });

  app.now = Date.parse("2024-01-14T00:00:00Z");
  expect((await app.state()).streak).toMatchObject({ current: 0, best: 1, todayDone: false, pending: false });
});

test("a cumulative streak counts every day ever done", async () => {
  const app = await openApp();
  for (const ts of ["2022-05-01T12:00:00Z", "2023-01-01T12:00:00Z", "2024-01-12T11:00:00Z"]) {
    await app.record({ event: "like", ts });
  }

  expect((await app.state({ event: "like" })).streak).toEqual({
    mode: "cumulative",
    current: 3,
    best: 3,
    todayDone: true,
    pending: false,
  });
});

test("tz says which day is today, for this read only", async () => {
  const app = await openApp();
  const todayIn = async (query?: Record<string, string>) =>
    (await app.state(query)).week.find((day) => day.isToday)?.isoDate;

  expect(await todayIn({ tz: "Pacific/Kiritimati" })).toBe("2024-01-13");
  expect(await todayIn()).toBe("2024-01-12");
});

test("kind stands in for event", async () => {
  const { app } = shared;

  const answer = await app.get("/v1/state?siteKey=proj_demo&userHash=u&kind=like");

  expect(answer.json.streak.mode).toBe("cumulative");
});

test.each([
  ["siteKey=proj_demo&userHash=u", 400, "INVALID_BODY", "event"],
  ["userHash=u&event=visit", 400, "INVALID_BODY", "siteKey"],
  ["siteKey=proj_demo&event=visit", 400, "INVALID_BODY", "userHash"],
  ["siteKey=proj_demo&userHash=u&event=visit&kind=like", 400, "INVALID_BODY", "event"],
  ["siteKey=proj_demo&userHash=u&event=visit&event=like", 400, "INVALID_BODY", "event"],
  ["siteKey=proj_demo&userHash=u&event=visit&tz=Nowhere", 400, "INVALID_BODY", "tz"],
  ["siteKey=proj_demo&userHash=%ff&event=visit", 400, "INVALID_BODY", undefined],
  ["siteKey=nope&userHash=u&event=visit", 400, "INVALID_SITE_KEY", "siteKey"],
  ["siteKey=proj_demo&userHash=u&event=nope", 400, "INVALID_WIDGET_KIND", "event"],
  ["siteKey=proj_demo&userHash=u&kind=nope", 400, "INVALID_WIDGET_KIND", "kind"],
])("GET /v1/state?%s is %i %s, for %s", async (query, status, error, field) => {
  const { app } = shared;

  const answer = await app.get(`/v1/state?${query}`);

  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({ error, message: expect.any(String), ...(field && { field }) });
});
