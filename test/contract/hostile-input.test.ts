import { expect, test } from "vitest";
import { useApp } from "../support/app.ts";

const shared = useApp();

const event = '{"siteKey":"proj_demo","userHash":"u","event":"visit"}';

test.each<[string, string | Uint8Array, string, number, string]>([
  ["an empty body", "", "application/json", 400, "INVALID_BODY"],
  ["truncated JSON", event.slice(0, -5), "application/json", 400, "INVALID_BODY"],
  ["a JSON list", `[${event}]`, "application/json", 400, "INVALID_BODY"],
  ["a JSON string", '"hello"', "application/json", 400, "INVALID_BODY"],
  ["JSON null", "null", "application/json", 400, "INVALID_BODY"],
  ["a form", "siteKey=proj_demo&userHash=u&event=visit", "application/x-www-form-urlencoded", 400, "INVALID_BODY"],
  ["XML", "<event/>", "application/xml", 400, "INVALID_BODY"],
  ["invalid UTF-8", Buffer.from(event.replace("u", "\xff"), "latin1"), "application/json", 400, "INVALID_BODY"],
  ["deep nesting", "[".repeat(100_000), "application/json", 400, "INVALID_BODY"],
  [
    "a deep meta",
    `${event.slice(0, -1)},"meta":${'{"a":'.repeat(9000)}1${"}".repeat(9000)}}`,
    "application/json",
    400,
    "INVALID_BODY",
  ],
  [
    "a body of 1 MB",
    `${event.slice(0, -1)},"pad":"${"x".repeat(1_000_000)}"}`,
    "application/json",
    413,
    "BODY_TOO_LARGE",
  ],
  [
    "a siteKey that only __proto__ has",
    '{"__proto__":{"siteKey":"proj_demo"},"userHash":"u","event":"visit"}',
    "application/json",
    400,
    "INVALID_BODY",
  ],
  ["the event constructor", event.replace("visit", "constructor"), "application/json", 400, "INVALID_WIDGET_KIND"],
  ["the project __proto__", event.replace("proj_demo", "__proto__"), "application/json", 400, "INVALID_SITE_KEY"],
  ["broken protobuf", Uint8Array.of(10, 200, 1, 2), "application/proto", 400, "INVALID_BODY"],
])("%s is a clear error, and the next request works", async (_, body, contentType, status, error) => {
  const { app } = shared;

  const answer = await app.post("/v1/e", body, { "Content-Type": contentType });

  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({ error, message: expect.stringMatching(/\w/) });
  expect((await app.post("/v1/e", event)).status).toBe(202);
  expect(app.logged).toEqual([]);
});

test("meta may be nested 32 levels deep, and no deeper", async () => {
  const { app } = shared;
  const nested = (levels: number) => `${event.slice(0, -1)},"meta":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;

  expect((await app.post("/v1/e", nested(32))).status).toBe(202);
  expect((await app.post("/v1/e", nested(33))).json).toEqual({
    error: "INVALID_BODY",
    message: "meta may be nested at most 32 levels deep.",
  });
});

test("a __proto__ key in meta is kept as any other key", async () => {
  const { app } = shared;

  const answer = await app.post("/v1/e", `${event.slice(0, -1)},"meta":{"__proto__":{"admin":true}}}`);

  expect(answer.status).toBe(202);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test.each(["__proto__", "constructor", "a'b\"c;--", "%00", "💥", "../../etc"])(
  "the user %j keeps a streak as any other",
  async (userHash) => {
    const { app } = shared;

    await app.record({ userHash });

    expect((await app.state({ userHash })).streak.current).toBe(1);
    expect((await app.state({ userHash: `${userHash}!` })).streak.current).toBe(0);
  },
);

test.each([
  ["GET", "/", 404],
  ["GET", "/v1", 404],
  ["GET", "/v1/nothing", 404],
  ["GET", "/v1/state/", 404],
  ["POST", "/v1//e", 404],
  ["GET", "/admin/projects/%E0%A4%A", 404],
  ["GET", "/streak.v1.StreakService/Nothing", 404],
  ["GET", "/v1/e", 405],
  ["PUT", "/v1/e", 405],
  ["POST", "/v1/state", 405],
])("%s %s is %i with a JSON body", async (method, path, status) => {
  const { app } = shared;

  const response = await fetch(`${app.url}${path}`, { method, headers: { "X-Admin-Token": "test-admin-token" } });

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: status === 404 ? "NOT_FOUND" : "METHOD_NOT_ALLOWED",
    message: expect.stringMatching(/\w/),
  });
  if (status === 405) {
    expect(response.headers.get("allow")).toContain(path === "/v1/e" ? "POST" : "GET");
  }
});
