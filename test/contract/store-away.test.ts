import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { bodyOf, http2Client } from "../http/support.ts";
import { openApp } from "../support/app.ts";
import { startServer } from "../support/server.ts";
import { lockStore } from "../support/store-lock.ts";

const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const rpc = "/streak.v1.StreakService/RecordEvent";

test.each<[string, string, object | undefined]>([
  ["POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "a", userHash: "u" }],
  ["POST", "/admin/projects", { siteKey: "p" }],
  ["PATCH", "/admin/projects/proj_demo", { live: false }],
  ["DELETE", "/admin/projects/proj_demo", undefined],
])(
  "while the store can't be written, %s %s is 503 with Retry-After, and works afterwards",
  async (method, path, body) => {
    const app = await openApp();
    const unlock = lockStore(app.dataDir);

    const away = await app.admin(method, path, body);
    unlock();
    const back = await app.admin(method, path, body);

    expect(away.status).toBe(503);
    expect(away.json.error).toBe("OVERLOADED");
    expect(away.headers.get("retry-after")).toBe("1");
    expect(back.status).toBeLessThan(300);
  },
);

test("an event waits for the store as long as its caller does, and is recorded when the store is back in time", async () => {
  const app = await openApp();
  const unlock = lockStore(app.dataDir);

  const waiting = app.post("/v1/e", event);
  const late = await app.post(rpc, event, { "Connect-Timeout-Ms": "4000" });
  expect(late.json.code).toBe("unavailable");
  unlock();

  expect((await waiting).status).toBe(202);
});

test("an event that is late before its turn is not begun", async () => {
  const app = await openApp();

  const late = await app.post(rpc, event, { "Connect-Timeout-Ms": "0" });

  expect(late.status).toBe(504);
  expect(late.json.code).toBe("deadline_exceeded");
  expect((await app.state()).streak.current).toBe(0);
});

test("the operator's log says why events were refused, and not for each of them", async () => {
  const app = await openApp();
  const unlock = lockStore(app.dataDir);

  const timeout = { "Connect-Timeout-Ms": "1000" };
  await Promise.all(Array.from({ length: 20 }, (_, n) => app.post(rpc, { ...event, userHash: `u${n}` }, timeout)));
  await expect.poll(() => app.logged.length).toBeGreaterThan(0);
  unlock();

  expect(app.logged.length).toBeLessThanOrEqual(3);
  expect(app.logged[0]).toContain("database is locked");
});

test("a shutdown answers every event that was let in, even when the store is not there at first", async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const unlock = lockStore(server.dataDir);
  const session = await http2Client(server.url);
  const events = Array.from({ length: 50 }, (_, n) => {
    const stream = session.request({ ":method": "POST", ":path": "/v1/e" });
    stream.end(JSON.stringify({ ...event, userHash: `u${n}` }));
    return once(stream, "response").then(([headers]) => headers[":status"]);
  });
  // On one connection requests are read in the order in which they came: when this one is answered, all are let in.
  await bodyOf(session.request({ ":path": "/readyz" }));

  const exit = server.kill("SIGTERM");
  await expect.poll(() => server.output).toContain("shutting down");
  unlock();

  expect(await Promise.all(events)).toEqual(events.map(() => 202));
  expect((await exit).code).toBe(0);
});
