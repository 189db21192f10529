import { expect, test } from "vitest";
import { openApp, type TestApp } from "../support/app.ts";
import { useMongo } from "../support/mongo.ts";

const mongo = useMongo();

const NAMES = ["ann", "cookie"];
const KEYS = Array.from({ length: 25 }, (_, index) => `key ${index}`);
const TIMES = Array.from({ length: 10 }, (_, index) => `2024-01-11T10:00:0${index}.000Z`);

test("two instances that take the same actions of a user and an alias at once count each of them once", async () => {
  const MONGODB_URI = mongo.server.uri();
  const app = await openApp({ MONGODB_URI });
  const other = await openApp({ MONGODB_URI });
  const rules = { counts: "actions" };
  await app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [{ event: "like", mode: "cumulative", rules, milestones: [{ id: "m", target: 30, scope: "ever" }] }],
  });
  const named = [...KEYS.map((idempotencyKey) => ({ idempotencyKey })), ...TIMES.map((ts) => ({ ts }))];
  const sent = named.flatMap((event) =>
    [app, other, app].flatMap((instance) =>
      NAMES.map((userHash) => () => instance.record({ siteKey: "shop", event: "like", userHash, ...event })),
    ),
  );
  const link = () => app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "cookie", userHash: "ann" });
  await Promise.all([...sent.slice(0, 100), link, ...sent.slice(100)].map((send) => send()));

  const count = KEYS.length + TIMES.length;
  for (const instance of [app, other]) {
    for (const userHash of NAMES) {
      expect(await stateOf(instance, userHash)).toMatchObject({
        streak: { current: count, unit: "action" },
        milestones: [{ id: "m", timesAwarded: 1, awardedDate: "2024-01-12" }],
      });
    }
    expect(await stateOf(instance, "ann", { asOf: "2024-01-11" })).toMatchObject({ streak: { current: TIMES.length } });
    const explanation = await instance.admin("GET", "/admin/projects/shop/users/ann/streaks/like:explain");
    expect(explanation.json.periods).toMatchObject([{ counted: TIMES.length }, { counted: KEYS.length }]);
    const { users } = (await instance.admin("GET", "/admin/projects/shop/users")).json;
    expect(users).toMatchObject([{ userHash: "ann", streaks: [{ streak: { current: count }, daysDone: 2 }] }]);
  }
});

test("what is sent to another instance after a change of the rules was answered counts by the new rules", async () => {
  const MONGODB_URI = mongo.server.uri();
  const app = await openApp({ MONGODB_URI });
  const other = await openApp({ MONGODB_URI });
  const widget = { event: "like", mode: "cumulative" };
  await app.admin("POST", "/admin/projects", { siteKey: "changed", widgets: [widget] });
  // So that the other instance remembers the project as it is now.
  await other.state({ siteKey: "changed", userHash: "ann", event: "like" });
  const widgets = [{ ...widget, rules: { counts: "actions" }, rulesFrom: "2024-01-12" }];
  expect(await app.admin("PATCH", "/admin/projects/changed", { widgets })).toMatchObject({ status: 200 });

  for (const idempotencyKey of KEYS) {
    await other.record({ siteKey: "changed", event: "like", userHash: "ann", idempotencyKey });
  }
  expect(await other.state({ siteKey: "changed", userHash: "ann", event: "like" })).toMatchObject({
    streak: { current: KEYS.length },
  });
});

const stateOf = (instance: TestApp, userHash: string, query: Record<string, string> = {}) =>
  instance.state({ siteKey: "shop", userHash, event: "like", ...query });
