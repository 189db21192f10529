import { expect, test } from "vitest";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";

async function alias(app: TestApp, anonymousId: string, userHash: string): Promise<number> {
  return (await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId, userHash })).status;
}

async function likes(app: TestApp, userHash: string): Promise<number> {
  return (await app.state({ event: "like", userHash })).streak.current;
}

test("an alias is answered 204 without a body", async () => {
  const app = await openApp();

  const answer = await app.admin("POST", "/admin/alias", {
    siteKey: "proj_demo",
    anonymousId: "anon",
    userHash: "user",
  });

  expect(answer.status).toBe(204);
  expect(answer.text).toBe("");
});

test("the days of every widget become the user's, and the anonymous id shows the user's state", async () => {
  const app = await openApp();
  await app.record({ userHash: "anon", ts: "2024-01-11T12:00:00Z" });
  await app.record({ userHash: "anon", event: "like", ts: "2024-01-05T12:00:00Z" });
  await app.record({ userHash: "user" });
  await app.record({ userHash: "user", event: "like" });

  await alias(app, "anon", "user");

  expect((await app.state({ userHash: "user" })).streak.current).toBe(2);
  expect(await likes(app, "user")).toBe(2);
  expect(await app.state({ userHash: "anon" })).toEqual(await app.state({ userHash: "user" }));
});

test("events of the anonymous id after the alias are the user's", async () => {
  const app = await openApp();
  await alias(app, "anon", "user");

  await app.record({ userHash: "anon", event: "like" });

  expect(await likes(app, "user")).toBe(1);
});

test("saying an alias again changes nothing", async () => {
  const app = await openApp();
  await app.record({ userHash: "anon", event: "like" });

  expect(await alias(app, "anon", "user")).toBe(204);
  expect(await alias(app, "anon", "user")).toBe(204);

  expect(await likes(app, "user")).toBe(1);
});

test("chains resolve to their end", async () => {
  const app = await openApp();
  await app.record({ userHash: "a", event: "like", ts: "2024-01-01T12:00:00Z" });
  await app.record({ userHash: "b", event: "like", ts: "2024-01-02T12:00:00Z" });
  await alias(app, "a", "b");
  await alias(app, "b", "c");

  await app.record({ userHash: "a", event: "like" });

  expect(await likes(app, "c")).toBe(3);
  expect(await likes(app, "a")).toBe(3);
});

test("an anonymous id given to a second user moves only what it gathers from then on", async () => {
  const app = await openApp();
  await app.record({ userHash: "anon", event: "like", ts: "2024-01-01T12:00:00Z" });
  await app.record({ userHash: "anon", event: "like" });
  await alias(app, "anon", "first");

  await alias(app, "anon", "second");
  // The day that the first user has done already.
  await app.record({ userHash: "anon", event: "like" });

  expect(await likes(app, "first")).toBe(2);
  expect(await likes(app, "second")).toBe(1);
});

test("an alias of itself and a circle are INVALID_BODY, and change nothing", async () => {
  const app = await openApp();
  await alias(app, "a", "b");
  await alias(app, "b", "c");

  expect(await alias(app, "a", "a")).toBe(400);
  expect(await alias(app, "c", "a")).toBe(400);

  await app.record({ userHash: "a", event: "like" });
  expect(await likes(app, "c")).toBe(1);
});

test("a missing field is 400, an unknown project too", async () => {
  const app = await openApp();
  const errorOf = async (body: object) => (await app.admin("POST", "/admin/alias", body)).json.error;

  expect(await errorOf({ siteKey: "proj_demo", anonymousId: "a" })).toBe("INVALID_BODY");
  expect(await errorOf({ siteKey: "proj_demo", userHash: "u" })).toBe("INVALID_BODY");
  expect(await errorOf({ anonymousId: "a", userHash: "u" })).toBe("INVALID_BODY");
  expect(await errorOf({ siteKey: "nope", anonymousId: "a", userHash: "u" })).toBe("INVALID_SITE_KEY");
});

test("without the right admin token it is 401, before the body is looked at", async () => {
  const app = await openApp();

  for (const token of [undefined, "", "wrong", `${ADMIN_TOKEN} `]) {
    const answer = await app.post("/admin/alias", "{not json", token === undefined ? {} : { "X-Admin-Token": token });
    // Spaces around a header's value are no part of it, so the last one is the right token.
    expect(answer.json.error).toBe(token === `${ADMIN_TOKEN} ` ? "INVALID_BODY" : "UNAUTHORIZED");
  }
});

test("no event that races an alias is stranded", async () => {
  const app = await openApp();
  const days = Array.from({ length: 30 }, (_, i) => `2023-11-${String(i + 1).padStart(2, "0")}T12:00:00Z`);

  const events = days.map((ts) => app.record({ userHash: "anon", event: "like", ts }));
  const linked = alias(app, "anon", "user");
  await Promise.all([...events, linked]);

  expect(await likes(app, "user")).toBe(30);
});
