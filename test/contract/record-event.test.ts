import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openApp, useApp } from "../support/app.ts";

const shared = useApp();

const event = { siteKey: "proj_demo", userHash: "user_abc123", event: "like" };

test("the contract's own example is accepted with 202 and {ok: true}", async () => {
  const app = await openApp();

  const answer = await app.post("/v1/e", {
    ...event,
    eventType: "streak_interaction",
    ts: "2024-01-12T10:34:56.000Z",
    meta: { postId: "123" },
    idempotencyKey: "unique-event-id",
  });

  expect(answer.status).toBe(202);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.json).toEqual({ ok: true });
});

test("an accepted event is visible to the next read", async () => {
  const app = await openApp();

  await app.record({});

  expect((await app.state()).streak).toMatchObject({ current: 1, best: 1, todayDone: true, pending: false });
});

test("a body sent as text/plain, as sendBeacon does, is read as JSON", async () => {
  const { app } = shared;

  const answer = await app.post("/v1/e", event, { "Content-Type": "text/plain;charset=UTF-8" });

  expect(answer.status).toBe(202);
});

test("kind stands in for event", async () => {
  const app = await openApp();

  const answer = await app.post("/v1/e", { siteKey: "proj_demo", userHash: "u", kind: "visit" });

  expect(answer.status).toBe(202);
  expect((await app.state({ event: "visit" })).streak.current).toBe(1);
});

test("unknown fields are ignored", async () => {
  const { app } = shared;

  const answer = await app.post("/v1/e", { ...event, favouriteColour: "beige" });

  expect(answer.status).toBe(202);
});

test.each([["widget_impression"], ["widget_interaction"]])("%s is accepted and never counts", async (eventType) => {
  const app = await openApp();

  await app.record({ eventType });
  await app.record({ eventType });

  expect((await app.state()).streak).toMatchObject({ current: 0, todayDone: false });
});

test("ts decides the day, in the zone that tz names", async () => {
  const app = await openApp();

  await app.record({ ts: "2024-01-12T04:30:00Z", tz: "America/New_York" });

  const { week } = await app.state({ tz: "America/New_York" });
  expect(week.filter((day) => day.isCheckedIn).map((day) => day.isoDate)).toEqual(["2024-01-11"]);
});

test.each([
  ["2024-01-11", "Asia/Tokyo", "2024-01-11"],
  ["2024-01-12", "Pacific/Kiritimati", "2024-01-12"],
  ["20240112", "America/Los_Angeles", "2024-01-12"],
  ["2024-W02-3", "Pacific/Pago_Pago", "2024-01-10"],
  ["2024-01-11T23:59", "America/Los_Angeles", "2024-01-11"],
  ["20240111T000100,5", "Asia/Tokyo", "2024-01-11"],
])("ts %s with tz %s is the day %s", async (ts, tz, day) => {
  const app = await openApp();

  await app.record({ ts, tz });

  const { week } = await app.state({ tz: "UTC" });
  expect(week.filter(({ isCheckedIn }) => isCheckedIn).map(({ isoDate }) => isoDate)).toEqual([day]);
});

test("a date alone may be today's, from the first moment of the day, and not tomorrow's", async () => {
  const app = await openApp();
  const statusOf = async (ts: string, tz: string) => (await app.post("/v1/e", { ...event, ts, tz })).status;

  app.now = Date.parse("2024-01-12T05:00:00Z"); // midnight in New York
  expect(await statusOf("2024-01-12", "America/New_York")).toBe(202);
  expect(await statusOf("2024-01-13", "America/New_York")).toBe(400);
  app.now = Date.parse("2024-01-12T04:49:00Z"); // more than 10 minutes before
  expect(await statusOf("2024-01-12", "America/New_York")).toBe(400);
});

test("a date, or a time without an offset, needs the event's own tz: the user's last zone is no answer", async () => {
  const app = await openApp();
  await app.record({ tz: "Asia/Tokyo" });

  for (const ts of ["2024-01-11", "2024-01-11T12:00"]) {
    const { status, json } = await app.post("/v1/e", { siteKey: "proj_demo", userHash: "u", event: "visit", ts });
    expect([status, json.error, json.field]).toEqual([400, "INVALID_BODY", "ts"]);
    expect(json.message).toContain("or name the zone that it is in as tz");
  }
});

test("an event that names no zone falls on the day of the user's last known zone", async () => {
  const app = await openApp();
  await app.record({ ts: "2024-01-08T12:00:00Z", tz: "Asia/Tokyo" });

  await app.record({ ts: "2024-01-09T15:30:00Z" });

  const { week } = await app.state();
  expect(week.filter((day) => day.isCheckedIn).map((day) => day.isoDate)).toEqual(["2024-01-08", "2024-01-10"]);
});

test("an event with a ts is kept with the time at which it was received first; without one, that is its ts", async () => {
  const app = await openApp();
  const { now } = app;
  const late = { ts: "2024-01-10T12:00:00Z", idempotencyKey: "k" };
  await app.record(late);
  await app.record({ ts: "2024-01-10T13:00:00Z", eventType: "widget_impression" });
  app.now += 1000;
  await app.record(late);
  await app.record({});

  const database = new DatabaseSync(join(app.dataDir, "streakd.db"), { readOnly: true });
  const kept = database.prepare("SELECT at, received_at FROM facts WHERE kind = 3 ORDER BY at").all();
  database.close();
  expect(kept.map(Object.values)).toEqual([
    [Date.parse("2024-01-10T12:00:00Z"), now],
    [Date.parse("2024-01-10T13:00:00Z"), now],
    [app.now, null],
  ]);
});

test("the user's zone is the one of the latest event, in whatever order events arrive", async () => {
  const app = await openApp();
  app.now = Date.parse("2024-01-12T20:00:00Z");

  // All on one day, so that the last two are repeats of it.
  await app.record({ ts: "2024-01-12T10:00:00Z", tz: "Europe/Berlin" });
  await app.record({ ts: "2024-01-12T12:00:00Z", tz: "Asia/Tokyo" });
  await app.record({ ts: "2024-01-12T11:00:00Z", tz: "Europe/Berlin" });

  expect((await app.state()).week.find((day) => day.isToday)?.isoDate).toBe("2024-01-13");
});

test("ts may be up to 10 minutes ahead, and not more", async () => {
  const app = await openApp();

  const within = await app.post("/v1/e", { ...event, ts: new Date(app.now + 600_000).toISOString() });
  const beyond = await app.post("/v1/e", { ...event, ts: new Date(app.now + 600_001).toISOString() });

  expect(within.status).toBe(202);
  expect(beyond.status).toBe(400);
  expect(beyond.json).toEqual({
    error: "INVALID_BODY",
    message: expect.stringContaining("10 minutes ahead"),
    field: "ts",
  });
});

test.each([
  ["no siteKey", { siteKey: undefined }, "siteKey"],
  ["an empty userHash", { userHash: "" }, "userHash"],
  ["a userHash with a control character", { userHash: "a\u0000b" }, "userHash"],
  ["a userHash with half a surrogate pair", { userHash: "\ud800" }, "userHash"],
  ["a userHash that is too long", { userHash: "x".repeat(257) }, "userHash"],
  ["a userHash that is a number", { userHash: 7 }, "userHash"],
  ["no event", { event: undefined }, "event"],
  ["kind that says something else than event", { kind: "visit" }, "event"],
  ["a kind that is too long", { event: undefined, kind: "x".repeat(65) }, "kind"],
  ["a kind that is a number", { event: null, kind: 7 }, "kind"],
  ["an unknown eventType", { eventType: "sneeze" }, "eventType"],
  ["an eventType by its number", { eventType: 1 }, "eventType"],
  ["a ts without an offset", { ts: "2024-01-12T10:00:00" }, "ts"],
  ["a ts that no calendar has", { ts: "2023-02-29T10:00:00Z" }, "ts"],
  ["a ts that is a number", { ts: 1705055400000 }, "ts"],
  ["a tz that does not exist", { tz: "Mars/Olympus" }, "tz"],
  ["a tz that is an offset", { tz: "+05:30" }, "tz"],
  ["an empty tz", { tz: "" }, "tz"],
  ["a meta that is a list", { meta: [] }, "meta"],
  ["a meta of more than 4 KiB", { meta: { text: "x".repeat(4096) } }, "meta"],
  ["a meta of more than 4 KiB in UTF-8", { meta: { text: "€".repeat(1400) } }, "meta"],
  ["an empty idempotencyKey", { idempotencyKey: "" }, "idempotencyKey"],
  ["an empty sessionId", { sessionId: "" }, "sessionId"],
])("%s is INVALID_BODY, and the answer names the field", async (_, change, field) => {
  const { app } = shared;

  const answer = await app.post("/v1/e", { ...event, ...change });

  expect(answer.status).toBe(400);
  expect(answer.json.error).toBe("INVALID_BODY");
  expect(answer.json.field).toBe(field);
  expect(answer.json.message).toContain(field);
});

test("meta may have 4096 bytes as JSON, and not one more", async () => {
  const { app } = shared;
  const metaOf = (bytes: number) => ({ t: "x".repeat(bytes - '{"t":""}'.length) });

  expect((await app.post("/v1/e", { ...event, meta: metaOf(4096) })).status).toBe(202);
  expect((await app.post("/v1/e", { ...event, meta: metaOf(4097) })).status).toBe(400);
});

test("the body is checked before the project, the project before the origin, the origin before the widget", async () => {
  const { app } = shared;
  const evil = { Origin: "https://evil.example" };
  const errorOf = async (body: object) => (await app.post("/v1/e", { ...event, ...body }, evil)).json.error;

  expect(await errorOf({ userHash: "", siteKey: "nope", event: "nope" })).toBe("INVALID_BODY");
  expect(await errorOf({ tz: "nope", siteKey: "nope", event: "nope" })).toBe("INVALID_BODY");
  expect(await errorOf({ siteKey: "nope", event: "nope" })).toBe("INVALID_SITE_KEY");
  expect(await errorOf({ event: "nope" })).toBe("FORBIDDEN_ORIGIN");
  expect((await app.post("/v1/e", { ...event, event: "nope" })).json.error).toBe("INVALID_WIDGET_KIND");
});
