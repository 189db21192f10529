import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApp, type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../../support/jwt.ts";
import { bundlePage } from "./bundle.ts";
import { Page as PageOfTests, type Shown } from "./page.tsx";

const browser = useBrowser();
const shared = useApp();

/** The site of the page, whose origin is `http://localhost:…`, which the demo project allows. */
const site = createServer();
const scripts = new Map<string, string>();
const address = () => `http://localhost:${(site.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const react of ["react", "react-18"] as const) {
    scripts.set(`/${react}.js`, await bundlePage(react));
  }
  site.on("request", (request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, "http://localhost");
    if (pathname.endsWith(".js")) {
      const script = scripts.get(pathname);
      response.writeHead(script === undefined ? 404 : 200, { "Content-Type": "text/javascript" }).end(script);
      return;
    }
    const shown = searchParams.get("shown") ?? "{}";
    const html = renderToString(createElement(PageOfTests, JSON.parse(shown)));
    response.setHeader("Content-Type", "text/html");
    response.end(
      `<!doctype html><div id="root" data-shown="${shown.replaceAll('"', "&quot;")}">${html}</div><script src="${pathname}.js"></script>`,
    );
  });
  await once(site.listen(0), "listening");
});

afterAll(() => site.close());

/** What a page does that matters here. */
interface Opened {
  readonly page: Page;
  /** Its calls of the API, such as `GET /v1/state`. */
  readonly calls: readonly string[];
  /** What it has written to the console as a warning or an error, apart from refused requests. */
  readonly complaints: readonly string[];
  show(shown: Shown): Promise<void>;
  /** What the components show that use the hook. */
  outputs(): Promise<readonly string[]>;
}

async function openPage(react: string, shown: Shown = {}): Promise<Opened> {
  const page = await (await browser.open()).newPage();
  const calls: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/v1/") && request.method() !== "OPTIONS") {
      calls.push(`${request.method()} ${pathname}`);
    }
  });
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type()) && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(`${error}`));
  // The events have the time of the browser's clock.
  await page.clock.setFixedTime(shared.app.now);
  await page.goto(`${address()}/${react}?${new URLSearchParams({ shown: JSON.stringify(shown) })}`);
  return {
    page,
    calls,
    complaints,
    show: (next) => page.evaluate(`show(${JSON.stringify(next)})`),
    outputs: () => page.locator("output").allTextContents(),
  };
}

const streakOf = (app: TestApp, userHash: string) => {
  return { baseUrl: app.url, projectId: "proj_demo", event: "visit", userHash, tz: "UTC" };
};

/** Ann's streak in a project with signed users, and her token. */
async function signedStreak(siteKey: string) {
  const { app } = shared;
  const project = { siteKey, allowedOrigins: ["localhost"], signedUsers: "browsers", widgets: [{ event: "visit" }] };
  await app.admin("POST", "/admin/projects", project);
  const { secret } = await makeSigningSecret(app, siteKey);
  const userToken = signJwt(secret, { siteKey, sub: "ann", exp: secondsFrom(app, 600) });
  return { streak: { ...streakOf(app, "ann"), projectId: siteKey }, userToken };
}

describe.each(["react", "react-18"])("useStreak in %s", (react) => {
  test("two components of one streak share one read, in StrictMode too, and both show what one records", async () => {
    const streak = streakOf(shared.app, `shared-${react}`);
    const { page, calls, complaints, outputs } = await openPage(react, { streaks: [streak, streak] });
    await expect.poll(outputs).toEqual(["0 days", "0 days"]);
    expect(calls).toEqual(["GET /v1/state"]);
    await page.getByRole("button", { name: "record" }).first().click();
    await expect.poll(outputs).toEqual(["1 days", "1 days"]);
    expect(calls).toEqual(["GET /v1/state", "POST /v1/e", "GET /v1/state"]);
    expect(complaints).toEqual([]);
  });

  test("without a user it is the browser's visitor", async () => {
    const { userHash, ...streak } = streakOf(shared.app, "");
    const { page, outputs } = await openPage(react, { streaks: [streak] });
    await page.getByRole("button", { name: "record" }).click();
    await expect.poll(outputs).toEqual(["1 days"]);
    const visitor = (await page.evaluate(`localStorage.getItem("streakd:visitor")`)) as string;
    expect((await shared.app.state({ userHash: visitor })).streak.current).toBe(1);
  });

  test("another user's streak takes the place of the first", async () => {
    const { app } = shared;
    await app.record({ userHash: `second-${react}` });
    const { show, outputs } = await openPage(react, { streaks: [streakOf(app, `first-${react}`)] });
    await expect.poll(outputs).toEqual(["0 days"]);
    await show({ streaks: [streakOf(app, `second-${react}`)] });
    await expect.poll(outputs).toEqual(["1 days"]);
  });

  test("it reads again when the page is online again, and not after its last component is gone", async () => {
    const { app } = shared;
    const streak = streakOf(app, `again-${react}`);
    const { page, calls, show, outputs } = await openPage(react, { streaks: [streak] });
    await expect.poll(outputs).toEqual(["0 days"]);
    await app.record({ userHash: streak.userHash });
    await page.evaluate(`dispatchEvent(new Event("online"))`);
    await expect.poll(outputs).toEqual(["1 days"]);
    await show({});
    await expect.poll(outputs).toEqual([]);
    const before = calls.length;
    await page.evaluate(`dispatchEvent(new Event("online"))`);
    // What comes after it has been asked last.
    await show({ streaks: [streakOf(app, `last-${react}`)] });
    await expect.poll(outputs).toEqual(["0 days"]);
    expect(calls).toHaveLength(before + 1);
  });

  test("an error is shown, and what was read before stays", async () => {
    const { app } = shared;
    const siteKey = `deleted-${react}`;
    await app.admin("POST", "/admin/projects", {
      ...{ siteKey, allowedOrigins: ["localhost"], widgets: [{ event: "visit" }] },
    });
    const streak = { ...streakOf(app, "u"), projectId: siteKey };
    const { page, outputs, complaints } = await openPage(react, { streaks: [streak, { ...streak, event: "other" }] });
    await expect.poll(outputs).toEqual(["0 days", "INVALID_WIDGET_KIND"]);
    await app.admin("DELETE", `/admin/projects/${siteKey}`);
    await page.getByRole("button", { name: "record" }).first().click();
    await expect.poll(outputs).toEqual(["0 days,INVALID_SITE_KEY", "INVALID_WIDGET_KIND"]);
    expect(complaints).toEqual([]);
  });

  test("a user token that comes late is taken, and the streak read with it", async () => {
    const { streak, userToken } = await signedStreak(`signed-${react}`);
    const { page, show, outputs } = await openPage(react, { streaks: [streak] });
    await expect.poll(outputs).toEqual(["USER_TOKEN_REQUIRED"]);
    await show({ streaks: [{ ...streak, userToken }] });
    await expect.poll(outputs).toEqual(["0 days"]);
    await page.getByRole("button", { name: "record" }).click();
    await expect.poll(outputs).toEqual(["1 days"]);
  });

  test("a component without a user token has that of another component of the same user", async () => {
    const { streak, userToken } = await signedStreak(`two-${react}`);
    const { page, outputs } = await openPage(react, { streaks: [{ ...streak, userToken }, streak] });
    await expect.poll(outputs).toEqual(["0 days", "0 days"]);
    await page.getByRole("button", { name: "record" }).last().click();
    await expect.poll(outputs).toEqual(["1 days", "1 days"]);
  });

  test("two components with the same user token share one read", async () => {
    const { streak, userToken } = await signedStreak(`same-${react}`);
    const both = { ...streak, userToken };
    const { calls, outputs } = await openPage(react, { streaks: [both, both] });
    await expect.poll(outputs).toEqual(["0 days", "0 days"]);
    expect(calls.filter((call) => call === "GET /v1/state")).toHaveLength(1);
  });

  test("a user token of a component that comes after another without one is used for both", async () => {
    const { streak, userToken } = await signedStreak(`after-${react}`);
    const { outputs } = await openPage(react, { streaks: [streak, { ...streak, userToken }] });
    await expect.poll(outputs).toEqual(["0 days", "0 days"]);
  });

  test("an event that is recorded offline waits, and counts when the page is online again", async () => {
    const { app } = shared;
    const streak = streakOf(app, `offline-${react}`);
    const { page, outputs } = await openPage(react, { streaks: [streak] });
    await expect.poll(outputs).toEqual(["0 days"]);
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "record" }).click();
    await expect.poll(() => page.evaluate("Object.keys(localStorage).length")).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await expect.poll(outputs).toEqual(["1 days"]);
  });
});

describe.each(["react", "react-18"])("<StreakWidget> in %s", (react) => {
  test("two widgets load the script once, show the streak, and tell what happens", async () => {
    const app = await openApp();
    const user = `widget-${react}`;
    await app.record({ userHash: user, ts: new Date(app.now - 86_400_000).toISOString() });
    await app.record({ userHash: user, ts: new Date(app.now - 2 * 86_400_000).toISOString() });
    const streak = streakOf(app, user);
    // The address of the same server, written in another way.
    const streaks = [{ ...streak, baseUrl: `${app.url}/` }];
    const { page, complaints, outputs } = await openPage(react, { streaks, widgets: [streak, streak] });
    await expect.poll(() => page.evaluate("told")).toEqual(["ready 2", "ready 2"]);
    expect(await page.evaluate("document.querySelectorAll('script[src$=\"widget.js\"]').length")).toBe(1);
    await page.getByRole("button", { name: "record" }).click();
    await expect.poll(outputs).toEqual(["3 days"]);
    await expect
      .poll(() => page.evaluate("told.slice(2).sort()"))
      .toEqual(["change 2 3", "change 2 3", "milestone 3", "milestone 3"]);
    expect(complaints).toEqual([]);
  });

  test("it tells onReady whenever it is placed, and a slash behind the address changes nothing", async () => {
    const streak = streakOf(shared.app, `placed-${react}`);
    const shown = { widgets: [{ ...streak, baseUrl: `${streak.baseUrl}/` }] };
    const { page, show, complaints } = await openPage(react, shown);
    await expect.poll(() => page.evaluate("told")).toEqual(["ready 0"]);
    await show({});
    await expect.poll(() => page.locator("streak-widget").count()).toBe(0);
    await show(shown);
    await expect.poll(() => page.evaluate("told")).toEqual(["ready 0", "ready 0"]);
    expect(complaints).toEqual([]);
  });

  test("its props are the element's attributes, and follow when they change", async () => {
    const { app } = shared;
    const streak = { ...streakOf(app, "u"), theme: "ocean dark", lang: "de", className: "mine", cspNonce: "n" };
    const { page, show } = await openPage(react, { widgets: [streak] });
    const attributes = () =>
      page.evaluate(
        `Object.fromEntries([...document.querySelector("streak-widget").attributes].map((a) => [a.name, a.value]))`,
      );
    const common = { base: app.url, project: "proj_demo", event: "visit", user: "u", tz: "UTC" };
    await expect
      .poll(attributes)
      .toEqual({ ...common, theme: "ocean dark", lang: "de", class: "mine", "csp-nonce": "n" });
    await show({ widgets: [{ ...streakOf(app, "u"), position: "top-left", open: true }] });
    await expect.poll(attributes).toEqual({ ...common, position: "top-left", open: "" });
  });

  test("a server that has no widget.js leaves the page alive, with a warning", async () => {
    const { complaints, page } = await openPage(react, {
      widgets: [{ ...streakOf(shared.app, "u"), baseUrl: address().replace("localhost", "127.0.0.1") }],
    });
    await expect.poll(() => complaints).toEqual([expect.stringMatching(/^streakd: .*widget\.js can't be loaded/)]);
    expect(await page.locator("streak-widget").count()).toBe(1);
  });
});
