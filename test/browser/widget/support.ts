import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { root } from "../../support/tools.ts";

const DAY_MS = 86_400_000;

/** Half past nine in the evening of Friday, 2024-01-12. */
export const NOW = Date.parse("2024-01-12T21:30:00Z");

const milestones = [
  { target: 3, msg: "Three in a row!" },
  { target: 7, msg: "1 week!" },
  { target: 30, msg: "A whole month!" },
];

/** The message of the widget for `evil`, and of its milestone. */
export const EVIL = '<img src=x onerror="window.hacked=1"> {current}';

const PROJECT = {
  siteKey: "site",
  widgets: [
    { event: "visit", milestones },
    { event: "read", mode: "cumulative", milestones },
    { event: "plain" },
    { event: "night", rules: { dayStart: "04:00" } },
    {
      event: "own",
      milestones,
      settings: {
        theme: { name: "ocean" },
        position: "top-left",
        mainMessage: "{current} of {best}, {next} to {milestone}, {left}",
      },
    },
    {
      event: "evil",
      milestones: [{ target: 9, msg: EVIL }],
      settings: { mainMessage: EVIL },
    },
    { event: "odd", settings: { theme: { name: "constructor" }, position: "middle" } },
  ],
};

/** What a page is served with, and how a browser opens it. */
interface Visit {
  readonly headers?: Record<string, string>;
  readonly context?: BrowserContextOptions;
  /** Runs in the page before anything else does. */
  readonly init?: string;
  /** Attributes of `<html>`. */
  readonly html?: string;
}

/** A page that shows a widget. */
export interface Shown {
  readonly page: Page;
  readonly widget: Locator;
  /** What the console was warned of, and what was thrown. */
  readonly complaints: string[];
}

/**
 * Holds the animations of a page. A message, which lasts as long as its animation, is then still there when a busy
 * machine looks at it.
 *
 * @returns a function that lets the animations go on
 */
export async function holdAnimations(page: Page): Promise<() => Promise<void>> {
  const devTools = await page.context().newCDPSession(page);
  const setRate = async (playbackRate: number) => {
    await devTools.send("Animation.setPlaybackRate", { playbackRate });
  };
  await devTools.send("Animation.enable");
  await setRate(0);
  return () => setRate(1);
}

/** A site with the widget, and streakd beside it on another origin, for the tests of a file. */
export function useSite() {
  const browser = useBrowser();
  const shared = useApp();
  const pages = new Map<string, { readonly html: string; readonly headers: Record<string, string> }>();
  const site = createServer(async (request, response) => {
    const page = pages.get(request.url ?? "");
    if (page !== undefined) {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
    } else if (request.url === "/widget.js") {
      const script = await readFile(join(root, "packages/widget/dist/widget.js"));
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(script);
    } else {
      response.writeHead(204).end();
    }
  });
  const origin = () => `http://localhost:${(site.address() as AddressInfo).port}`;

  beforeAll(async () => {
    await once(site.listen(0), "listening");
    shared.app.now = NOW;
    await shared.app.admin("POST", "/admin/projects", { ...PROJECT, allowedOrigins: [origin()] });
  });
  afterAll(() => site.close());

  /** Opens a page with this body, after which comes the widget's script. */
  async function visit(body: string, { headers = {}, context = {}, init, html = 'lang="en"' }: Visit = {}) {
    const opened = await browser.open({
      timezoneId: "UTC",
      locale: "en-US",
      viewport: { width: 480, height: 640 },
      ...context,
    });
    const page = await opened.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(`${error}`));
    await page.clock.setFixedTime(shared.app.now);
    if (init !== undefined) {
      await page.addInitScript(init);
    }
    const path = `/page-${pages.size}`;
    pages.set(path, {
      html: `<!doctype html><html ${html}><title>Page</title>${body}<script src="/widget.js" data-manual defer></script>`,
      headers,
    });
    await page.goto(`${origin()}${path}`);
    return { page, widget: page.locator("streak-widget[project=site]").first(), complaints } satisfies Shown;
  }

  return {
    get app(): TestApp {
      return shared.app;
    },
    get origin() {
      return origin();
    },
    visit,
    /** The tag of a widget. */
    tag(user: string, attributes = "", event = "visit") {
      return `<streak-widget base="${shared.app.url}" project="site" event="${event}" user="${user}" ${attributes}></streak-widget>`;
    },
    /** Shows a widget, and waits until it is there. */
    async show(user: string, attributes = "", event = "visit", visited: Visit = {}): Promise<Shown> {
      const shown = await visit(`<main><h1>Page</h1>${this.tag(user, attributes, event)}</main>`, visited);
      await shown.widget.locator(".number").waitFor();
      return shown;
    },
    /** Records a user's event on these days: 0 is today, 1 yesterday. */
    async record(user: string, daysAgo: readonly number[], event = "visit") {
      for (const days of daysAgo) {
        shared.app.now = NOW - days * DAY_MS;
        await shared.app.record({ siteKey: "site", userHash: user, event, tz: "UTC" });
      }
      shared.app.now = NOW;
    },
  };
}
