import { describe, expect, test } from "vitest";
import { openApp, type TestApp } from "../support/app.ts";

// It is Friday, 2024-01-12, in UTC.

const SHOP = "/admin/projects/shop";
const actions = { counts: "actions" };
const TOMORROW = Date.parse("2024-01-13T12:00:00Z");

/** Creates the project `shop` with one widget, for the event `like`, and these fields. */
async function openShop(widget: object = {}): Promise<TestApp> {
  const app = await openApp();
  const { status, text } = await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [like(widget)] });
  expect([status, text]).toEqual([201, expect.anything()]);
  return app;
}

const like = (widget: object) => ({ event: "like", ...widget });

async function change(app: TestApp, widget: object) {
  const { status, json } = await app.admin("PATCH", SHOP, { widgets: [like(widget)] });
  return { status, ...(status === 200 ? json.widgets[0] : json) };
}

async function record(app: TestApp, ...events: readonly object[]): Promise<void> {
  for (const event of events) {
    await app.record({ siteKey: "shop", event: "like", ...event });
  }
}

const streakOf = async (app: TestApp, query: Record<string, string> = {}) =>
  (await app.state({ siteKey: "shop", event: "like", ...query })).streak;

describe("what a widget counts", () => {
  test("is answered where it is actions, and left out where it is days", async () => {
    const app = await openShop({ mode: "cumulative", rules: actions });
    expect((await app.admin("GET", SHOP)).json.widgets[0]).toMatchObject({ mode: "cumulative", rules: actions });
    await app.restart();
    expect((await app.admin("GET", SHOP)).json.widgets[0]).toMatchObject({ rules: actions });

    const { rules, rulesFrom, earlierRules } = await change(app, { mode: "cumulative", rules: { counts: "days" } });
    expect(rules).not.toHaveProperty("counts");
    expect([rulesFrom, earlierRules]).toMatchObject(["2024-01-13", [{ rules: actions }]]);
    const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop")).json;
    expect(JSON.stringify(entries)).toContain('"counts":"actions"');
  });

  test("is days for a new widget that says so, which then has no rules", async () => {
    const app = await openShop({ mode: "cumulative", rules: { counts: "days" } });
    expect((await app.admin("GET", SHOP)).json.widgets[0]).not.toHaveProperty("rules");
  });

  test("can't be another thing", async () => {
    const app = await openShop({ mode: "cumulative" });
    const answer = await change(app, { mode: "cumulative", rules: { counts: "likes" } });
    expect(answer).toMatchObject({ status: 400, error: "INVALID_BODY" });
    expect(answer.message).toContain("widgets[0].rules.counts must be one of days, actions");
  });
});

describe("a continuous widget", () => {
  const REFUSED =
    "widgets[0].rules.counts can be actions only for a widget with the mode cumulative: a run of days has no actions. Leave it out, or choose that mode.";

  test("can't count actions", async () => {
    const app = await openShop();
    expect(await change(app, { rules: actions })).toMatchObject({ status: 400, message: REFUSED });
    expect(await change(app, { mode: "continuous", rules: actions })).toMatchObject({ status: 400, message: REFUSED });
    const created = await app.admin("POST", "/admin/projects", { siteKey: "x", widgets: [like({ rules: actions })] });
    expect([created.status, created.json.message]).toEqual([400, REFUSED]);
    const preview = { widget: like({ rules: actions }), dates: ["2024-01-12"] };
    const previewed = await app.admin("POST", `${SHOP}/rules:preview`, preview);
    expect([previewed.status, previewed.json.message]).toEqual([400, REFUSED.replace("widgets[0]", "widget")]);
  });

  test("can't be made of one that counts actions, unless it counts days from then on", async () => {
    const app = await openShop({ mode: "cumulative", rules: actions });
    await record(app, {}, {}, {});
    const refused = await change(app, { mode: "continuous" });
    expect(refused).toMatchObject({ status: 400, error: "INVALID_BODY" });
    expect(refused.message).toContain("widgets[0].mode can't be continuous while the rules");
    expect((await streakOf(app)).current).toBe(3);

    expect(await change(app, { mode: "continuous", rules: {} })).toMatchObject({ status: 200, mode: "continuous" });
    await record(app, {});
    expect(await streakOf(app)).toMatchObject({ mode: "continuous", current: 1, unit: "day" });
    // The actions that were counted before count again.
    expect(await change(app, { mode: "cumulative" })).toMatchObject({ status: 200 });
    expect(await streakOf(app)).toMatchObject({ current: 3, unit: "action" });
  });
});

describe("a widget that begins to count actions", () => {
  test("does so tomorrow, and its earlier days go on counting 1", async () => {
    const app = await openShop({ mode: "cumulative" });
    await record(app, {}, {}, { ts: "2024-01-11T12:00:00Z" }, { ts: "2024-01-11T13:00:00Z" });
    await change(app, { mode: "cumulative", rules: actions });
    await record(app, {}, {});
    expect(await streakOf(app)).toMatchObject({ current: 2, unit: "day" });

    app.now = TOMORROW;
    await record(app, {}, {}, {}, { ts: "2024-01-12T11:00:00Z" }, { ts: "2024-01-12T11:30:00Z" });
    expect(await streakOf(app)).toMatchObject({ current: 5, unit: "action" });
    expect(await streakOf(app, { asOf: "2024-01-12" })).toMatchObject({ current: 2, unit: "day" });
    const { periods } = (await app.admin("GET", `${SHOP}/users/u/streaks/like:explain`)).json;
    expect(periods).toMatchObject([
      { firstDate: "2024-01-11", counted: 1, unit: "day" },
      { firstDate: "2024-01-12", counted: 1, unit: "day" },
      { firstDate: "2024-01-13", counted: 3, unit: "action" },
    ]);
  });

  test("does so today where the change says so, and what came before counts 1 until there is an action", async () => {
    const app = await openShop({ mode: "cumulative" });
    await record(app, { idempotencyKey: "a" }, { idempotencyKey: "b" }, {});
    await change(app, { mode: "cumulative", rules: actions, rulesFrom: "2024-01-12" });
    expect(await streakOf(app)).toMatchObject({ current: 1, unit: "action" });
    await record(app, {});
    expect((await streakOf(app)).current).toBe(1);
    await record(app, {}, {});
    expect((await streakOf(app)).current).toBe(3);
  });
});

test("a widget that ends to count actions keeps those that it has counted", async () => {
  const app = await openShop({ mode: "cumulative", rules: actions });
  await record(app, {}, {}, {});
  await change(app, { mode: "cumulative", rules: {} });
  app.now = TOMORROW;
  await record(app, {}, {}, {});
  expect(await streakOf(app)).toMatchObject({ current: 4, unit: "day" });
  await record(app, { ts: "2024-01-12T08:00:00Z" });
  expect((await streakOf(app)).current).toBe(5);
});

test("the preview of rules that count actions counts each date once", async () => {
  const app = await openShop({ mode: "cumulative" });
  const asked = { widget: like({ mode: "cumulative", rules: actions, rulesFrom: "2024-01-12" }) };
  const { status, json } = await app.admin("POST", `${SHOP}/rules:preview`, {
    ...asked,
    dates: ["2024-01-10", "2024-01-12", "2024-01-12"],
  });
  expect([status, json.error]).toEqual([200, undefined]);
  expect(json).toMatchObject({ streak: { current: 2, unit: "action" }, countedBefore: 0 });
  expect(json.periods.map(({ counted, unit }: { counted: number; unit: string }) => [counted, unit])).toEqual([
    [1, "day"],
    [0, "day"],
    [1, "action"],
  ]);
});
