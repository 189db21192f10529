import { expect, test } from "vitest";
import { openApp, type TestApp } from "../support/app.ts";

const PROJECT = { siteKey: "shop", widgets: [{ event: "visit" }] };
const KEEPS = { keepRepeats: true, metaKeys: ["plan"] };

/** Records a visit of `ann` with this plan, in a session of its own. */
function visit(app: TestApp, plan: string, fields: object = {}) {
  return app.record({ siteKey: "shop", userHash: "ann", meta: { plan }, sessionId: `session ${plan}`, ...fields });
}

/** Returns how many events there are with each plan, and how many sessions. */
async function counted(app: TestApp) {
  const analytics = "/admin/projects/shop/analytics";
  const values = await app.admin("GET", `${analytics}/metaValues?key=plan`);
  expect(values.status, values.text).toBe(200);
  const activity = await app.admin("GET", `${analytics}/activity?granularity=month`);
  expect(activity.status, activity.text).toBe(200);
  const { sessions, checkIns } = activity.json.periods.at(-1);
  return {
    plans: Object.fromEntries(
      values.json.values.map(({ value, events }: { value: string; events: number }) => [value, events]),
    ),
    sessions,
    checkIns,
  };
}

test("repeats of a day are counted where the project keeps them, and the streak is the same", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { ...PROJECT, analytics: KEEPS });

  await visit(app, "free");
  await visit(app, "pro");
  await visit(app, "pro");
  await app.restart();
  await visit(app, "team");

  expect(await counted(app)).toEqual({ plans: { free: 1, pro: 2, team: 1 }, sessions: 3, checkIns: 1 });
  expect((await app.state({ siteKey: "shop", userHash: "ann" })).streak).toMatchObject({ current: 1, best: 1 });
  const { json } = await app.admin("GET", "/admin/projects/shop/users/ann");
  expect(json.recentEvents).toHaveLength(1);
});

test("an event whose idempotency key was used is no repeat that is kept", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { ...PROJECT, analytics: KEEPS });

  await visit(app, "free");
  await visit(app, "pro", { idempotencyKey: "k" });
  await visit(app, "team", { idempotencyKey: "k" });
  await app.restart();
  await visit(app, "team", { idempotencyKey: "k" });

  expect(await counted(app)).toMatchObject({ plans: { free: 1, pro: 1 }, sessions: 2 });
});

test("a project keeps no repeats until it says so, and none any more once it says no", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { ...PROJECT, analytics: { metaKeys: ["plan"] } });
  const keepRepeats = (value: boolean) =>
    app.admin("PATCH", "/admin/projects/shop", { analytics: { ...KEEPS, keepRepeats: value } });

  await visit(app, "free");
  await visit(app, "pro");
  await keepRepeats(true);
  await visit(app, "team");
  await keepRepeats(false);
  await visit(app, "pro");

  expect(await counted(app)).toMatchObject({ plans: { free: 1, team: 1 }, sessions: 2 });
});

test("what a visitor repeated is the user's after signing in", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { ...PROJECT, analytics: KEEPS });

  await visit(app, "free", { userHash: "cookie" });
  await visit(app, "pro", { userHash: "cookie" });
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "cookie", userHash: "ann" });
  await visit(app, "team", { userHash: "cookie" });

  expect(await counted(app)).toEqual({ plans: { free: 1, pro: 1, team: 1 }, sessions: 3, checkIns: 1 });
});
