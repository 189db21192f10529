import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { OverLimit, PlanName } from "#gen/streak/v1/plan_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

const shared = useApp();

const PROJECT = "/admin/projects/proj_demo";

async function setPlan(app: TestApp, plan: unknown): Promise<void> {
  const answer = await app.admin("PATCH", PROJECT, { plan });
  if (answer.status !== 200) {
    throw new Error(`the plan was not set: ${answer.text}`);
  }
}

const rejecting = (activeStreakers: number) => ({ name: "custom", activeStreakers, overLimit: "reject" });

function visit(app: TestApp, userHash: string, more: Record<string, unknown> = {}) {
  return app.post("/v1/e", { siteKey: "proj_demo", userHash, event: "visit", ...more });
}

async function usage(app: TestApp, query = ""): Promise<Record<string, number | string>[]> {
  return (await app.admin("GET", `${PROJECT}/usage${query}`)).json.months;
}

test("a project has no plan until it is given one, and none when it is taken away", async () => {
  const app = await openApp();
  expect((await app.admin("GET", PROJECT)).json).not.toHaveProperty("plan");

  const given = await app.admin("PATCH", PROJECT, { plan: { name: "starter" } });
  expect(given.json.plan).toEqual({ name: "starter", activeStreakers: 500, overLimit: "accept" });
  expect((await app.admin("GET", PROJECT)).json.plan).toEqual(given.json.plan);

  const taken = await app.admin("PATCH", PROJECT, { plan: { name: "none" } });
  expect(taken.status).toBe(200);
  expect(taken.json).not.toHaveProperty("plan");
  expect((await app.admin("GET", PROJECT)).json).not.toHaveProperty("plan");

  await setPlan(app, { name: "pro" });
  expect((await app.admin("PATCH", PROJECT, { plan: null })).json).not.toHaveProperty("plan");
});

test.each([
  ["starter", 500],
  ["growth", 2_500],
  ["scale", 10_000],
  ["pro", 50_000],
])("the plan %s allows %i active streakers, and comes back as it was sent", async (name, activeStreakers) => {
  const plan = { name, activeStreakers, overLimit: "reject" };
  const siteKey = `has_${name}`;
  expect((await shared.app.admin("POST", "/admin/projects", { siteKey, plan })).json.plan).toEqual(plan);
  expect((await shared.app.admin("GET", `/admin/projects/${siteKey}`)).json.plan).toEqual(plan);
});

test("a plan that is changed without its name stays as it was", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(10));
  expect((await app.admin("PATCH", PROJECT, { plan: { overLimit: "accept" } })).status).toBe(400);
  expect((await app.admin("GET", PROJECT)).json.plan).toEqual(rejecting(10));
  const answer = await app.admin("POST", "/admin/projects", { siteKey: "nameless", plan: { overLimit: "reject" } });
  expect(answer.status).toBe(400);
});

test.each([
  [{ name: "custom" }, "project.plan.activeStreakers", "must say how many"],
  [{ name: "starter", activeStreakers: 501 }, "project.plan.activeStreakers", "must be 500 or left out"],
  [{ name: "custom", activeStreakers: 0 }, "activeStreakers", "1"],
  [{ activeStreakers: 10 }, "project.plan.name", "must name a plan"],
  [{ overLimit: "reject" }, "project.plan.name", "must name a plan"],
  [{ name: "none", overLimit: "reject" }, "project.plan.name", "must name a plan"],
  [{}, "project.plan.name", "must name a plan"],
  [{ name: "STARTER" }, "name", "starter"],
])("the plan %j is refused, and the message names what to mend", async (plan, field, message) => {
  const answer = await shared.app.admin("PATCH", PROJECT, { plan });
  expect(answer.status).toBe(400);
  expect(answer.json.error).toBe("INVALID_BODY");
  expect(answer.json.message).toContain(field.split(".").at(-1));
  expect(answer.json.message).toContain(message);
});

test("an update that does not name the plan leaves it", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(7));
  const answer = await app.admin("PATCH", PROJECT, { name: "New" });
  expect(answer.json.plan).toEqual(rejecting(7));
});

test("a plan that accepts lets everybody in, and the usage says how many there are", async () => {
  const app = await openApp();
  await setPlan(app, { name: "custom", activeStreakers: 1 });
  for (const user of ["ann", "bob"]) {
    await app.record({ userHash: user });
  }
  expect(await usage(app)).toEqual([
    {
      month: "2024-01",
      activeStreakers: 2,
      limit: 1,
      daysDone: 2,
      impressions: 0,
      interactions: 0,
      rejected: 0,
    },
  ]);
});

test("a plan that rejects refuses new streakers over the limit until the month ends, and nobody else", async () => {
  const app = await openApp();
  await app.record({ userHash: "ann" });
  await setPlan(app, rejecting(2));
  await app.record({ userHash: "bob" });

  const refused = await visit(app, "cat");
  expect(refused.status).toBe(429);
  expect(refused.json).toEqual({
    error: "PLAN_LIMIT_REACHED",
    message:
      'The project\'s plan "custom" allows 2 active streakers a month, and 2024-01 has as many. Users who are active in it go on; new ones are accepted again from 2024-02-01, or with a larger plan.',
  });
  // From noon of January 12 to the end of the month.
  expect(refused.headers.get("retry-after")).toBe(String(19.5 * 24 * 60 * 60));

  app.now += 24 * 60 * 60 * 1000;
  expect((await visit(app, "ann")).status).toBe(202);
  expect((await visit(app, "bob", { event: "like" })).status).toBe(202);
  expect((await visit(app, "cat", { eventType: "widget_impression" })).status).toBe(202);
  expect((await visit(app, "cat")).status).toBe(429);

  app.now = Date.parse("2024-02-01T00:00:00Z");
  expect((await visit(app, "cat")).status).toBe(202);
});

test("a user whose zone is known is told when the month ends in that zone", async () => {
  const app = await openApp();
  await app.record({ userHash: "cat", tz: "Asia/Tokyo", ts: "2023-12-20T12:00:00Z" });
  await app.record({ userHash: "ann" });
  await setPlan(app, rejecting(1));
  const refused = await visit(app, "cat");
  expect(refused.status).toBe(429);
  // From noon of January 12 to the end of the month in Tokyo, which is nine hours ahead.
  expect(refused.headers.get("retry-after")).toBe(String((19.5 * 24 - 9) * 60 * 60));
});

test("a late event of a month that is full is told that waiting does not help", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(1));
  const late = { ts: "2023-12-20T12:00:00Z" };
  expect((await visit(app, "ann", late)).status).toBe(202);
  const refused = await visit(app, "bob", late);
  expect(refused.status).toBe(429);
  expect(refused.json.message).toContain("2023-12 has as many. That month is over");
  expect(refused.headers.get("retry-after")).toBeNull();
  expect((await visit(app, "bob")).status).toBe(202);
});

test("linking two active users lets a new one in", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(2));
  await app.record({ userHash: "anon" });
  await app.record({ userHash: "ann" });
  expect((await visit(app, "bob")).status).toBe(429);
  await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "anon", userHash: "ann" });
  expect((await visit(app, "bob")).status).toBe(202);
  expect((await visit(app, "cat")).status).toBe(429);
});

test("a refused event with an idempotency key is refused again, and accepted when there is room", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(1));
  await app.record({ userHash: "ann" });
  const keyed = { idempotencyKey: "k" };
  expect((await visit(app, "bob", keyed)).status).toBe(429);
  expect((await visit(app, "bob", keyed)).status).toBe(429);
  await setPlan(app, rejecting(2));
  expect((await visit(app, "bob", keyed)).status).toBe(202);
  expect((await app.state({ userHash: "bob" })).streak.current).toBe(1);
});

test("a limit can be lifted, lowered and raised", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(1));
  await app.record({ userHash: "ann" });
  expect((await visit(app, "bob")).status).toBe(429);
  await setPlan(app, { ...rejecting(1), overLimit: "accept" });
  expect((await visit(app, "bob")).status).toBe(202);
  await setPlan(app, rejecting(3));
  expect((await visit(app, "cat")).status).toBe(202);
  await setPlan(app, rejecting(2));
  expect((await visit(app, "dan")).status).toBe(429);
  await setPlan(app, { name: "none" });
  expect((await visit(app, "dan")).status).toBe(202);
});

test("usage counts months apart, refused events too, and past months stay after a restart", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(1));
  await app.record({ userHash: "ann", ts: "2023-11-20T12:00:00Z" });
  await app.record({ userHash: "ann" });
  await app.record({ userHash: "ann", event: "like" });
  await app.record({ userHash: "looks", eventType: "widget_impression" });
  await app.record({ userHash: "looks", eventType: "widget_interaction" });
  expect((await visit(app, "bob")).status).toBe(429);
  expect((await visit(app, "bob")).status).toBe(429);
  await app.restart();

  const nothing = { limit: 1, activeStreakers: 0, daysDone: 0, impressions: 0, interactions: 0, rejected: 0 };
  expect(await usage(app, "?from=2023-11&to=2024-01")).toEqual([
    { ...nothing, month: "2023-11", activeStreakers: 1, daysDone: 1 },
    { ...nothing, month: "2023-12" },
    { month: "2024-01", limit: 1, activeStreakers: 1, daysDone: 2, impressions: 1, interactions: 1, rejected: 2 },
  ]);
  expect(await usage(app, "?from=2023-12")).toHaveLength(2);
  expect(await usage(app, "?to=2023-11")).toHaveLength(1);
});

test("the present month is that of the project's time zone", async () => {
  const app = await openApp();
  app.now = Date.parse("2024-01-31T23:30:00Z");
  await app.admin("PATCH", PROJECT, { timeZone: "Asia/Tokyo" });
  expect(await usage(app)).toMatchObject([{ month: "2024-02" }]);
});

test.each([
  ["?from=2024-02&to=2024-01", "from must not be later than to"],
  ["?from=2024-02", "from must not be later than the present month, 2024-01"],
  ["?from=2021-01&to=2024-01", "from must be at most 35 months before the last month"],
  ["?from=2024-13", "from"],
  ["?to=January", "to"],
])("usage%s is refused", async (query, message) => {
  const answer = await shared.app.admin("GET", `${PROJECT}/usage${query}`);
  expect(answer.status).toBe(400);
  expect(answer.json.error).toBe("INVALID_BODY");
  expect(answer.json.message).toContain(message);
});

test("the usage of a project that is not there is 404, and without a token 401", async () => {
  expect((await shared.app.admin("GET", "/admin/projects/nobody/usage")).status).toBe(404);
  expect((await shared.app.get(`${PROJECT}/usage`)).status).toBe(401);
});

test("a project's own token reads its usage, and can't change its plan", async () => {
  const app = await openApp();
  await setPlan(app, rejecting(1));
  const { secret } = await makeToken(app, { siteKey: "proj_demo", scopes: ["project:manage"] });
  const { secret: ofAll } = await makeToken(app, { scopes: ["project:manage"] });
  await app.admin("POST", "/admin/projects", { siteKey: "other" });
  const plan = async () => (await app.admin("GET", PROJECT)).json.plan;

  expect((await callAs(app, secret, "GET", `${PROJECT}/usage`)).json.months).toMatchObject([{ limit: 1 }]);
  expect(outcomeOf(await callAs(app, secret, "GET", "/admin/projects/other/usage"))).toBe("403 FORBIDDEN");

  for (const wanted of [{ ...rejecting(2) }, { ...rejecting(1), overLimit: "accept" }, { name: "none" }]) {
    const refused = await callAs(app, secret, "PATCH", PROJECT, { name: "New", plan: wanted });
    expect(outcomeOf(refused)).toBe("403 FORBIDDEN");
    expect(refused.json.message).toContain("Its plan may be changed only with a token for all projects");
  }
  expect((await app.admin("GET", PROJECT)).json).toMatchObject({ name: "Demo", plan: rejecting(1) });

  // A whole project may be sent back, with the plan that it has.
  const whole = { ...(await app.admin("GET", PROJECT)).json, name: "New" };
  expect(outcomeOf(await callAs(app, secret, "PATCH", PROJECT, whole))).toBe("200");
  expect(await plan()).toEqual(rejecting(1));

  expect(outcomeOf(await callAs(app, ofAll, "PATCH", PROJECT, { plan: rejecting(2) }))).toBe("200");
  expect(await plan()).toEqual(rejecting(2));
});

test("plans and usage are the same over gRPC", async () => {
  const app = await openApp();
  const transport = createGrpcTransport({ baseUrl: app.url });
  const admin = createClient(AdminService, transport);
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const plan = { name: PlanName.CUSTOM, activeStreakers: 1, overLimit: OverLimit.REJECT };
  const update = { project: { siteKey: "proj_demo", plan }, updateMask: { paths: ["plan"] } };
  const { project } = await admin.updateProject(update, { headers });
  expect(project?.plan).toMatchObject(plan);

  const streaks = createClient(StreakService, transport);
  await streaks.recordEvent({ siteKey: "proj_demo", userHash: "ann", event: "visit" });
  const refused = streaks.recordEvent({ siteKey: "proj_demo", userHash: "bob", event: "visit" });
  const error = await refused.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error.code).toBe(8);
  expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "PLAN_LIMIT_REACHED" }]);
  expect(Number(error.metadata.get("retry-after"))).toBeGreaterThan(0);

  const { months } = await admin.getUsage({ siteKey: "proj_demo" }, { headers });
  expect(months).toMatchObject([{ month: "2024-01", activeStreakers: 1, limit: 1, daysDone: 1 }]);
});
