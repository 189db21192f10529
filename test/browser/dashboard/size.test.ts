import { basename } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { signIn, useDashboard } from "./support.ts";

/** The most bytes of a first view. */
const MAX_BYTES = 200_000;

const dashboard = useDashboard();

/** The bytes of all bodies that a page has loaded, page included, compressed by gzip. */
async function loadedBytes(page: Page): Promise<number> {
  const urls = (await page.evaluate(
    "[location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)].filter((url) => url.includes('/dashboard/'))",
  )) as string[];
  const sizes = await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(url, { headers: { "Accept-Encoding": "gzip" } });
      expect(answer.headers.get("content-encoding")).toBe("gzip");
      return Number(answer.headers.get("content-length"));
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

test("a first view loads less than 200 kB, of the page to sign in and of the projects", async () => {
  const { page } = await dashboard.visit("/dashboard/");
  await page.getByRole("heading", { name: "Sign in to streakd" }).waitFor();
  const beforeSignIn = await loadedBytes(page);
  await signIn(page, ADMIN_TOKEN);
  await page.getByRole("link", { name: "Demo" }).waitFor();
  const withProjects = await loadedBytes(page);
  expect(beforeSignIn).toBeGreaterThan(50_000);
  expect(beforeSignIn).toBeLessThan(MAX_BYTES);
  expect(withProjects).toBeLessThan(MAX_BYTES);
});

test("what is there moves nowhere while the rest is loaded", async () => {
  const { page } = await dashboard.enter();
  await page.addInitScript(`
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        window.shifts += entry.hadRecentInput ? 0 : entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });`);
  for (const [path, text] of [
    ["/dashboard/", "proj_demo"],
    ["/dashboard/p/proj_demo/start", "From a page in the browser"],
    ["/dashboard/p/proj_demo/settings", "Who may call"],
  ] as const) {
    await page.goto(dashboard.app.url + path);
    await page.getByText(text).first().waitFor();
    expect([path, await page.evaluate("window.shifts")]).toEqual([path, expect.closeTo(0, 1)]);
  }
});

test("a first view takes no more than two rounds of requests after the page, which names the files of the first", async () => {
  const { page } = await dashboard.visit("/dashboard/");
  await page.getByRole("heading", { name: "Sign in to streakd" }).waitFor();
  const loaded = (await page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
  )) as string[];
  const textOf = async (path: string) => (await fetch(dashboard.app.url + path)).text();
  const html = await textOf("/dashboard/");
  const first = loaded.filter((path) => html.includes(`"${path}"`));
  const texts = await Promise.all(first.map(textOf));
  // Scripts name others without the folder.
  const second = loaded.filter((path) => texts.some((text) => text.includes(basename(path))));
  expect(first.length).toBeGreaterThan(5);
  expect(new Set([...first, ...second])).toEqual(new Set(loaded));
});
