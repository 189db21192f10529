import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { rule } from "#gen/streak/options/v1/options_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

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
  ["deep nesting", "[".repeat(60_000), "application/json", 400, "INVALID_BODY"],
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
  expect(answer.json).toMatchObject({ error, message: expect.stringMatching(/\w/) });
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
    field: "meta",
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
  ["GET", "//", 404],
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

  const response = await fetch(`${app.url}${path}`, { method, headers: { "X-Admin-Token": ADMIN_TOKEN } });

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: status === 404 ? "NOT_FOUND" : "METHOD_NOT_ALLOWED",
    message: expect.stringMatching(/\w/),
  });
  if (status === 405) {
    expect(response.headers.get("allow")).toContain(path === "/v1/e" ? "POST" : "GET");
  }
});

/** Writes each of its characters as an escape of JSON: 6 bytes for each unit of UTF-16. */
function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0"));
  return `"${units.map((unit) => `\\u${unit}`).join("")}"`;
}

/** The members of the largest request of a method that are texts, with every character an escape. */
function largestTexts({ input }: DescMethod, value: (name: string, length: number) => string): string[] {
  return input.fields
    .filter((field) => field.fieldKind === "scalar" && hasOption(field, rule) && getOption(field, rule).maxLength > 0)
    .map((field) => `${escaped(field.jsonName)}:${escaped(value(field.jsonName, getOption(field, rule).maxLength))}`);
}

/** A meta of 4096 bytes as JSON, with every character an escape. */
const largestMeta = `{${escaped("m")}:${escaped("x".repeat(4096 - '{"m":""}'.length))}}`;

test("the largest event is accepted with every character written as an escape", async () => {
  const { app } = shared;
  const real: Record<string, string> = { siteKey: "proj_demo", event: "visit", tz: "Europe/Berlin" };
  const texts = largestTexts(StreakService.method.recordEvent, (name, length) => real[name] ?? "💥".repeat(length));
  const others = [`"meta":${largestMeta}`, '"eventType":"widget_interaction"', '"ts":"2024-01-12T11:59:59.123456789Z"'];
  const body = `{${[...texts, ...others].join(",")}}`;

  expect(texts).toHaveLength(6);
  expect(await app.post("/v1/e", body)).toMatchObject({ status: 202 });
});

test.each([
  StreakService.method.recordEvent,
  StreakService.method.getState,
  AdminService.method.aliasUser,
  AdminService.method.correctZone,
  AdminService.method.listProjects,
  AdminService.method.getProject,
  AdminService.method.deleteProject,
])("every request that keeps to the limits of $name's fields is small enough", (method) => {
  const texts = largestTexts(method, (_, length) => "💥".repeat(length));
  const structs = method.input.fields.filter(({ message }) => message?.typeName === "google.protobuf.Struct");
  const largest = [...texts, ...structs.map(() => `${escaped("meta")}:${largestMeta}`), '"others":"about a hundred"'];

  const contract = contracts.find((candidate) => candidate.method === method);
  expect(Buffer.byteLength(`{${largest.join(",")}}`) + 100).toBeLessThan(contract?.maxMessageBytes ?? 0);
});

test.each([
  ["/v1/e", {}],
  ["/streak.v1.StreakService/RecordEvent", {}],
  ["/admin/alias", { "X-Admin-Token": ADMIN_TOKEN }],
])("a body that is far larger than any that %s takes is 413, whatever it holds", async (path, headers) => {
  const { app } = shared;
  const body = `${event.slice(0, -1)},"meta":{"m":[${"{},".repeat(80_000)}{}]}}`;

  const answer = await app.post(path, body, headers);

  expect([answer.status, answer.json.error ?? answer.json.code]).toEqual(
    path.startsWith("/streak") ? [429, "resource_exhausted"] : [413, "BODY_TOO_LARGE"],
  );
});
