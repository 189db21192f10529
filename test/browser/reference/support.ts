import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { vi } from "vitest";
import { type TestApp, useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";

/** The API reference in a browser. */
export interface Reference {
  readonly page: Page;
  /** What the console was told, what was thrown, and what was asked of other servers. */
  readonly complaints: string[];
  /** An operation, by its operationId, opened. */
  open(operationId: string): Promise<Locator>;
  /** Presses "Execute" of an open operation, and returns the status and the body that it shows. */
  execute(operation: Locator): Promise<{ readonly status: string; readonly body: string }>;
  /** Types a token into "Authorize". */
  authorize(token: string): Promise<void>;
}

/** How long a test may take on a busy machine, in milliseconds: the renderer makes thousands of elements. */
const TIMEOUT_MS = 120_000;

/** A server with its API reference, for the tests of a file. */
export function useReference() {
  vi.setConfig({ testTimeout: TIMEOUT_MS });
  const browser = useBrowser();
  const shared = useApp();

  return {
    get app(): TestApp {
      return shared.app;
    },
    /** Opens the page as a new visitor, without waiting for the operations. */
    async visit(options?: BrowserContextOptions): Promise<Reference> {
      const page = await (await browser.open(options)).newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(`${error}`));
      page.on("request", (request) => {
        if (!request.url().startsWith(`${shared.app.url}/`) && !request.url().startsWith("data:")) {
          complaints.push(request.url());
        }
      });
      return { page, complaints, ...actions(page) };
    },
    /** Opens the page, and waits until it shows the operations. */
    async show(options?: BrowserContextOptions): Promise<Reference> {
      const reference = await this.visit(options);
      await reference.page.goto(`${shared.app.url}/docs`);
      await reference.page.locator(".opblock").first().waitFor();
      return reference;
    },
  };
}

function actions(page: Page): Omit<Reference, "page" | "complaints"> {
  return {
    async open(operationId) {
      const operation = page.locator(`.opblock[id$="-${operationId}"]`);
      await operation.locator(".opblock-summary-control").click();
      await operation.getByRole("button", { name: "Execute" }).waitFor();
      return operation;
    },
    async execute(operation) {
      const [answer] = await Promise.all([
        page.waitForResponse((response) => !response.url().endsWith("/openapi.json")),
        operation.getByRole("button", { name: "Execute" }).click(),
      ]);
      const shown = operation.locator(".live-responses-table tbody > tr");
      // Until then it shows the answer before.
      await shown.filter({ hasText: (await answer.allHeaders())["x-request-id"] ?? "" }).waitFor();
      const text = async (selector: string) => (await shown.locator(selector).first().textContent()) ?? "";
      return { status: (await text(".response-col_status")).trim(), body: await text(".highlight-code pre") };
    },
    async authorize(token) {
      await page.locator(".auth-wrapper").getByRole("button", { name: "Authorize" }).click();
      const dialog = page.getByRole("dialog", { name: "Authorize" });
      await dialog.getByRole("textbox").fill(token);
      await dialog.getByRole("button", { name: "Authorize" }).click();
      await dialog.locator(".modal-ux-content").getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
    },
  };
}
