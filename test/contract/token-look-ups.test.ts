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
  ["valid", 200],
  ["unknown", 401],
])("many calls with a token that is %s share few look-ups", async (kind, status) => {
  const app = await openApp();
  const made = await makeToken(app, { scopes: ["project:manage"] });
  const secret = kind === "valid" ? made.secret : secretOf(randomBytes(32));
  const calls = Array.from({ length: CALLS }, () => callAs(app, secret, "GET", "/admin/projects/proj_demo"));
  const statuses = (await Promise.all(calls)).map((answer) => answer.status);
  expect(new Set(statuses)).toEqual(new Set([status]));
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
