import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { BrowserContext, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { ADMIN_TOKEN, type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { startExample } from "./start-example.ts";

/** npm and Vite take seconds to start on a busy machine. In milliseconds. */
const LONG = { timeout: 90_000 };

const browser = useBrowser();
const shared = useApp();

beforeEach(() => {
  // The tokens that examples sign go by the machine's clock.
  shared.app.now = Date.now();
});

/** Opens a page whose clock stands where streakd's does, so that both have the same day. */
async function newPage(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.open())).newPage();
  await page.clock.setFixedTime(shared.app.now);
  return page;
}

/** How many days of an event the page's visitor has. */
async function currentOf(app: TestApp, page: Page, event: string): Promise<number> {
  const userHash = (await page.evaluate(`localStorage.getItem("streakd:visitor") ?? "nobody"`)) as string;
  return (await app.state({ userHash, event })).streak.current;
}

test("plain: the visit is recorded by itself, and a like when the button is clicked", LONG, async () => {
  const { app } = shared;
  const { url } = await startExample("plain", app.url);
  const page = await newPage();
  await page.goto(url);
  await expect.poll(() => currentOf(app, page, "visit")).toBe(1);
  expect(await currentOf(app, page, "like")).toBe(0);
  await page.click("#like");
  await expect.poll(() => currentOf(app, page, "like")).toBe(1);
  expect(await page.locator("streak-widget").count()).toBe(2);
});

test("react: the button records a like, and the page and the widget show it", LONG, async () => {
  const { app } = shared;
  const { url } = await startExample("react", app.url);
  const page = await newPage();
  await page.goto(url);
  await page.getByRole("button", { name: "Like", exact: true }).click();
  await page.getByRole("button", { name: "Liked today" }).waitFor();
  await page.getByText("1 days, 1 at best").waitFor();
  expect(await currentOf(app, page, "like")).toBe(1);
});

test.each(["vue", "svelte"])(
  "%s: the button records a like, and the element's events tell the page",
  LONG,
  async (name) => {
    const { app } = shared;
    const { url } = await startExample(name, app.url);
    const page = await newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "Like", exact: true }).click();
    await page.getByText("1 days", { exact: true }).waitFor();
    expect(await currentOf(app, page, "like")).toBe(1);
  },
);

test("sign-in: what a visitor did is the user's after the sign-in, in another browser too", LONG, async () => {
  const { app } = shared;
  const { url } = await startExample("sign-in", app.url, { ADMIN_TOKEN });
  const aliasesOf = async (user: string) =>
    (await app.admin("GET", `/admin/projects/sign_in_example/users/${user}`)).json.aliases;

  const page = await newPage();
  await page.goto(url);
  await page.getByText(/^You are anon_/).waitFor();
  const visitor = (await page.locator("#who").textContent())?.slice("You are ".length);
  await page.fill("[name=name]", "ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("You are user_ann").waitFor();
  expect(await aliasesOf("user_ann")).toEqual([visitor]);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText(/^You are anon_/).waitFor();
  expect(await page.locator("#who").textContent()).not.toContain(visitor);

  const elsewhere = await newPage();
  await elsewhere.goto(url);
  // Until then the page may still switch to the visitor, even after the sign-in.
  await elsewhere.getByText(/^You are anon_/).waitFor();
  await elsewhere.fill("[name=name]", "ann");
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByText("You are user_ann").waitFor();
  expect(await aliasesOf("user_ann")).toHaveLength(2);
});

/** Sends a body to the sign-in in pieces, and returns the status and the text of the answer. */
async function signIn(url: string, pieces: readonly (string | Uint8Array)[]): Promise<[number | undefined, string]> {
  const call = request(`${url}sign-in`, { method: "POST" });
  for (const piece of pieces) {
    await new Promise((written) => call.write(piece, written));
  }
  call.end();
  const [answer] = await once(call, "response");
  return [answer.statusCode, await text(answer)];
}

test(
  "sign-in: the server refuses bodies that it can't use, survives those that break off, and serves on",
  LONG,
  async () => {
    const { url } = await startExample("sign-in", shared.app.url, { ADMIN_TOKEN });
    const refused = ['{"name":', '"ann"', "null", "", '{"name":""}', '{"name":7}', '{"name":"ann@example.com"}'];
    for (const body of refused) {
      expect([body, await signIn(url, [body])]).toEqual([
        body,
        [400, expect.stringMatching(/"message":"(name|the body) must/)],
      ]);
    }
    expect(await signIn(url, [JSON.stringify({ name: "ann", more: "x".repeat(20_000) })])).toEqual([
      413,
      expect.stringContaining("at most 10000 bytes"),
    ]);

    const brokenOff = request(`${url}sign-in`, { method: "POST", headers: { "Content-Length": 100 } });
    await new Promise((written) => brokenOff.write("{", written));
    await new Promise((closed) =>
      brokenOff
        .on("error", () => {})
        .on("close", closed)
        .destroy(),
    );

    // The pieces part in the middle of a character.
    const body = Buffer.from('{"name":"Zoë"}');
    const middle = body.indexOf("ë") + 1;
    expect(await signIn(url, [body.subarray(0, middle), body.subarray(middle)])).toEqual([
      200,
      expect.stringContaining('"userHash":"user_Zoë"'),
    ]);
  },
);

test("sign-in: the page says it when streakd refuses the visitor", LONG, async () => {
  const { app } = shared;
  const { url } = await startExample("sign-in", app.url, { ADMIN_TOKEN });
  await app.admin("PATCH", "/admin/projects/sign_in_example", { allowedOrigins: ["https://example.com"] });
  const page = await newPage();
  const thrown: Error[] = [];
  page.on("pageerror", (error) => thrown.push(error));
  await page.goto(url);
  await page.getByText("allowedOrigins").waitFor();
  expect(thrown).toEqual([]);
});

test("offline: the page opens without a network, keeps the event, and sends it when it is online", LONG, async () => {
  const { app } = shared;
  const { url, stop } = await startExample("offline", app.url);
  const context = await browser.open();
  const page = await newPage(context);
  await page.goto(url);
  await page.getByText("Day 0 of your streak").waitFor();
  await page.evaluate("navigator.serviceWorker.ready");

  // The page's own server is gone, and streakd can't be reached.
  stop();
  await context.setOffline(true);
  await page.reload();
  await page.getByText("Day 0 of your streak").waitFor();
  await page.getByRole("button").click();
  await page.getByText("Kept on this device").waitFor();
  expect(await currentOf(app, page, "visit")).toBe(0);

  await context.setOffline(false);
  await page.getByText("Day 1 of your streak").waitFor();
  expect(await currentOf(app, page, "visit")).toBe(1);
});

test("offline: where streakd refuses the event and the browser keeps nothing, the page says why", LONG, async () => {
  const { app } = shared;
  const { url } = await startExample("offline", app.url);
  await app.admin("DELETE", "/admin/projects/proj_demo");
  const context = await browser.open();
  await context.addInitScript(`
    Object.defineProperty(window, "localStorage", { get() { throw new Error("refused"); } });
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error("refused"));
  `);
  const page = await newPage(context);
  const thrown: Error[] = [];
  page.on("pageerror", (error) => thrown.push(error));
  await page.goto(url);
  await page.getByText("No streak yet").waitFor();
  await page.evaluate(`document.getElementById("news").textContent = ""`);
  await page.getByRole("button").click();
  await page.getByText("proj_demo").waitFor();
  expect(thrown).toEqual([]);
});
