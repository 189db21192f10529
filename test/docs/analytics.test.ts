import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

// What the page shows is what the server answers, for the users that the page tells of.

const page = await readFile(join(import.meta.dirname, "../../docs/analytics.md"), "utf8");

/** The path of each example, and the answer below it. */
const examples = [...page.matchAll(/```sh\ncurl "http:\/\/localhost:8080(\S+)"[^`]*```\n\n```json\n([^`]*)```/g)].map(
  ([, path = "", answer = ""]) => [path, answer] as const,
);

const running = useApp();

/** Ann, Bob and Cleo. It is 2024-01-12, at noon in UTC. */
beforeAll(async () => {
  const { app } = running;
  const created = await app.admin("POST", "/admin/projects", {
    siteKey: "my_app",
    widgets: [{ event: "read", milestones: [{ id: "m3", target: 3, msg: "Three days" }] }],
    analytics: { metaKeys: ["plan"] },
  });
  expect(created.status).toBe(201);
  const visits = [
    ["ann", "2024-01-10T08:15:00Z", "pro"],
    ["ann", "2024-01-11T08:20:00Z", "pro"],
    ["ann", "2024-01-12T08:10:00Z", "pro"],
    ["bob", "2024-01-10T21:00:00Z", "free"],
    ["bob", "2024-01-11T21:30:00Z", "free"],
    ["cleo", "2024-01-03T12:00:00Z", "free"],
  ] as const;
  for (const [userHash, ts, plan] of visits) {
    await app.record({ siteKey: "my_app", userHash, event: "read", ts, sessionId: "s1", meta: { plan } });
  }
  for (const userHash of ["ann", "bob", "cleo"]) {
    const impression = { eventType: "widget_impression", ts: "2024-01-11T07:00:00Z" };
    await app.record({ siteKey: "my_app", userHash, event: "read", ...impression });
  }
});

test("every question has an example", () => {
  const methods = examples.map(([path]) => /analytics\/(\w+)/.exec(path)?.[1]);
  expect(methods).toEqual(["activity", "streaks", "survival", "retention", "hours", "milestones", "metaValues"]);
});

test.each(examples)("%s is answered as the page says", async (path, answer) => {
  const { status, json } = await running.app.get(path, { "X-Admin-Token": ADMIN_TOKEN });
  expect({ status, json }).toEqual({ status: 200, json: JSON.parse(answer) });
});
