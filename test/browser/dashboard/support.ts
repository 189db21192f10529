import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { beforeEach, expect } from "vitest";
import { ADMIN_TOKEN, type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { signIn as signInByCall } from "../../support/sign-in.ts";

/** The dashboard of a server, in a browser of somebody who has never been there. */
export interface Visit {
  readonly page: Page;
  /** What the browser has complained of: errors of scripts, of the network, and of the Content-Security-Policy. */
  readonly complaints: string[];
}

/** A server for the tests of a file, and a browser that visits its dashboard. */
export function useDashboard() {
  const browser = useBrowser();
  const shared = useApp();
  // The browser's clock is of today, and it would throw away a cookie of years ago.
  beforeEach(() => {
    shared.app.now = Date.now();
  });

  /** Opens a path, by default the server's own address, as typed by hand. */
  async function visit(path = "/", options?: BrowserContextOptions): Promise<Visit> {
    return visitWith(await browser.open(options), path);
  }

  async function visitWith(context: BrowserContext, path: string): Promise<Visit> {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${shared.app.url}${path}`);
    return { page, complaints };
  }

  return {
    get app(): TestApp {
      return shared.app;
    },
    visit,
    /** Opens a path as somebody who has signed in before. */
    async enter(path = "/dashboard/", token = ADMIN_TOKEN, options?: BrowserContextOptions): Promise<Visit> {
      const [name = "", value = ""] = (await signInByCall(shared.app, token)).split("=");
      const context = await browser.open(options);
      await context.addCookies([{ name, value, url: shared.app.url, httpOnly: true, sameSite: "Strict" }]);
      await context.addInitScript("localStorage.setItem('streakd:signed-in', '1')");
      const visited = await visitWith(context, path);
      await visited.page.getByRole("button", { name: "Your session" }).waitFor();
      return visited;
    },
    /** Makes a project, with a widget for `visit` unless it says otherwise. */
    async makeProject(siteKey: string, fields: Record<string, unknown> = {}): Promise<void> {
      const project = { siteKey, name: `The ${siteKey}`, widgets: [{ event: "visit" }], ...fields };
      expect((await shared.app.admin("POST", "/admin/projects", project)).status).toBe(201);
    },
    /** Makes a token, for a project or for all, and returns it. */
    async makeToken(
      scopes: readonly string[],
      siteKey = "",
    ): Promise<{ readonly id: string; readonly secret: string }> {
      const token = { name: `${siteKey || "all"} ${scopes.join(" ")}`, siteKey, scopes };
      return (await shared.app.admin("POST", "/admin/tokens", token)).json;
    },
  };
}

/** Types a token into the page to sign in, and sends it. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The text of the page's own part, without header and navigation. */
export function main(page: Page) {
  return page.getByRole("main");
}
