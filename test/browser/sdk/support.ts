import type { BrowserContext, Page } from "playwright-core";
import type * as Sdk from "../../../packages/web/src/index.ts";
import type { useSite } from "../script/support.ts";

declare global {
  /** What the pages of these tests load from streakd's `/sdk.js`. */
  var sdk: typeof Sdk;
  /** A client of the page's server. */
  var client: Sdk.Client;
}

/**
 * Opens a page that has the SDK, with a client.
 *
 * @param base where the client's server is; streakd when not given
 */
export async function openSdk(site: ReturnType<typeof useSite>, context?: BrowserContext, base = site.app.url) {
  const body = `<script type="module">
    import * as sdk from "${site.app.url}/sdk.js";
    Object.assign(window, { sdk, client: sdk.createClient({ baseUrl: "${base}" }) });
  </script>`;
  const opened = await site.open({ body }, context);
  await opened.page.waitForFunction(() => globalThis.client !== undefined);
  return opened;
}

/** Records an event in a page. Returns what the call resolves to, or the code of its error. */
export function record(page: Page, userHash: string, fields: Partial<Sdk.StreakEvent> = {}) {
  return page.evaluate((event) => client.recordEvent(event).catch((error) => error.code as string), {
    projectId: "site",
    event: "read",
    userHash,
    ...fields,
  });
}

/** How many events wait in the localStorage of a page's origin. */
export function waiting(page: Page): Promise<number> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("streakd:queue:")).length);
}

/** Loads a page again without localStorage, as in private mode. */
export async function refuseStorage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new Error("refused");
      },
    });
  });
  await page.reload();
  await page.waitForFunction(() => globalThis.client !== undefined);
}
