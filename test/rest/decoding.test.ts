import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { asTimestamp } from "#src/call/timestamp.ts";
import { EVENT, startBridge } from "./bridge-server.ts";

test("a body becomes a whole message, with what is not given at its default", async () => {
  const { record, seen } = await startBridge();
  const answer = await record({ ...EVENT, eventType: "widget_impression", meta: { a: [1, null] }, tz: "Asia/Tokyo" });
  expect([answer.status, answer.json]).toEqual([202, { ok: true }]);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(seen).toEqual([
    {
      $typeName: "streak.v1.RecordEventRequest",
      ...EVENT,
      eventType: 2,
      tz: "Asia/Tokyo",
      meta: { a: [1, null] },
    },
  ]);
});

test("unknown fields are ignored, and null is as good as leaving a field out", async () => {
  const { record, seen } = await startBridge();
  expect(
    (await record({ ...EVENT, tz: null, eventType: null, ts: null, meta: null, site_key: 7, colour: {} })).status,
  ).toBe(202);
  expect(seen[0]).toEqual({ $typeName: "streak.v1.RecordEventRequest", ...EVENT, eventType: 0 });
});

test.each([
  [{ siteKey: 7 }, "siteKey must be a string, not a number."],
  [{ siteKey: ["p"] }, "siteKey must be a string, not a list."],
  [{ siteKey: null }, "siteKey is required and must not be empty."],
  [{ userHash: "" }, "userHash is required and must not be empty."],
  [{ meta: [] }, "meta must be an object, not a list."],
  [{ meta: "{}" }, "meta must be an object, not a string."],
  [{ ts: 1705322096 }, "ts must be a string, not a number."],
  [{ eventType: "STREAK" }, "eventType must be one of streak_interaction, widget_impression, widget_interaction."],
  [{ eventType: 1 }, "eventType must be one of streak_interaction, widget_impression, widget_interaction."],
])("%j is refused, and the answer says why", async (bend, message) => {
  const { record, seen } = await startBridge();
  const answer = await record({ ...EVENT, ...bend });
  expect([answer.status, answer.json]).toEqual([400, { error: "INVALID_BODY", message }]);
  expect(seen).toEqual([]);
});

test("the older name of a field stands in for it, and may repeat but not contradict it", async () => {
  const { record, seen } = await startBridge();
  const { event: _, ...rest } = EVENT;
  expect((await record({ ...rest, kind: "like" })).status).toBe(202);
  expect((await record({ ...EVENT, kind: "like" })).status).toBe(202);
  expect(seen).toEqual([expect.objectContaining(EVENT), expect.objectContaining(EVENT)]);
  const answer = await record({ ...EVENT, kind: "share" });
  expect(answer.json.message).toBe("event and its older name kind say different things: send only event.");
});

test.each([
  ["2024-01-15T12:34:56.789Z", "2024-01-15T12:34:56.789Z"],
  ["2024-01-15T12:34:56Z", "2024-01-15T12:34:56.000Z"],
  ["2024-01-15T12:34Z", "2024-01-15T12:34:00.000Z"],
  ["2024-01-15t12:34:56z", "2024-01-15T12:34:56.000Z"],
  ["2024-01-15T12:34:56+05:30", "2024-01-15T07:04:56.000Z"],
  ["2024-01-15T12:34:56+0530", "2024-01-15T07:04:56.000Z"],
  ["2024-01-15T12:34:56-05", "2024-01-15T17:34:56.000Z"],
  ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
  ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
])("the timestamp %s is the moment %s", async (ts, moment) => {
  const { record, seen } = await startBridge();
  expect((await record({ ...EVENT, ts })).status).toBe(202);
  const { seconds, nanos } = (seen[0] as unknown as { ts: { seconds: bigint; nanos: number } }).ts;
  expect(new Date(Number(seconds) * 1000 + nanos / 1e6).toISOString()).toBe(moment);
});

test.each(["2024-01-15T12:34:56", "2024-01-15T12:34"])("%s is refused for want of an offset", async (ts) => {
  const { record } = await startBridge();
  expect((await record({ ...EVENT, ts })).json.message).toBe(
    "ts must end in its offset from UTC: Z, or one such as +05:30.",
  );
});

test.each([
  "2024-02-30T12:00:00Z",
  "yesterday",
  "",
  "2024-01-15T25:00:00Z",
  "0000-06-01T00:00:00Z",
  "0001-01-01T00:00+05:00",
  "+012024-01-01T00:00:00Z",
  // ISO 8601 knows them; who writes them most likely meant another day.
  "2024T12:00Z",
  "2024-01T12:00Z",
  "2024-015T12:00Z",
  "2024-W03-1T12:00Z",
  "20240115T123456Z",
  "2024-01-15T12Z",
  "2024-01-15Z",
  "2024-01-15",
  "T12:00Z",
  "2024-01-15 12:00Z",
  " 2024-01-15T12:00Z",
  "2024-01-15T12:00:00+24:00",
])("%j is no date and time", async (ts) => {
  const { record } = await startBridge();
  expect((await record({ ...EVENT, ts })).json).toEqual({
    error: "INVALID_BODY",
    message: "ts must be a real date and time in ISO 8601, such as 2024-01-15T12:34:56Z.",
  });
});

test("what luxon makes of a date and time is what is taken, real or not, however it is written", () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, "0"));
  const year = fc.oneof(
    fc.constantFrom("0000", "0001", "1900", "2000", "2024", "9999"),
    fc.integer({ min: 1000, max: 9999 }),
  );
  const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^\.\d{1,7}$/));
  const end = fc.constantFrom("Z", "Z", "z", "+00:00", "+05:30");
  fc.assert(
    fc.property(year, two(13), two(32), two(25), two(61), two(61), fraction, end, (y, mo, d, h, mi, s, f, z) => {
      const text = `${y}-${mo}-${d}T${h}:${mi}:${s}${f}${z}`;
      const time = DateTime.fromISO(text.toUpperCase(), { setZone: true });
      const isReal = time.isValid && time.toUTC().year >= 1 && time.toUTC().year <= 9999;
      const read = () => {
        const { seconds, nanos } = asTimestamp(text, "ts");
        return Number(seconds) * 1000 + nanos / 1_000_000;
      };
      if (isReal) {
        expect(read()).toBe(time.toMillis());
      } else {
        expect(read).toThrow("ts must be a real date and time");
      }
    }),
    { numRuns: 2000 },
  );
});

test("a __proto__ in the body supplies nothing, and one in free data is kept as data", async () => {
  const { record, seen } = await startBridge();
  expect((await record('{"__proto__": {"siteKey": "x"}, "userHash": "u", "event": "like"}')).json.message).toBe(
    "siteKey is required and must not be empty.",
  );
  expect((await record('{"siteKey":"p","userHash":"u","event":"e","meta":{"__proto__":{"a":1}}}')).status).toBe(202);
  expect(JSON.stringify((seen[0] as unknown as { meta: unknown }).meta)).toBe('{"__proto__":{"a":1}}');
  expect(({} as { a?: number }).a).toBeUndefined();
});

test("nested messages and lists are read, and refused by their path", async () => {
  const { ask, seen } = await startBridge();
  const create = (body: unknown) =>
    ask("POST", "/admin/projects", { headers: { "X-Admin-Token": "secret" }, body: JSON.stringify(body) });
  const widget = { event: "like", mode: "cumulative", milestones: [{ target: 7 }], settings: { theme: { name: "x" } } };
  const answer = await create({ siteKey: "p", live: true, allowedOrigins: ["a.example"], widgets: [widget] });
  expect(answer.status).toBe(201);
  expect(answer.json).toEqual({
    siteKey: "p",
    name: "",
    allowedOrigins: ["a.example"],
    timeZone: "",
    live: true,
    widgets: [
      {
        event: "like",
        mode: "cumulative",
        milestones: [{ id: "", target: 7, msg: "", rewardType: "" }],
        settings: { theme: { name: "x" }, position: "", mainMessage: "" },
      },
    ],
  });
  expect(Object.keys(answer.json)).toEqual(["siteKey", "name", "allowedOrigins", "timeZone", "live", "widgets"]);
  expect(seen).toHaveLength(1);

  const refused = async (body: unknown) => (await create(body)).json.message;
  const milestone = (target: unknown) => ({ widgets: [widget, { event: "e", milestones: [{ target }] }] });
  expect(await refused({ allowedOrigins: "a.example" })).toBe("project.allowedOrigins must be a list, not a string.");
  expect(await refused({ allowedOrigins: ["a", null] })).toBe("project.allowedOrigins[1] must be a string, not null.");
  expect(await refused(milestone("7"))).toBe(
    "project.widgets[1].milestones[0].target must be an integer, not a string.",
  );
  expect(await refused(milestone(1.5))).toMatch(/^project.widgets\[1\].milestones\[0\].target must be an integer/);
  expect(await refused(milestone(2 ** 31))).toMatch(/must be an integer between/);
  expect(await refused(milestone(0))).toMatch(/target must be between 1 and 1000000/);
  expect(await refused({ live: "yes" })).toBe("project.live must be true or false, not a string.");
});
