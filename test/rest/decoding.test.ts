import { expect, test } from "vitest";
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
  expect([answer.status, answer.json]).toEqual([
    400,
    { error: "INVALID_BODY", message, field: message.split(" ", 1)[0] },
  ]);
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
        earlierRules: [],
        event: "like",
        mode: "cumulative",
        milestones: [{ id: "", target: 7, msg: "", rewardType: "" }],
        settings: { theme: { name: "x" }, position: "", mainMessage: "" },
      },
    ],
    etag: "",
    holidays: [],
  });
  expect(Object.keys(answer.json)).toEqual([
    "siteKey",
    "name",
    "allowedOrigins",
    "timeZone",
    "live",
    "widgets",
    "etag",
    "holidays",
  ]);
  expect(seen).toHaveLength(1);

  const refused = async (body: unknown) => {
    const { message, field } = (await create(body)).json;
    expect(message.split(" ", 1)).toEqual([field]);
    return message;
  };
  const milestone = (target: unknown) => ({ widgets: [widget, { event: "e", milestones: [{ target }] }] });
  expect(await refused({ allowedOrigins: "a.example" })).toBe("allowedOrigins must be a list, not a string.");
  expect(await refused({ allowedOrigins: ["a", null] })).toBe("allowedOrigins[1] must be a string, not null.");
  expect(await refused(milestone("7"))).toBe("widgets[1].milestones[0].target must be an integer, not a string.");
  expect(await refused(milestone(1.5))).toBe("widgets[1].milestones[0].target must be an integer, without a fraction.");
  expect(await refused(milestone(2 ** 31))).toMatch(/must be an integer between/);
  expect(await refused(milestone(0))).toMatch(/target must be between 1 and 1000000/);
  expect(await refused({ live: "yes" })).toBe("live must be true or false, not a string.");
});
