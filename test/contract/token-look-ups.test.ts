import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { secretOf } from "#src/domain/token-secret.ts";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";
import { callAs, makeToken } from "../support/tokens.ts";

const CALLS = 100;

/** How often the store was asked for a token by its secret. */
async function lookUps(app: TestApp): Promise<number> {
  const { text } = await app.get("/metrics");
  return Number(/^streakd_store_seconds_count\{method="findToken"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

test.each([
  ["valid", [200]],
  ["unknown", [401, 429]],
])("many calls with a token that is %s share few look-ups", async (kind, expected) => {
  const app = await openApp();
  const made = await makeToken(app, { scopes: ["project:manage"] });
  const secret = kind === "valid" ? made.secret : secretOf(randomBytes(32));
  const calls = Array.from({ length: CALLS }, () => callAs(app, secret, "GET", "/admin/projects/proj_demo"));
  const statuses = (await Promise.all(calls)).map((answer) => answer.status);
  expect(new Set(statuses)).toEqual(new Set(expected));
  expect(await lookUps(app)).toBeGreaterThan(0);
  expect(await lookUps(app)).toBeLessThan(CALLS / 4);
});

test("calls without a token, with the admin token and with a mistyped one ask the store for none", async () => {
  const app = await openApp();
  const { secret } = await makeToken(app, { scopes: ["everything"] });
  await app.record({});
  for (const sent of [ADMIN_TOKEN, "wrong", `${secret}x`, secret.toUpperCase()]) {
    await callAs(app, sent, "GET", "/admin/projects");
    await app.post("/v1/e", { siteKey: "proj_demo", userHash: "u", event: "visit" }, { "X-Admin-Token": sent });
  }
  expect(await lookUps(app)).toBe(0);
});

test("unknown tokens from an address that is refused cost the store few look-ups, and right ones go on", async () => {
  const app = await openApp();
  const { secret } = await makeToken(app, { scopes: ["project:manage"] });
  const call = async (as: string) => (await callAs(app, as, "GET", "/admin/projects/proj_demo")).status;
  const callUnknown = () => call(secretOf(randomBytes(32)));
  expect(await call(secret)).toBe(200);
  while ((await callUnknown()) !== 429) {
    // Each is looked up, until the address is refused.
  }
  const before = await lookUps(app);
  const began = performance.now();
  for (let i = 0; i < 2 * CALLS; i += 1) {
    expect(await callUnknown()).toBe(429);
    expect(await call(secret)).toBe(200);
  }
  const seconds = (performance.now() - began) / 1000;
  // Five at once and five a second for the unknown ones, and two a second for the right one.
  expect((await lookUps(app)) - before).toBeLessThanOrEqual(6 + 8 * seconds);
});
