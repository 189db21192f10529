import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { passOn } from "../../support/gate.ts";

/** A page of a site that is not streakd's. */
interface SitePage {
  /** What is in `<head>`. */
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** A script instead of a page: the rest is not used. */
  readonly script?: string;
}

/** A page that is open in the browser. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** The lines of the console, and what was thrown. */
  readonly said: string[];
}

/** Below it the site passes requests on to streakd, as a proxy in front of both does. */
const PROXIED = "/streakd";

const milestones = [
  { target: 2, msg: "Two!" },
  { target: 3, msg: "Three!" },
];

/** A site beside streakd, on another origin that the project `site` allows, for the tests of a file. */
export function useSite() {
  const browser = useBrowser();
  const shared = useApp();
  const pages = new Map<string, SitePage>();
  const site = createServer((request, response) => {
    const page = pages.get(request.url ?? "");
    if (request.url?.startsWith(`${PROXIED}/`)) {
      request.pipe(passOn(request, response, shared.app.url + request.url.slice(PROXIED.length)));
    } else if (page === undefined) {
      response.writeHead(204).end();
    } else if (page.script !== undefined) {
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(page.script);
    } else {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers });
      response.end(`<!doctype html><html lang="en"><head><title>Page</title>${page.head ?? ""}</head>
<body>${page.body ?? ""}</body></html>`);
    }
  });
  const portOf = () => (site.address() as AddressInfo).port;

  beforeAll(async () => {
    await once(site.listen(0), "listening");
    const allowedOrigins = [`http://localhost:${portOf()}`];
    const widgets = ["visit", "like", "read"].map((event) => ({ event, milestones }));
    await shared.app.admin("POST", "/admin/projects", { siteKey: "site", allowedOrigins, widgets });
    await shared.app.admin("POST", "/admin/projects", { siteKey: "other", allowedOrigins, widgets });
  });
  afterAll(() => site.close());

  return {
    get app(): TestApp {
      return shared.app;
    },
    get origin() {
      return `http://localhost:${portOf()}`;
    },
    /** The address of the script at the site's own origin. */
    get proxied() {
      return `http://localhost:${portOf()}${PROXIED}/widget.js`;
    },
    /** The path of the script under its name with a hash. */
    async hashedPath(): Promise<string> {
      return (await shared.app.get("/assets/manifest.json")).json["widget.js"].path;
    },
    /** A page of the site at another origin, which the projects do not allow. */
    foreign: (url: string) => url.replace("localhost", "127.0.0.1"),
    /** The script's tag, for a user. */
    tag(user: string, attributes = "") {
      return `<script src="${shared.app.url}/widget.js" data-project="site" data-user="${user}" ${attributes}></script>`;
    },
    /** Puts a page on the site; returns its address. */
    put(page: SitePage): string {
      const path = `/page-${pages.size}`;
      pages.set(path, page);
      return `http://localhost:${portOf()}${path}`;
    },
    /** A browser of its own. */
    context: () => browser.open({ timezoneId: "UTC", locale: "en-US" }),
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

/** The events that a browser sends which count, as it goes on. */
export function checkInsOf(context: BrowserContext): string[] {
  const bodies: string[] = [];
  context.on("request", (request) => {
    const body = request.postData() ?? "";
    if (request.url().endsWith("/v1/e")) {
      bodies.push(...checkInsIn([body]));
    }
  });
  return bodies;
}

/** Those of some bodies that count: a widget reports by events, too. */
export function checkInsIn(bodies: readonly string[]): string[] {
  return bodies.filter((body) => !body.includes("widget_"));
}

/** The number that a page's widget shows. */
export function shownIn(page: Page, selector = "streak-widget"): Promise<string | null> {
  return page.locator(`${selector} .number`).textContent();
}
