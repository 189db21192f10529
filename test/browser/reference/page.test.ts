import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { errorCatalogue } from "#src/error-catalogue.ts";
import { violations } from "../axe.ts";
import { useReference } from "./support.ts";

const reference = useReference();

/** The renderer names no table of responses, so that two open operations have regions without a name of their own. */
const OF_THE_RENDERER = /^landmark-unique:/;

/** What axe finds beside that, as lines. */
async function findings(page: Page): Promise<string[]> {
  return (await violations(page)).filter((line) => !OF_THE_RENDERER.test(line));
}

test("the page shows every operation of the document, those of apps first, and nothing goes to anybody else", async () => {
  const { page, complaints } = await reference.show();
  const { tags, paths } = (await reference.app.get("/openapi.json")).json;
  const documented = Object.entries<Record<string, { operationId: string }>>(paths).flatMap(([path, item]) =>
    Object.keys(item).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  const shown = await page.locator(".opblock-summary-control").evaluateAll((controls) =>
    controls.map((control) => {
      const text = (selector: string) => control.querySelector(selector)?.textContent ?? "";
      // Paths may be broken at their slashes.
      return `${text(".opblock-summary-method")} ${text(".opblock-summary-path").replaceAll("\u200b", "")}`;
    }),
  );
  expect(shown.toSorted()).toEqual(documented.toSorted());
  const services = await page
    .locator(".opblock-tag")
    .evaluateAll((heads) => heads.map((head) => head.getAttribute("data-tag")));
  expect(services).toEqual(tags.map(({ name }: { name: string }) => name));
  expect(services[0]).toBe("StreakService");
  expect(complaints).toEqual([]);
});

test.each([
  ["light", 1280],
  ["dark", 390],
] as const)("axe finds nothing, and nothing is wider than the page: %s, %i wide", async (colorScheme, width) => {
  const shown = await reference.show({ colorScheme, viewport: { width, height: 900 } });
  const { page, complaints } = shown;
  expect(await findings(page)).toEqual([]);
  const operation = await shown.open("recordEvent");
  await shown.execute(operation);
  await shown.open("listUsers");
  await page.locator(".models-control").click();
  await page.locator("section.models").getByRole("button", { name: "AliasUserRequest" }).click();
  expect(await findings(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  await page.locator(".auth-wrapper").getByRole("button", { name: "Authorize" }).click();
  await page.getByRole("dialog", { name: "Authorize" }).getByRole("textbox").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Authorize" }).waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

test("an operation's code leads to its place in the catalogue, which says how to mend it", async () => {
  const { page, open } = await reference.show();
  const operation = await open("recordEvent");
  await operation.getByRole("link", { name: "INVALID_WIDGET_KIND" }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe("#INVALID_WIDGET_KIND");
  const row = page.locator("tr:target");
  await expect.poll(() => row.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(720);
  expect(await row.textContent()).toContain(errorCatalogue.INVALID_WIDGET_KIND.remedy.replaceAll("`", ""));
});

test("a document that can't be read is told as an alert", async () => {
  const { page } = await reference.visit();
  await page.route("**/openapi.json", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.goto(`${reference.app.url}/docs`);
  expect(await page.getByRole("alert").textContent()).toBe(
    "The operations can't be shown: the server answered 503. Reload the page to try again.",
  );
});
