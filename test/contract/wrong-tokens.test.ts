import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { RetryInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { openApp, type TestApp } from "../support/app.ts";

const MAX_WRONG_TOKENS = 20;
const EVENT = { siteKey: "proj_demo", userHash: "u", event: "visit" };

/** Sends a wrong token to a method that needs a right one. */
const guess = (app: TestApp, headers: Record<string, string> = {}) =>
  app.get("/admin/projects", { "X-Admin-Token": "a-wrong-token", ...headers });

async function guessTooOften(app: TestApp, headers: Record<string, string> = {}): Promise<void> {
  for (let i = 0; i < MAX_WRONG_TOKENS; i += 1) {
    expect((await guess(app, headers)).status).toBe(401);
  }
}

test("an address that has sent 20 wrong tokens within a minute is refused the next for a minute", async () => {
  const app = await openApp();
  await guessTooOften(app);
  const refused = await guess(app);
  expect([refused.status, refused.json.error]).toEqual([429, "RATE_LIMITED"]);
  expect(refused.json.message).toMatch(/^More than 20 wrong tokens came from this address within a minute\./);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(50);
  expect(Number(refused.headers.get("Retry-After"))).toBeLessThanOrEqual(60);
});

test("right tokens from there go on, and so do calls without one", async () => {
  const app = await openApp();
  await guessTooOften(app);
  expect((await guess(app)).status).toBe(429);
  expect((await app.admin("GET", "/admin/projects")).status).toBe(200);
  expect((await app.get("/admin/projects")).status).toBe(401);
  expect((await app.post("/v1/e", EVENT)).status).toBe(202);
});

test("wrong tokens count with methods for anyone too, which are served all the same", async () => {
  const app = await openApp();
  for (let i = 0; i < MAX_WRONG_TOKENS + 5; i += 1) {
    expect((await app.post("/v1/e", EVENT, { "X-Admin-Token": "a-wrong-token" })).status).toBe(202);
  }
  expect((await guess(app)).status).toBe(429);
});

test("bearer tokens of an app's own count only with methods that need a token of the server", async () => {
  const app = await openApp();
  const own = { Authorization: "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln" };
  for (let i = 0; i < MAX_WRONG_TOKENS + 5; i += 1) {
    expect((await app.post("/v1/e", EVENT, own)).status).toBe(202);
  }
  expect((await guess(app)).status).toBe(401);
  for (let i = 1; i < MAX_WRONG_TOKENS; i += 1) {
    expect((await app.get("/admin/projects", own)).status).toBe(401);
  }
  expect((await app.get("/admin/projects", own)).status).toBe(429);
});

test("bearer tokens that begin as the server's do count with every method", async () => {
  const app = await openApp();
  for (let i = 0; i < MAX_WRONG_TOKENS; i += 1) {
    expect((await app.post("/v1/e", EVENT, { Authorization: "Bearer sk_mistyped" })).status).toBe(202);
  }
  expect((await guess(app)).status).toBe(429);
});

test("over gRPC the refusal says when to come again", async () => {
  const app = await openApp();
  await guessTooOften(app);
  const client = createClient(AdminService, createGrpcTransport({ baseUrl: app.url }));
  const error = await client.listProjects({}, { headers: { "X-Admin-Token": "a-wrong-token" } }).catch((e) => e);
  expect(error.rawMessage).toContain("wrong tokens");
  expect(Number(error.findDetails(RetryInfoSchema)[0].retryDelay.seconds)).toBeGreaterThan(50);
});

test("addresses count apart, those behind a trusted proxy too, and an IPv6 network as one", async () => {
  const app = await openApp({ TRUSTED_PROXIES: "127.0.0.1" });
  await guessTooOften(app, { "X-Forwarded-For": "2001:db8::1" });
  const from = async (forwarded: string) => (await guess(app, { "X-Forwarded-For": forwarded })).status;
  expect(await from("2001:db8::2")).toBe(429);
  expect(await from("2001:db8:0:1::1")).toBe(401);
  expect(await from("198.51.100.1")).toBe(401);
});

test("the log tells of it in one line, and the metrics count it", async () => {
  const app = await openApp({ LOG_LEVEL: "warn" });
  await guessTooOften(app);
  for (let i = 0; i < 3; i += 1) {
    await guess(app);
  }
  const lines = app.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes("too many wrong tokens"));
  expect(lines).toEqual([expect.objectContaining({ level: 40, peer: "127.0.0.1" })]);
  expect((await app.get("/metrics")).text).toContain('streakd_rate_limited_total{policy="wrong-tokens"} 3');
});
