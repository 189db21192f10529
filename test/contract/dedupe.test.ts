import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";

const HOUR = 3_600_000;

test("the same event of the same user on the same day is one day, also after a restart", async () => {
  const app = await openApp();

  await app.record({ event: "like" });
  await app.record({ event: "like" });
  await app.restart();
  await app.record({ event: "like" });

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
});

test("a hundred racing repeats are one day", async () => {
  const app = await openApp();

  await Promise.all(Array.from({ length: 100 }, () => app.record({ event: "like" })));

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
});

test("an idempotency key changes nothing the second time, whatever the repeat says", async () => {
  const app = await openApp();
  await app.record({ event: "like", idempotencyKey: "k" });

  await app.record({ event: "like", idempotencyKey: "k", ts: "2024-01-01T12:00:00Z" });
  await app.record({ event: "like", idempotencyKey: "k", userHash: "another" });

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
  expect((await app.state({ event: "like", userHash: "another" })).streak.current).toBe(0);
});

test("a repeat after midnight with the same idempotency key credits no second day, also after a restart", async () => {
  const app = await openApp();
  app.now = Date.parse("2024-01-12T23:59:00Z");
  await app.record({ event: "like", idempotencyKey: "k" });
  await app.restart();

  app.now = Date.parse("2024-01-13T00:01:00Z");
  await app.record({ event: "like", idempotencyKey: "k" });

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
});

test("an idempotency key is forgotten after 24 hours, and not a millisecond before", async () => {
  const app = await openApp();
  const first = app.now;
  await app.record({ event: "like", idempotencyKey: "k" });

  app.now = first + 24 * HOUR - 1;
  await app.record({ event: "like", idempotencyKey: "k" });
  expect((await app.state({ event: "like" })).streak.current).toBe(1);

  app.now = first + 24 * HOUR;
  await app.record({ event: "like", idempotencyKey: "k" });
  expect((await app.state({ event: "like" })).streak.current).toBe(2);
});

test("a key given with an event whose day was done is used all the same", async () => {
  const app = await openApp();
  await app.record({ event: "like" });
  await app.record({ event: "like", idempotencyKey: "k" });

  await app.record({ event: "like", idempotencyKey: "k", ts: "2024-01-01T12:00:00Z" });

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
});

test("the same idempotency key in another project is another key", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "other", widgets: [{ event: "visit" }] });
  await app.record({ idempotencyKey: "k" });

  await app.record({ siteKey: "other", idempotencyKey: "k" });

  expect((await app.state({ siteKey: "other" })).streak.current).toBe(1);
});
