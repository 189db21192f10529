import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { fillDemo } from "../../../tools/demo/fill.ts";
import { ADMIN_TOKEN, useApp } from "../../support/app.ts";
import { chromiumTool, useBrowser } from "../../support/chromium.ts";
import { signIn } from "../../support/sign-in.ts";
import { root } from "../../support/tools.ts";
import { expectSamePicture } from "../compare.ts";
import { encodeWithPalette } from "../palette.ts";
import { fillBookClub } from "./pictures/book-club.ts";
import { instancesAt } from "./pictures/instances.ts";
import { DEMO, MAX_HEIGHT, NEW, PAGES, type PicturedPage } from "./pictures/pages.ts";

// The pictures of docs/. With UPDATE_PICTURES=1 this takes them anew.

const FOLDER = join(root, "docs/pictures");

/** Half past six in the evening of Thursday, 2026-10-15, where the demo's project is. */
const NOW = Date.parse("2026-10-15T16:30:00Z");

/** Where the server seems to be: as on the machine of somebody who tries it. */
const ADDRESS = "http://localhost:8080";

/** How many people the demo has. */
const USERS = 250;

/** How many attempts of the demo are refused that the project's audit log tells of. */
const REFUSED_ATTEMPTS = 2;

/** How wide the pictures are, and how high the window is at first, in pixels. */
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };

const LOOKS = ["light", "dark"] as const;

/** Which part of a picture may be different, from 0 to 1: less than one chart is of the largest picture. */
const TOLERATED = 0.005;

/** In milliseconds: recording the histories, and drawing pages that are large, on a busy machine. */
const FILLING_MS = 300_000;
const TIMEOUT_MS = 120_000;

/** How large all pictures may be together, in bytes: everybody who clones the repository loads them. */
const MAX_BYTES = 4_000_000;

const GONE = { state: "detached" } as const;

const shared = useApp();
/** What `GetTraffic` answers before anybody has opened a page: opening them is counted too. */
let traffic: unknown;

beforeAll(async () => {
  if (!chromiumTool.present) {
    return;
  }
  const { app } = shared;
  await fillBookClub(app, NOW);
  // Its pages tell when it was started.
  await app.restart();
  const demo = { url: new URL(app.url), adminToken: ADMIN_TOKEN, siteKey: DEMO };
  await fillDemo({ ...demo, users: USERS, replace: false, now: NOW }, () => {});
  const unused = {
    siteKey: NEW,
    name: "My app",
    widgets: [{ event: "visit" }],
    allowedOrigins: ["https://app.example"],
  };
  expect((await app.admin("POST", "/admin/projects", unused)).status).toBe(201);
  traffic = (await app.admin("POST", "/streak.v1.SystemService/GetTraffic", { siteKey: DEMO })).json;
  // Refused attempts are gathered for a minute before the log has them, or until the server stops.
  await app.restart();
  expect(await refusedAttempts()).toBe(REFUSED_ATTEMPTS);
}, FILLING_MS);

// It is started when the server's port is known.
const browser = useBrowser(() => [`--host-resolver-rules=MAP localhost:8080 ${new URL(shared.app.url).host}`]);

/** How many refused attempts the audit log has. */
async function refusedAttempts(): Promise<number> {
  const { json } = await shared.app.admin("GET", `/admin/audit?siteKey=${DEMO}`);
  return json.entries.filter(({ outcome }: { outcome: string }) => outcome === "refused").length;
}

/** Opens a page, and waits until it has what it shows. */
async function open({ path, sign, isPublic }: PicturedPage, viewport: { width: number; height: number }) {
  const context = await browser.open({
    baseURL: ADDRESS,
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    viewport,
  });
  if (!isPublic) {
    const [name = "", value = ""] = (await signIn(shared.app, ADMIN_TOKEN)).split("=");
    await context.addCookies([{ name, value, url: ADDRESS, httpOnly: true, sameSite: "Strict" }]);
    await context.addInitScript("localStorage.setItem('streakd:signed-in', '1')");
  }
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await page.route("**/streak.v1.SystemService/ListInstances*", (route) => route.fulfill({ json: instancesAt(NOW) }));
  await page.route("**/streak.v1.SystemService/GetTraffic*", (route) => route.fulfill({ json: traffic }));
  await page.goto(path, { waitUntil: "networkidle" });
  await sign(page).waitFor();
  await page.getByRole("status", { name: "Loading" }).or(page.locator("[class*=skeleton]")).first().waitFor(GONE);
  return page;
}

/** A picture of the whole page, from its top on. */
async function take(page: Page, width: number, maxHeight: number): Promise<Buffer> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  // What stays at the window's edges is to be at the picture's.
  await page.setViewportSize({ width, height: Math.min(height, maxHeight) });
  return page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
}

test.each(PAGES)("the page $name looks as in its pictures", { timeout: TIMEOUT_MS }, async (pictured) => {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const page = await open(pictured, viewport);
    for (const colorScheme of LOOKS) {
      await page.emulateMedia({ colorScheme });
      const taken = await take(page, viewport.width, pictured.maxHeight ?? MAX_HEIGHT);
      const path = join(FOLDER, `${pictured.name}-${size}-${colorScheme}.png`);
      await expectSamePicture(taken, path, TOLERATED, encodeWithPalette);
    }
  }
});

// Last, since with UPDATE_PICTURES=1 the tests above write them.
test("docs/pictures has the pictures of the pages and no others, and they are small", () => {
  const names = PAGES.flatMap(({ name }) =>
    Object.keys(SIZES).flatMap((size) => LOOKS.map((look) => `${name}-${size}-${look}.png`)),
  );
  const files = readdirSync(FOLDER);
  expect(files.toSorted()).toEqual(names.toSorted());
  expect(files.reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0)).toBeLessThan(MAX_BYTES);
});
