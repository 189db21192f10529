import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { beforeAll, expect } from "vitest";
import { ADMIN_TOKEN, type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { signIn } from "../../support/sign-in.ts";

const DAY_MS = 86_400_000;

/** Half past nine in the evening of Friday, 2024-03-15. */
export const NOW = Date.parse("2024-03-15T21:30:00Z");

/** The project of these tests. */
export const SITE = "site";

/** The path of the list of its users. */
export const USERS = `/dashboard/p/${SITE}/users`;

/** The address of a user, who is named by characters that need no escape. */
export function pathOf(userHash: string): string {
  return `${USERS}/${userHash}`;
}

/** A page of the dashboard. */
export interface Opened {
  readonly page: Page;
  /** What the console was warned of, and what was thrown. */
  readonly complaints: string[];
}

/** How a page is opened. */
export interface OpenOptions {
  readonly context?: BrowserContextOptions;
  /** With which token one signs in; the admin token unless said otherwise. */
  readonly token?: string;
  /** What the browser's clock shows; the same as the server's unless said otherwise. */
  readonly now?: number;
  /** Runs before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** A server with a project, and browsers of people who sign in to its dashboard, for the tests of a file. */
export function useUsersPages() {
  const browser = useBrowser();
  const shared = useApp();

  beforeAll(async () => {
    shared.app.now = NOW;
    await shared.app.admin("POST", "/admin/projects", {
      siteKey: SITE,
      timeZone: "UTC",
      widgets: [{ event: "like" }, { event: "read", mode: "cumulative" }, { event: "visit" }],
    });
  });

  return {
    get app(): TestApp {
      return shared.app;
    },
    /** Opens a path of the dashboard as somebody who has signed in before. */
    async open(path: string, { context, token = ADMIN_TOKEN, now = NOW, prepare }: OpenOptions = {}): Promise<Opened> {
      const opened = await browser.open({
        baseURL: shared.app.url,
        locale: "en-US",
        timezoneId: "UTC",
        viewport: { width: 1280, height: 900 },
        reducedMotion: "reduce",
        ...context,
      });
      const [name = "", value = ""] = (await signIn(shared.app, token)).split("=");
      await opened.addCookies([{ name, value, url: shared.app.url, httpOnly: true, sameSite: "Strict" }]);
      await opened.addInitScript("localStorage.setItem('streakd:signed-in', '1')");
      const page = await opened.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(`${error}`));
      await page.clock.setFixedTime(now);
      await prepare?.(page);
      await page.goto(path);
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      return { page, complaints };
    },
    /** Records a user's event on these days, `visit` unless said otherwise: 0 is today, 1 yesterday. */
    async record(userHash: string, daysAgo: readonly number[], event: Record<string, unknown> = {}) {
      for (const days of daysAgo) {
        const ts = new Date(NOW - days * DAY_MS).toISOString();
        await shared.app.record({ siteKey: SITE, userHash, ts, ...event });
      }
    },
    /** Links an alias to a user. */
    async link(anonymousId: string, userHash: string) {
      const { status } = await shared.app.admin("POST", "/admin/alias", { siteKey: SITE, anonymousId, userHash });
      expect(status).toBe(204);
    },
  };
}

/** The row of a user in the list. */
export function rowOf(page: Page, userHash: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name: userHash, exact: true }) });
}

/** The part of a user's page that is about one event. */
export function cardOf(page: Page, event: string): Locator {
  return page.getByRole("region", { name: event, exact: true });
}

/** What is shown of an element, once it is there, with every gap as one space. */
export async function textOf(element: Locator): Promise<string> {
  await element.first().waitFor();
  return (await element.allInnerTexts()).join(" ").replaceAll(/\s+/g, " ").trim();
}
