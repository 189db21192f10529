import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestApp, useApp } from "../support/app.ts";
import { chromiumTool, launchChromium } from "../support/chromium.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { requireTool } from "../support/tools.ts";

const shared = useApp();
let close: () => Promise<void> = async () => {};
/** A page whose origin the project allows, and one of another origin. Both are of other origins than the server. */
let allowed: Page;
let foreign: Page;

beforeAll(async () => {
  if (!chromiumTool.present) {
    return;
  }
  const site = createServer((_request, response) => response.setHeader("Content-Type", "text/html").end("<p>A page"));
  await once(site.listen(0), "listening");
  const { port } = site.address() as AddressInfo;
  const browser = await launchChromium();
  close = async () => {
    await browser.close();
    site.close();
  };
  allowed = await pageOf(browser, `http://localhost:${port}/`);
  foreign = await pageOf(browser, `http://127.0.0.1:${port}/`);
  const project = { siteKey: "page", allowedOrigins: [`http://localhost:${port}`], widgets: [{ event: "visit" }] };
  await shared.app.admin("POST", "/admin/projects", project);
});

afterAll(() => close());

beforeEach((context) => requireTool(context, chromiumTool));

async function pageOf(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

/** What `fetch` tells a page: the status and the body, or that the page may not know. */
interface Told {
  readonly status?: number;
  readonly body?: string;
  readonly error?: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly credentials?: "include" | "omit";
}

function fetchIn(page: Page, path: string, init: Asked = {}): Promise<Told> {
  return page.evaluate(
    async ([url, asked]) => {
      try {
        const response = await fetch(url, asked);
        return { status: response.status, body: await response.text() };
      } catch (error) {
        return { error: `${error}` };
      }
    },
    [`${shared.app.url}${path}`, init] as const,
  );
}

const json = { "Content-Type": "application/json" };
const event = { siteKey: "page", userHash: "u", event: "visit" };
const record = (body: object): Asked => ({ method: "POST", headers: json, body: JSON.stringify(body) });
const NOT_READABLE = { error: "TypeError: Failed to fetch" };

async function currentOf(app: TestApp, userHash: string): Promise<number> {
  return (await app.state({ siteKey: "page", userHash })).streak.current;
}

test("a JSON Blob that a page of an allowed origin sends with sendBeacon arrives", async () => {
  const { app } = shared;
  const [url, body] = [`${app.url}/v1/e`, JSON.stringify({ ...event, userHash: "beacon" })].map((text) =>
    JSON.stringify(text),
  );
  const isQueued = await allowed.evaluate(
    `navigator.sendBeacon(${url}, new Blob([${body}], { type: "application/json" }))`,
  );
  expect(isQueued).toBe(true);
  await expect.poll(() => currentOf(app, "beacon")).toBe(1);
});

test.each(["include", "omit"] as const)(
  "a page of an allowed origin records and reads, credentials: %s",
  async (credentials) => {
    const body = { ...event, userHash: credentials };
    expect(await fetchIn(allowed, "/v1/e", { ...record(body), credentials })).toEqual({
      status: 202,
      body: '{"ok":true}',
    });
    const state = await fetchIn(allowed, `/v1/state?${new URLSearchParams(body)}`, { credentials });
    expect(JSON.parse(state.body ?? "").streak.current).toBe(1);
    const rpc = await fetchIn(allowed, "/streak.v1.StreakService/GetState", { ...record(body), credentials });
    expect(JSON.parse(rpc.body ?? "").streak.current).toBe(1);
  },
);

test("a page of a foreign origin is refused, and can read why unless it sends credentials", async () => {
  const body = { ...event, userHash: "foreign" };
  const refused = await fetchIn(foreign, "/v1/e", record(body));
  expect([refused.status, JSON.parse(refused.body ?? "").error]).toEqual([403, "FORBIDDEN_ORIGIN"]);
  expect(await fetchIn(foreign, "/v1/e", { ...record(body), credentials: "include" })).toEqual(NOT_READABLE);
  expect(await fetchIn(foreign, `/v1/state?${new URLSearchParams(body)}`, { credentials: "include" })).toEqual(
    NOT_READABLE,
  );
  expect(await currentOf(shared.app, "foreign")).toBe(0);
});

test("headers of tracing and of frameworks pass the preflight, and the admin token does not", async () => {
  const traced = {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    tracestate: "a=b",
    baggage: "c=d",
    "x-request-id": "r1",
    authorization: "Bearer x",
    "connect-protocol-version": "1",
  };
  const init = record({ ...event, userHash: "traced" });
  const answer = await fetchIn(allowed, "/v1/e", { ...init, headers: { ...json, ...traced } });
  expect(answer.status).toBe(202);
  const token = { ...json, "x-admin-token": "t" };
  expect(await fetchIn(allowed, "/v1/e", { ...init, headers: token })).toEqual(NOT_READABLE);
});

test.each([
  ["a wrong event", "/v1/e", record({ ...event, event: "nope" }), 400, "INVALID_WIDGET_KIND"],
  ["a body that is too large", "/v1/e", record({ ...event, meta: "x".repeat(70_000) }), 413, "BODY_TOO_LARGE"],
  ["a wrong method", "/v1/e", {}, 405, "METHOD_NOT_ALLOWED"],
  ["a path with nothing there", "/nothing", {}, 404, "NOT_FOUND"],
  ["a POST to a path with nothing there", "/nothing", record({}), 404, "NOT_FOUND"],
  ["a POST to the OpenAPI document", "/openapi.json", record({}), 405, "METHOD_NOT_ALLOWED"],
])("a page can read the error of %s, with credentials and without", async (_, path, init, status, code) => {
  for (const credentials of ["include", "omit"] as const) {
    const answer = await fetchIn(allowed, path, { ...init, credentials });
    expect([answer.status, JSON.parse(answer.body ?? "{}").error]).toEqual([status, code]);
  }
});

test("a page can read the OpenAPI document, and no metrics and nothing of the admin's", async () => {
  const document = await fetchIn(allowed, "/openapi.json");
  expect(JSON.parse(document.body ?? "").openapi).toMatch(/^3\./);
  for (const path of ["/metrics", "/admin/projects"]) {
    expect(await fetchIn(allowed, path)).toEqual(NOT_READABLE);
  }
});

test("a page of an allowed origin links a visitor and sends a user token, and a foreign page with both does nothing", async () => {
  const { app } = shared;
  const { allowedOrigins } = (await app.admin("GET", "/admin/projects/page")).json;
  const siteKey = "signed-page";
  const project = { siteKey, allowedOrigins, signedUsers: "browsers", widgets: [{ event: "visit" }] };
  await app.admin("POST", "/admin/projects", project);
  const { secret } = await makeSigningSecret(app, siteKey);
  const exp = secondsFrom(app, 600);
  const alias = (userHash: string) =>
    record({ token: signJwt(secret, { siteKey, anonymousId: "anon", userHash, exp }) });
  const signed = (asked: Asked, sub: string): Asked => {
    return { ...asked, headers: { ...asked.headers, "X-User-Token": signJwt(secret, { siteKey, sub, exp }) } };
  };
  const visit = record({ siteKey, userHash: "anon", event: "visit" });

  expect((await fetchIn(foreign, "/v1/alias", alias("thief"))).status).toBe(403);
  expect((await fetchIn(foreign, "/v1/e", signed(visit, "anon"))).status).toBe(403);
  expect((await fetchIn(allowed, "/v1/e", visit)).status).toBe(401);
  expect((await fetchIn(allowed, "/v1/e", signed(visit, "anon"))).status).toBe(202);
  expect((await fetchIn(allowed, "/v1/alias", alias("user"))).status).toBe(204);

  const read = (userHash: string) => `/v1/state?${new URLSearchParams({ siteKey, userHash, event: "visit" })}`;
  const { status, body } = await fetchIn(allowed, read("user"), signed({}, "user"));
  expect([status, JSON.parse(body as string).streak.current]).toEqual([200, 1]);
  expect((await app.get(read("thief"))).json.streak.current).toBe(0);
});
