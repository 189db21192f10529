import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { openApp, type TestApp } from "../support/app.ts";

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
  await app.record({ event: "visit", idempotencyKey: "k" });

  expect((await app.state({ event: "like" })).streak.current).toBe(1);
  expect((await app.state({ event: "visit" })).streak.current).toBe(0);
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

test("an idempotency key is the user's own: one key sent for everybody records everybody, also after a restart", async () => {
  const app = await openApp();
  const users = ["ann", "bob", "cat"];
  for (const userHash of users) {
    await app.record({ userHash, idempotencyKey: "2024-01-12-visit" });
  }
  await app.restart();
  await app.record({ userHash: "dan", idempotencyKey: "2024-01-12-visit" });

  for (const userHash of [...users, "dan"]) {
    expect((await app.state({ userHash })).streak.current).toBe(1);
  }
});

test("an idempotency key that a visitor used is used by the user that signs in, under either name", async () => {
  const app = await openApp();
  await app.record({ userHash: "anon", idempotencyKey: "k" });
  await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "anon", userHash: "ann" });

  for (const userHash of ["anon", "ann"]) {
    await app.record({ userHash, idempotencyKey: "k", ts: "2024-01-01T12:00:00Z" });
  }

  expect((await app.state({ userHash: "ann" })).streak.best).toBe(1);
});

describe("a repeat of an idempotency key is told by a header", () => {
  const event = { siteKey: "proj_demo", userHash: "u", event: "like" };
  const overRpc = (transport: typeof createGrpcTransport, options: object) => async (app: TestApp, more: object) => {
    let header: string | null = null;
    const client = createClient(StreakService, transport({ baseUrl: app.url, ...options }));
    const onHeader = (headers: Headers) => {
      header = headers.get("idempotent-replayed");
    };
    expect((await client.recordEvent({ ...event, ...more }, { onHeader })).ok).toBe(true);
    return header;
  };
  const transports: Readonly<Record<string, (app: TestApp, more: object) => Promise<string | null>>> = {
    async REST(app, more) {
      const { status, headers, text } = await app.post("/v1/e", { ...event, ...more });
      expect([status, text]).toEqual([202, '{"ok":true}']);
      return headers.get("idempotent-replayed");
    },
    "Connect JSON": overRpc(createConnectTransport as typeof createGrpcTransport, { httpVersion: "1.1" }),
    Connect: overRpc(createConnectTransport as typeof createGrpcTransport, { httpVersion: "2", useBinaryFormat: true }),
    gRPC: overRpc(createGrpcTransport, {}),
    "gRPC-Web": overRpc(createGrpcWebTransport as typeof createGrpcTransport, { httpVersion: "1.1" }),
  };

  test.each(Object.entries(transports))("over %s", async (_, record) => {
    const app = await openApp();

    expect(await record(app, { idempotencyKey: "k" })).toBeNull();
    expect(await record(app, { idempotencyKey: "k" })).toBe("true");
    // Where the dedupe cache has forgotten it, the store tells the same.
    await app.restart();
    expect(await record(app, { idempotencyKey: "k", event: "visit" })).toBe("true");
    expect(await record(app, { idempotencyKey: "k", userHash: "another" })).toBeNull();

    // A done day says nothing of keys: neither a repeat without a key is told, nor a key's first use.
    expect(await record(app, {})).toBeNull();
    expect(await record(app, { idempotencyKey: "l" })).toBeNull();
    expect(await record(app, { idempotencyKey: "l" })).toBe("true");
  });

  test("which pages may read", async () => {
    const app = await openApp();
    const page = { Origin: "http://localhost:3000", "Content-Type": "application/json" };
    await app.post("/v1/e", { ...event, idempotencyKey: "k" }, page);

    const { headers } = await app.post("/v1/e", { ...event, idempotencyKey: "k" }, page);

    expect(headers.get("idempotent-replayed")).toBe("true");
    expect(headers.get("access-control-expose-headers")?.split(", ")).toContain("Idempotent-Replayed");
  });
});
