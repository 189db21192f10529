import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { type TestApp, useApp } from "../../support/app.ts";
import { launchChromium } from "../../support/chromium.ts";
import { findTool, requireTool, root } from "../../support/tools.ts";

const CHROMIUM = findTool(
  ["chromium", "--version"],
  "Chromium is missing: run scripts/browser.sh to try the script tag",
);

/** A page of a site that is not streakd's. */
interface SitePage {
  /** What is in `<head>`. */
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A page that is open in the browser. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** The lines of the console, and what was thrown. */
  readonly said: string[];
}

const milestones = [
  { target: 2, msg: "Two!" },
  { target: 3, msg: "Three!" },
];

/** A site beside streakd, on another origin that the project `site` allows, for the tests of a file. */
export function useSite() {
  const shared = useApp();
  let browser: Browser | undefined;
  const pages = new Map<string, SitePage>();
  const site = createServer(async (request, response) => {
    const page = pages.get(request.url ?? "");
    if (request.url === "/streakd/widget.js") {
      const script = await readFile(join(root, "packages/widget/dist/widget.js"));
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(script);
    } else if (page === undefined) {
      response.writeHead(204).end();
    } else {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers });
      response.end(`<!doctype html><html lang="en"><head><title>Page</title>${page.head ?? ""}</head>
<body>${page.body ?? ""}</body></html>`);
    }
  });
  const portOf = () => (site.address() as AddressInfo).port;

  beforeAll(async () => {
    if (CHROMIUM.present) {
      await once(site.listen(0), "listening");
      browser = await launchChromium();
      const allowedOrigins = [`http://localhost:${portOf()}`];
      const widgets = ["visit", "like", "read"].map((event) => ({ event, milestones }));
      await shared.app.admin("POST", "/admin/projects", { siteKey: "site", allowedOrigins, widgets });
      await shared.app.admin("POST", "/admin/projects", { siteKey: "other", allowedOrigins, widgets });
    }
  });
  beforeEach((context) => requireTool(context, CHROMIUM));
  afterAll(async () => {
    await browser?.close();
    site.close();
  });

  return {
    get app(): TestApp {
      return shared.app;
    },
    /** The address of the script. */
    get src() {
      return `http://localhost:${portOf()}/streakd/widget.js`;
    },
    /** A page of the site at another origin, which the projects do not allow. */
    foreign: (url: string) => url.replace("localhost", "127.0.0.1"),
    /** The script's tag, for a user. */
    tag(user: string, attributes = "") {
      return `<script src="${this.src}" data-base="${shared.app.url}" data-project="site" data-user="${user}" ${attributes}></script>`;
    },
    /** Puts a page on the site; returns its address. */
    put(page: SitePage): string {
      const path = `/page-${pages.size}`;
      pages.set(path, page);
      return `http://localhost:${portOf()}${path}`;
    },
    /** A browser of its own. */
    async context(): Promise<BrowserContext> {
      const context = await (browser as Browser).newContext({ timezoneId: "UTC", locale: "en-US" });
      onTestFinished(() => context.close());
      return context;
    },
    /** Opens a page of the site. */
    async open(content: SitePage | string, context?: BrowserContext): Promise<Opened> {
      const url = typeof content === "string" ? content : this.put(content);
      const opened = context ?? (await this.context());
      const page = await opened.newPage();
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(`${error}`));
      await page.clock.setFixedTime(shared.app.now);
      await page.goto(url);
      return { page, context: opened, url, said };
    },
    /** The current streak of a user, as streakd has it. */
    async current(userHash: string, event = "visit", siteKey = "site"): Promise<number> {
      return (await shared.app.state({ siteKey, userHash, event })).streak.current;
    },
  };
}

/** The number that a page's widget shows. */
export function shownIn(page: Page, selector = "streak-widget"): Promise<string | null> {
  return page.locator(`${selector} .number`).textContent();
}
