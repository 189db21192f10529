import { execFileSync } from "node:child_process";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { findTool, requireTool } from "./tools.ts";

export const chromiumTool = findTool(
  ["chromium", "--version"],
  "Chromium is missing: run scripts/browser.sh to try what pages in a browser can do",
);

/**
 * Starts the Chromium that is on PATH, without a window. Its profile is thrown away when it is closed.
 *
 * @param args flags for its command line
 */
export function launchChromium(args: string[] = []): Promise<Browser> {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  return chromium.launch({ executablePath, args });
}

/**
 * Starts Chromium for the tests of a file. Without it they are skipped, and with `CI` set they fail.
 *
 * @param argsOf returns flags for its command line; it is asked when what was used before is there
 */
export function useBrowser(argsOf: () => string[] = () => []) {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = chromiumTool.present ? await launchChromium(argsOf()) : undefined;
  });
  beforeEach((context) => requireTool(context, chromiumTool));
  afterAll(() => browser?.close());
  return {
    /** A browser of a new visitor, with nothing stored. It is closed when the test ends. */
    async open(options?: BrowserContextOptions): Promise<BrowserContext> {
      const context = await (browser as Browser).newContext(options);
      onTestFinished(() => context.close());
      return context;
    },
  };
}
