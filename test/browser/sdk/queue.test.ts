import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { answer, cut, openGate } from "../../support/gate.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../../support/jwt.ts";
import { useSite } from "../script/support.ts";
import { openSdk, record, refuseStorage, waiting } from "./support.ts";

const site = useSite();
const SENT = { ok: true, queued: false };
const QUEUED = { ok: true, queued: true };
/** The queue waits for up to three seconds before it is sent again. */
const PATIENT = { timeout: 20_000 };
const HOUR_MS = 3_600_000;
const isWarning = (line: string) => line.startsWith("streakd:");

test("what waits in several tabs is sent with the key that it was made with, whichever tab sends it", async () => {
  const gate = await openGate(site.app.url);
  const context = await site.context();
  const one = await openSdk(site, context, gate.url);
  const other = await openSdk(site, context, gate.url);
  await context.setOffline(true);
  expect(await record(one.page, "one-tab")).toEqual(QUEUED);
  expect(await record(other.page, "other-tab")).toEqual(QUEUED);
  await context.setOffline(false);
  await expect.poll(() => waiting(one.page), PATIENT).toBe(0);
  // The storage of one tab may show another what is gone already: streakd drops the second by its key.
  const events = [...new Set(gate.bodies)].map((body) => JSON.parse(body));
  expect(events.map(({ userHash }) => userHash).sort()).toEqual(["one-tab", "other-tab"]);
  expect(new Set(events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
});

test("an event that finds the server away is sent again after a while, and by the next page", async () => {
  const gate = await openGate(site.app.url);
  const { page, context } = await openSdk(site, undefined, gate.url);
  gate.instead = cut;
  expect(await record(page, "away")).toEqual(QUEUED);
  gate.instead = undefined;
  await expect.poll(() => site.current("away", "read"), PATIENT).toBe(1);
  gate.instead = cut;
  expect(await record(page, "next-page")).toEqual(QUEUED);
  await page.close();
  gate.instead = undefined;
  await openSdk(site, context, gate.url);
  await expect.poll(() => site.current("next-page", "read"), PATIENT).toBe(1);
});

test("a page that goes sends all that waits", async () => {
  const { page } = await openSdk(site);
  await refuseStorage(page);
  await page.evaluate(() => Object.defineProperty(navigator, "onLine", { get: () => false }));
  const users = Array.from(Array(20), (_, index) => `going-${index}`);
  for (const user of users) {
    expect(await record(page, user)).toEqual(QUEUED);
  }
  await page.goto("about:blank");
  for (const user of users) {
    await expect.poll(() => site.current(user, "read"), PATIENT).toBe(1);
  }
});

test("a page that goes sends what waits for another attempt", async () => {
  const gate = await openGate(site.app.url);
  const { page } = await openSdk(site, undefined, gate.url);
  await refuseStorage(page);
  gate.instead = answer(503, '{"error":"OVERLOADED","message":"Busy."}', { "Retry-After": "9" });
  await page.evaluate(() => void client.recordEvent({ projectId: "site", event: "read", userHash: "amid" }));
  await expect.poll(() => gate.bodies.length).toBe(1);
  gate.instead = undefined;
  await page.goto("about:blank");
  await expect.poll(() => site.current("amid", "read"), PATIENT).toBe(1);
});

test("where storage is refused, what is made offline is sent when the page is online again", async () => {
  const { page, context } = await openSdk(site);
  await refuseStorage(page);
  await context.setOffline(true);
  expect(await record(page, "refused")).toEqual(QUEUED);
  await context.setOffline(false);
  await expect.poll(() => site.current("refused", "read"), PATIENT).toBe(1);
});

test("an event for which storage has no place left is sent when the page is online again", async () => {
  const { page, context } = await openSdk(site);
  await context.setOffline(true);
  await page.evaluate(() => {
    for (let size = 2 ** 22; size >= 1; size /= 2) {
      try {
        localStorage.setItem(`full-${size}`, "x".repeat(size));
      } catch {}
    }
  });
  expect(await record(page, "no-place")).toEqual(QUEUED);
  expect(await waiting(page)).toBe(0);
  await context.setOffline(false);
  await expect.poll(() => site.current("no-place", "read"), PATIENT).toBe(1);
});

test("a server that says when to come back gets no further event before", async () => {
  const gate = await openGate(site.app.url);
  const { page } = await openSdk(site, undefined, gate.url);
  gate.instead = answer(503, '{"error":"OVERLOADED","message":"Busy."}', { "Retry-After": "60" });
  expect(await record(page, "busy")).toEqual(QUEUED);
  expect(await record(page, "busy")).toEqual(QUEUED);
  await page.evaluate(() => client.flush());
  expect([gate.bodies.length, await waiting(page)]).toEqual([1, 2]);
  gate.instead = undefined;
  await page.clock.setFixedTime(site.app.now + 61_000);
  await page.evaluate(() => client.flush());
  expect([gate.bodies.length, await waiting(page)]).toEqual([3, 0]);
});

test("a page whose call is ended keeps the event, and sends it later", async () => {
  const gate = await openGate(site.app.url);
  const { page } = await openSdk(site, undefined, gate.url);
  gate.instead = () => {};
  const reason = page.evaluate(() => {
    // The controller is that of a frame: another realm.
    const { contentWindow } = document.body.appendChild(document.createElement("iframe"));
    const end = new (contentWindow as Window & typeof globalThis).AbortController();
    Object.assign(window, { end });
    return client
      .recordEvent({ projectId: "site", event: "read", userHash: "ended" }, { signal: end.signal })
      .catch((error) => error);
  });
  await expect.poll(() => gate.bodies.length).toBe(1);
  gate.instead = undefined;
  await page.evaluate(`end.abort("enough")`);
  expect(await reason).toBe("enough");
  await expect.poll(() => site.current("ended", "read"), PATIENT).toBe(1);
});

test("a proxy that answers in place of streakd costs no event that waits", async () => {
  const gate = await openGate(site.app.url);
  const { page, context } = await openSdk(site, undefined, gate.url);
  await context.setOffline(true);
  expect(await record(page, "proxied")).toEqual(QUEUED);
  gate.instead = answer(404, '{"statusCode":404,"error":"Not Found","message":"Route not found"}');
  await context.setOffline(false);
  await expect.poll(() => gate.bodies.length, PATIENT).toBeGreaterThan(0);
  gate.instead = answer(200, "");
  const before = gate.bodies.length;
  await page.evaluate(() => client.flush());
  expect(gate.bodies.length).toBeGreaterThan(before);
  gate.instead = answer(204, "");
  await page.evaluate(() => client.flush());
  expect(await waiting(page)).toBe(1);
  gate.instead = undefined;
  await page.evaluate(() => client.flush());
  await expect.poll(() => site.current("proxied", "read"), PATIENT).toBe(1);
});

test("events that a firewall refuses hold back no others, and end after a week", async () => {
  const gate = await openGate(site.app.url);
  const { page, context, said } = await openSdk(site, undefined, gate.url);
  await context.setOffline(true);
  for (const user of ["walled-1", "walled-2", "walled-3", "walled-4", "walled-5", "walled-6", "walled-7", "free"]) {
    expect(await record(page, user)).toEqual(QUEUED);
  }
  gate.instead = answer(403, "<h1>Forbidden</h1>");
  gate.passes = (body) => body.includes("free");
  await context.setOffline(false);
  await expect.poll(() => site.current("free", "read"), PATIENT).toBe(1);
  await expect.poll(() => waiting(page)).toBe(7);
  expect(said.filter(isWarning)).toEqual([]);
  await page.clock.setFixedTime(site.app.now + 8 * 24 * HOUR_MS);
  await page.evaluate(() => client.flush());
  expect(await waiting(page)).toBe(0);
  expect(said.filter(isWarning)).toHaveLength(7);
});

test("an event whose refusal can't be told is forgotten all the same, and the others are sent", async () => {
  const { page, context } = await openSdk(site);
  await context.setOffline(true);
  expect(await record(page, "u", { event: "nothing" })).toEqual(QUEUED);
  await page.evaluate(() => {
    console.warn = () => {
      throw new Error("a test that wants no warnings");
    };
  });
  await context.setOffline(false);
  await page.evaluate(() => client.flush());
  await expect.poll(() => waiting(page), PATIENT).toBe(0);
  await context.setOffline(true);
  expect(await record(page, "after-warning")).toEqual(QUEUED);
  await context.setOffline(false);
  await expect.poll(() => site.current("after-warning", "read"), PATIENT).toBe(1);
});

test("a user token that no longer comes holds back no other tab", async () => {
  const context = await site.context();
  const stuck = await openSdk(site, context);
  const other = await openSdk(site, context);
  await context.setOffline(true);
  expect(await record(other.page, "not-stuck")).toEqual(QUEUED);
  await stuck.page.evaluate((baseUrl) => {
    let isFirst = true;
    const userToken = () => {
      const token = isFirst ? undefined : new Promise<undefined>(() => {});
      isFirst = false;
      return token;
    };
    void sdk.createClient({ baseUrl, userToken }).flush();
  }, site.app.url);
  await context.setOffline(false);
  await other.page.evaluate(() => client.flush());
  expect(await site.current("not-stuck", "read")).toBe(1);
});

test("a server that does not answer holds back no event for another", async () => {
  const gate = await openGate(site.app.url);
  const { page, context } = await openSdk(site);
  await context.setOffline(true);
  expect(await record(page, "elsewhere")).toEqual(QUEUED);
  await page.evaluate((baseUrl) => {
    const stuck = sdk.createClient({ baseUrl });
    return stuck.recordEvent({ projectId: "site", event: "read", userHash: "stuck" });
  }, gate.url);
  gate.instead = () => {};
  await context.setOffline(false);
  await expect.poll(() => gate.bodies.length, PATIENT).toBe(1);
  await page.evaluate(() => client.flush());
  expect(await site.current("elsewhere", "read")).toBe(1);
});

test("an event is kept even if the page clears its storage while it is sent", async () => {
  const gate = await openGate(site.app.url);
  const { page } = await openSdk(site, undefined, gate.url);
  const { promise: held, resolve } = Promise.withResolvers<ServerResponse>();
  gate.instead = resolve;
  const recorded = record(page, "cleared");
  const response = await held;
  await page.evaluate(() => localStorage.clear());
  gate.instead = cut;
  response.destroy();
  expect(await recorded).toEqual(QUEUED);
  gate.instead = undefined;
  await expect.poll(() => site.current("cleared", "read"), PATIENT).toBe(1);
});

test("an event that streakd refuses after it waited is named in a warning, and forgotten", async () => {
  const { page, context, said } = await openSdk(site);
  await context.setOffline(true);
  expect(await record(page, "u", { event: "nothing" })).toEqual(QUEUED);
  await context.setOffline(false);
  await expect.poll(() => waiting(page), PATIENT).toBe(0);
  expect(said.filter(isWarning)).toEqual([expect.stringContaining("nothing")]);
});

test("an event that needs another user token waits for a client that has it, for a week", async () => {
  const project = {
    siteKey: "signed",
    signedUsers: "always",
    allowedOrigins: [site.origin],
    widgets: [{ event: "read" }],
  };
  await site.app.admin("POST", "/admin/projects", project);
  const { secret } = await makeSigningSecret(site.app, "signed");
  const { page, context, said } = await openSdk(site);
  await context.setOffline(true);
  expect(await record(page, "ann", { projectId: "signed" })).toEqual(QUEUED);
  expect(await record(page, "bob", { projectId: "signed" })).toEqual(QUEUED);
  expect(await record(page, "cat")).toEqual(QUEUED);
  await context.setOffline(false);
  await expect.poll(() => site.current("cat", "read"), PATIENT).toBe(1);
  await expect.poll(() => waiting(page)).toBe(2);
  const claims = { siteKey: "signed", sub: "ann", exp: secondsFrom(site.app, 600) };
  const ann = [site.app.url, signJwt(secret, claims)] as const;
  await page.evaluate(([baseUrl, userToken]) => sdk.createClient({ baseUrl, userToken }).flush(), ann);
  await expect.poll(() => waiting(page)).toBe(1);
  await page.clock.setFixedTime(site.app.now + 8 * 24 * HOUR_MS);
  await page.evaluate(() => client.flush());
  expect(await waiting(page)).toBe(0);
  expect(said.filter(isWarning)).toEqual([expect.stringContaining("bob")]);
});

test.each(["at once", "after it waited"])("an event of a browser whose clock is fast is recorded %s", async (when) => {
  const { page, context } = await openSdk(site);
  await page.clock.setFixedTime(site.app.now + HOUR_MS);
  await context.setOffline(when !== "at once");
  expect(await record(page, `fast ${when}`)).toEqual(when === "at once" ? SENT : QUEUED);
  await context.setOffline(false);
  await expect.poll(() => site.current(`fast ${when}`, "read"), PATIENT).toBe(1);
});

test("a time of the caller's own that is ahead is refused", async () => {
  const { page } = await openSdk(site);
  expect(await record(page, "ahead", { ts: site.app.now + HOUR_MS })).toBe("INVALID_BODY");
  expect([await waiting(page), await site.current("ahead", "read")]).toEqual([0, 0]);
});

test("an event needs no preflight", async () => {
  const { page } = await openSdk(site);
  const methods: string[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ request, type }) => methods.push(`${type} ${request.method}`));
  expect(await record(page, "simple")).toEqual({ ok: true, queued: false });
  expect(methods).toEqual(["Fetch POST"]);
});

test("when the queue is full, an event that can't be sent is refused", async () => {
  const { page, context } = await openSdk(site);
  // As if another tab were sending them.
  await page.evaluate((url) => {
    navigator.locks.request(`${url}/v1/e`, () => new Promise(() => {}));
    for (let i = 0; i < 5000; i++) {
      localStorage.setItem(`streakd:queue:${url}/v1/e ${Date.now()} ${i}`, "{}");
    }
  }, site.app.url);
  expect(await record(page, "sent")).toEqual(SENT);
  await context.setOffline(true);
  expect(await record(page, "full")).toBe("QUEUE_FULL");
  expect(await waiting(page)).toBe(5000);
});

test("a page with many events that may not be sent yet tries some of them, others each time", async () => {
  const gate = await openGate(site.app.url);
  const { page, context } = await openSdk(site, undefined, gate.url);
  await context.setOffline(true);
  for (let event = 0; event < 100; event++) {
    expect(await record(page, `many-${event}`)).toEqual(QUEUED);
  }
  gate.instead = answer(401, '{"error":"USER_TOKEN_REQUIRED","message":"Sign in."}');
  await context.setOffline(false);
  await page.evaluate(() => client.flush());
  const before = gate.bodies.length;
  await page.evaluate(() => client.flush());
  expect(gate.bodies.length - before).toBeLessThan(100);
  const flushAgain = async () => {
    await page.evaluate(() => client.flush());
    return new Set(gate.bodies).size;
  };
  await expect.poll(flushAgain, PATIENT).toBe(100);
  expect(await waiting(page)).toBe(100);
});

test("a page that removes the visitor's id gets another, which stays", async () => {
  const { page } = await openSdk(site);
  const visitor = () => page.evaluate(() => sdk.getVisitorId());
  const before = await visitor();
  expect(await visitor()).toBe(before);
  await page.evaluate(() => localStorage.removeItem("streakd:visitor"));
  const after = await visitor();
  expect(after).not.toBe(before);
  expect(await visitor()).toBe(after);
  await refuseStorage(page);
  expect(await visitor()).toBe(await visitor());
});

test("the admin token is refused in a page", async () => {
  const { page } = await openSdk(site);
  const code = await page.evaluate(
    `(() => { try { sdk.createClient({ baseUrl: "/", adminToken: "sk_x" }); } catch ({ code }) { return code; } })()`,
  );
  expect(code).toBe("ADMIN_TOKEN_IN_BROWSER");
});

test("a worker records events", async () => {
  const { page } = await openSdk(site);
  await page.evaluate(`new Promise((done, fail) => {
    const text = \`
      import { createClient, getVisitorId } from "${site.app.url}/sdk.js";
      const client = createClient({ baseUrl: "${site.app.url}" });
      await client.recordEvent({ projectId: "site", event: "read", userHash: "worker-" + getVisitorId(), ts: ${site.app.now} });
      postMessage("done");
    \`;
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), { type: "module" });
    worker.onmessage = done;
    worker.onerror = ({ message }) => fail(new Error(message));
  })`);
  const { json } = await site.app.admin("GET", "/admin/projects/site/users?prefix=worker-");
  expect(json.users).toHaveLength(1);
});
