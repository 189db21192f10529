import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient, StreakdError } from "../../../packages/web/src/index.ts";
import { ADMIN_TOKEN, useApp } from "../../support/app.ts";
import { openHttpServer } from "../../support/http-server.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../../support/jwt.ts";

const shared = useApp();
const event = { projectId: "proj_demo", event: "visit" };

afterEach(() => void vi.useRealTimers());

/** What a server that is not streakd's, such as a proxy, got, and how it answers the nth request. */
async function openServer(answer: (response: ServerResponse, attempt: number, request: IncomingMessage) => void) {
  const bodies: string[] = [];
  const baseUrl = await openHttpServer((request, response, body) => {
    bodies.push(body.toString());
    answer(response, bodies.length, request);
  });
  return { bodies, baseUrl };
}

describe("against streakd", () => {
  test("records an event and reads the streak", async () => {
    const client = createClient({ baseUrl: `${shared.app.url}/` });
    const who = { ...event, userHash: "sdk" };
    expect(await client.recordEvent({ ...who, ts: shared.app.now })).toEqual({ ok: true, queued: false });
    const state = await client.getState(who);
    expect(state.streak).toMatchObject({ current: 1, todayDone: true });
    expect((await client.getState({ projectId: "proj_demo", kind: "visit", userHash: "sdk" })).streak.current).toBe(1);
  });

  test("a server reads the streak of a past day, by the widget's rules", async () => {
    const { app } = shared;
    const rules = { cadence: { kind: "days_a_week", days: 2 } };
    await app.admin("POST", "/admin/projects", { siteKey: "ruled", widgets: [{ event: "visit", rules }] });
    const client = createClient({ baseUrl: app.url });
    const who = { projectId: "ruled", event: "visit", userHash: "sdk", tz: "UTC" };
    await client.recordEvent({ ...who, ts: "2024-01-08T12:00:00Z" });
    await client.recordEvent({ ...who, ts: "2024-01-10T12:00:00Z" });
    const { streak, week } = await client.getState({ ...who, asOf: "2024-01-09" });
    expect(streak).toMatchObject({ unit: "week", current: 0, progress: { done: 1, needed: 2, canBeMet: true } });
    expect(week.map(({ status }) => status)).toEqual(["done", ...Array(6).fill("open")]);
    expect((await client.getState({ ...who, asOf: "2024-01-10" })).streak.current).toBe(1);
    expect(
      (await client.getState({ projectId: "proj_demo", event: "visit", userHash: "sdk" })).streak,
    ).not.toHaveProperty("unit");
  });

  test("an error has the server's code, message and status", async () => {
    const client = createClient({ baseUrl: shared.app.url });
    const error = await client.getState({ ...event, event: "nothing", userHash: "sdk" }).catch((caught) => caught);
    expect(error).toBeInstanceOf(StreakdError);
    expect(error).toMatchObject({ name: "StreakdError", code: "INVALID_WIDGET_KIND", status: 400 });
    expect(error.message).toContain("visit");
  });

  test("a server links a visitor with the admin token, and a page with an alias token", async () => {
    const { app } = shared;
    await app.admin("POST", "/admin/projects", { siteKey: "linked", widgets: [{ event: "visit" }] });
    const client = createClient({ baseUrl: app.url, adminToken: ADMIN_TOKEN });
    const who = { projectId: "linked", event: "visit" };
    await client.recordEvent({ ...who, userHash: "anon_1", ts: new Date(app.now) });
    await client.aliasUser({ projectId: "linked", anonymousId: "anon_1", userHash: "user_1" });
    expect((await client.getState({ ...who, userHash: "user_1" })).streak.current).toBe(1);

    const { secret } = await makeSigningSecret(app, "linked");
    const claims = { siteKey: "linked", anonymousId: "anon_2", userHash: "user_2", exp: secondsFrom(app, 600) };
    await client.recordEvent({ ...who, userHash: "anon_2", ts: new Date(app.now).toISOString() });
    await createClient({ baseUrl: app.url }).aliasWithToken({ token: signJwt(secret, claims) });
    expect((await client.getState({ ...who, userHash: "user_2" })).streak.current).toBe(1);
  });

  test("a user token is asked for each call", async () => {
    const { app } = shared;
    const project = { siteKey: "signed", signedUsers: "always", widgets: [{ event: "visit" }] };
    await app.admin("POST", "/admin/projects", project);
    const { secret } = await makeSigningSecret(app, "signed");
    const token = signJwt(secret, { siteKey: "signed", sub: "ann", exp: secondsFrom(app, 600) });
    let asked = 0;
    const client = createClient({ baseUrl: app.url, userToken: async () => (++asked > 1 ? token : undefined) });
    const who = { projectId: "signed", event: "visit", userHash: "ann", ts: app.now };
    await expect(client.recordEvent(who)).rejects.toMatchObject({ code: "USER_TOKEN_REQUIRED", status: 401 });
    expect(await client.recordEvent(who)).toEqual({ ok: true, queued: false });
    expect(asked).toBe(2);
  });
});

describe("on a bad network", () => {
  test.each([
    [502, "<h1>Bad gateway</h1>"],
    [408, '{"error":"INVALID_BODY","message":"The body did not arrive in time. Send it again."}'],
  ])("what failed is sent again after %i, with the same time and key", async (status, text) => {
    const { baseUrl, bodies } = await openServer((response, attempt, request) => {
      if (attempt === 1) {
        request.socket.destroy();
      } else {
        response.writeHead(attempt === 2 ? status : 202).end(attempt === 2 ? text : '{"ok":true}');
      }
    });
    const client = createClient({ baseUrl });
    expect(await client.recordEvent({ ...event, userHash: "u" })).toEqual({ ok: true, queued: false });
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(JSON.parse(bodies[0] as string)).toEqual({
      siteKey: "proj_demo",
      userHash: "u",
      event: "visit",
      ts: expect.stringMatching(/^\d{4}-.*Z$/),
      idempotencyKey: expect.stringMatching(/^\d+-\d+-\d+-\d+$/),
    });
  });

  test("a refusal is not sent again", async () => {
    const { baseUrl, bodies } = await openServer((response) =>
      response.writeHead(403).end('{"error":"FORBIDDEN_ORIGIN","message":"No."}'),
    );
    const recorded = createClient({ baseUrl }).recordEvent({ ...event, userHash: "u" });
    await expect(recorded).rejects.toMatchObject({ code: "FORBIDDEN_ORIGIN", message: "No." });
    expect(bodies).toHaveLength(1);
  });

  test("a server that says when to come back is not asked before", async () => {
    const waits: unknown[] = [];
    const { setTimeout } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, ms?: number) => {
      waits.push(ms);
      return setTimeout(act, ms === 2_000 ? 0 : ms);
    }) as typeof setTimeout);
    const { baseUrl, bodies } = await openServer((response, attempt) => {
      response.writeHead(attempt === 1 ? 503 : 202, { "Retry-After": "2" }).end(attempt === 1 ? "" : '{"ok":true}');
    });
    await createClient({ baseUrl }).recordEvent({ ...event, userHash: "u" });
    expect(waits).toContain(2_000);
    expect(bodies).toHaveLength(2);
  });

  test.each([
    ["seconds", () => "60"],
    ["a date", () => new Date(Date.now() + 60_000).toUTCString()],
  ])("a server that says in %s that it is away for long is not waited for", async (_form, retryAfter) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2024-01-12T12:00:00Z") });
    const { baseUrl, bodies } = await openServer((response) =>
      response.writeHead(429, { "Retry-After": retryAfter() }).end('{"error":"RATE_LIMITED","message":"Later."}'),
    );
    const read = createClient({ baseUrl }).getState({ ...event, userHash: "u" });
    await expect(read).rejects.toMatchObject({ code: "RATE_LIMITED", status: 429, retryAfter: 60 });
    expect(bodies).toHaveLength(1);
  });

  test.each([
    [200, "<h1>Sign in to this network</h1>"],
    [200, ""],
    [200, "{}"],
    [204, ""],
  ])("an answer %i of %j is no success", async (status, text) => {
    const { baseUrl } = await openServer((response) => response.writeHead(status).end(text));
    const client = createClient({ baseUrl });
    const who = { ...event, userHash: "u" };
    const isRefused = { code: "UNEXPECTED_ANSWER", status };
    await Promise.all([
      expect(client.recordEvent(who)).rejects.toMatchObject(isRefused),
      expect(client.getState(who)).rejects.toMatchObject(isRefused),
    ]);
  });

  test("an answer to another call is no success", async () => {
    const { baseUrl } = await openServer((response) => response.end('{"ok":true}'));
    const client = createClient({ baseUrl });
    const isRefused = { code: "UNEXPECTED_ANSWER" };
    await Promise.all([
      expect(client.getState({ ...event, userHash: "u" })).rejects.toMatchObject(isRefused),
      expect(client.aliasWithToken({ token: "t" })).rejects.toMatchObject(isRefused),
    ]);
  });

  test("a signal ends a call that waits for another attempt", async () => {
    const { setTimeout } = globalThis;
    // The other attempt never comes.
    const spy = vi
      .spyOn(globalThis, "setTimeout")
      .mockImplementation(((act: () => void, ms?: number, ...given: []) =>
        setTimeout(ms === 9_000 ? () => {} : act, ms, ...given)) as typeof setTimeout);
    const { baseUrl, bodies } = await openServer((response) =>
      response.writeHead(503, { "Retry-After": "9" }).end('{"error":"OVERLOADED","message":"Busy."}'),
    );
    const given = new AbortController();
    const read = createClient({ baseUrl }).getState({ ...event, userHash: "u" }, given);
    const rejects = expect(read).rejects.toThrow("enough");
    await expect.poll(() => spy.mock.calls.some(([, ms]) => ms === 9_000)).toBe(true);
    given.abort(new Error("enough"));
    await rejects;
    expect(bodies).toHaveLength(1);
  });

  test("a signal ends a call whose answer does not come", async () => {
    const { baseUrl, bodies } = await openServer(() => {});
    const given = new AbortController();
    const read = createClient({ baseUrl }).getState({ ...event, userHash: "u" }, given);
    const rejects = expect(read).rejects.toThrow("enough");
    await expect.poll(() => bodies.length).toBe(1);
    given.abort(new Error("enough"));
    await rejects;
  });

  test("a signal ends a call whose user token does not come", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:9", userToken: () => new Promise(() => {}) });
    const given = new AbortController();
    const who = { ...event, userHash: "u" };
    const rejects = Promise.all([
      expect(client.recordEvent(who, given)).rejects.toThrow("enough"),
      expect(client.getState(who, given)).rejects.toThrow("enough"),
      expect(client.aliasWithToken({ token: "t" }, given)).rejects.toThrow("enough"),
    ]);
    given.abort(new Error("enough"));
    await rejects;
  });
});

test("a call that is ended before it begins asks for no user token, and leaves no rejection behind", async () => {
  const userToken = vi.fn(() => Promise.reject(new Error("no session")));
  const client = createClient({ baseUrl: "http://127.0.0.1:9", userToken });
  const given = { signal: AbortSignal.abort(new Error("enough")) };
  const who = { ...event, userHash: "u" };
  for (const call of [
    client.recordEvent(who, given),
    client.getState(who, given),
    client.aliasWithToken({ token: "t" }, given),
  ]) {
    await expect(call).rejects.toThrow("enough");
  }
  expect(userToken).not.toHaveBeenCalled();
});

test("an event whose time is null happens now", async () => {
  const { baseUrl, bodies } = await openServer((response) => response.writeHead(202).end('{"ok":true}'));
  const before = Date.now();
  await createClient({ baseUrl }).recordEvent({ ...event, userHash: "u", ts: null } as never);
  expect(Date.parse(JSON.parse(bodies[0] as string).ts)).toBeGreaterThanOrEqual(before);
});

describe("what is wrong is refused before anything is sent", () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:9" });
  const circle: Record<string, unknown> = {};
  circle.itself = circle;

  test("a header that HTTP does not allow", () => {
    expect(() => createClient({ baseUrl: "http://127.0.0.1:9", headers: { "X-Name": "two\nlines" } })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("headers must be") }),
    );
  });

  test.each([
    ...[undefined, "", "not a url", "localhost:3000", 7, "ftp://127.0.0.1"],
    ...["http://127.0.0.1/?a=b", "http://127.0.0.1/#top", "http://ann:secret@127.0.0.1"],
  ])("the address %s", (baseUrl) => {
    expect(() => createClient({ baseUrl: baseUrl as string })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("baseUrl must be") }),
    );
  });

  test.each([
    ["projectId", { event: "visit", userHash: "u" }],
    ["userHash", { ...event, userHash: "" }],
    ["event", { projectId: "p", userHash: "u" }],
    ["ts", { ...event, userHash: "u", ts: new Date(Number.NaN) }],
    ["meta", { ...event, userHash: "u", meta: circle }],
    ["meta", { ...event, userHash: "u", meta: { big: 1n } }],
  ])("an event with a wrong %s", async (field, wrong) => {
    const error = { code: "INVALID_ARGUMENT", message: expect.stringContaining(`${field} must be`) };
    await expect(client.recordEvent(wrong as never)).rejects.toMatchObject(error);
  });
});
