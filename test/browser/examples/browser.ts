import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { launchChromium } from "../../support/chromium.ts";
import { findTool, requireTool } from "../../support/tools.ts";

const CHROMIUM = findTool(
  ["chromium", "--version"],
  "Chromium is missing: run scripts/browser.sh to try what pages in a browser can do",
);

/** Starts Chromium for the tests of a file. Without it they are skipped, and with `CI` set they fail. */
export function useBrowser(): { open(): Promise<BrowserContext> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = CHROMIUM.present ? await launchChromium() : undefined;
  });
  beforeEach((context) => requireTool(context, CHROMIUM));
  afterAll(() => browser?.close());
  return {
    /** A browser of a new visitor, with nothing stored. It is closed when the test ends. */
    async open() {
      const context = await (browser as Browser).newContext();
      onTestFinished(() => context.close());
      return context;
    },
  };
}
