import { execFileSync } from "node:child_process";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { findTool, requireTool } from "./tools.ts";

/**
 * A shell's command that prints where Chromium is, and fails without one. The headless build, a package of Debian's, comes
 * first: it makes no window for each page, so that a page of the dashboard takes less than half of the processor time.
 */
export const FIND_CHROMIUM = "command -v chromium-headless-shell || command -v chromium";

export const chromiumTool = findTool(
  ["sh", "-c", FIND_CHROMIUM],
  "Chromium is missing: run scripts/browser.sh to try what pages in a browser can do",
);

/** The path of the Chromium that is on PATH. */
export function chromiumPath(): string {
  return execFileSync("sh", ["-c", FIND_CHROMIUM], { encoding: "utf8" }).trim();
}

/**
 * Starts the Chromium that is on PATH, without a window. Its profile is thrown away when it is closed.
 *
 * @param args flags for its command line
 */
export function launchChromium(args: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args });
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
