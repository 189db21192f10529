import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { TEXTS } from "../../../packages/widget/src/element/texts.ts";
import { THEMES } from "../../../packages/widget/src/element/themes.ts";
import { useApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { root } from "../../support/tools.ts";
import { startExample } from "./start-example.ts";

const DAY_MS = 86_400_000;

const browser = useBrowser();
const shared = useApp();
const text = readFileSync(join(root, "docs/browser.md"), "utf8");

function sectionOf(heading: string): string {
  const [, section] = text.split(`\n## ${heading}\n`);
  return section?.split("\n## ")[0] ?? "";
}

/** What the first column of the tables of a section names. */
function rowsOf(heading: string): string[] {
  return Array.from(sectionOf(heading).matchAll(/^\| `([^`]+)`/gm), ([, name]) => `${name}`).sort();
}

/** The plain example, with the element in its text expanded. */
async function openPage(): Promise<Page> {
  const { app } = shared;
  const { url } = await startExample("plain", app.url);
  const page = await (await browser.open()).newPage();
  await page.clock.setFixedTime(app.now);
  await page.goto(url);
  await page.locator("streak-widget[event=like] button").click();
  return page;
}

const evaluate = async <T>(page: Page, expression: string) => (await page.evaluate(expression)) as T;

test("docs/browser.md has the attributes of the element, and with data- those of the tag", async () => {
  const page = await openPage();
  const attributes = await evaluate<string[]>(page, `customElements.get("streak-widget").observedAttributes`);
  expect(rowsOf("The element")).toEqual([...attributes].sort());
  const ofTag = [...attributes.filter((name) => name !== "open"), "manual"].map((name) => `data-${name}`);
  expect(rowsOf("The tag")).toEqual(ofTag.sort());
});

test("docs/browser.md has each theme, with a picture of each look, and each language", () => {
  expect(rowsOf("Themes")).toEqual(Object.keys(THEMES).sort());
  const names = new Intl.DisplayNames("en", { type: "language" });
  const languages = Object.keys(TEXTS).map((tag) => names.of(tag) ?? tag);
  expect(languages.filter((name) => !sectionOf("The element").replaceAll("\n", " ").includes(name))).toEqual([]);
});

test("docs/browser.md has each custom property, and only parts that are there", async () => {
  const page = await openPage();
  const css = await evaluate<string>(
    page,
    `[...document.querySelector("streak-widget").shadowRoot.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("")`,
  );
  expect(rowsOf("Your own look")).toEqual([...new Set(css.match(/--streak-[a-z-]+/g))].sort());

  const { app } = shared;
  const userHash = await evaluate<string>(page, `localStorage.getItem("streakd:visitor")`);
  for (const days of [0, 1, 2]) {
    await app.record({ userHash, ts: new Date(app.now - days * DAY_MS).toISOString() });
  }
  await page.reload();
  await page.locator("streak-widget:not([event=like]) button").click();
  const there = await evaluate<string[]>(
    page,
    `[...document.querySelectorAll("streak-widget")].flatMap((element) => [...element.shadowRoot.querySelectorAll("[part]")].flatMap((piece) => [...piece.part]))`,
  );
  const [, parts = ""] = /^The parts: ([\s\S]*?)\. They are/m.exec(sectionOf("Your own look")) ?? [];
  const documented = Array.from(parts.matchAll(/`([\w-]+)`/g), ([, name]) => `${name}`);
  expect(documented.length).toBeGreaterThan(10);
  expect(documented.filter((name) => !there.includes(name))).toEqual([]);
});

test("docs/browser.md has each key that a page keeps in the browser", async () => {
  const page = await openPage();
  await page.context().setOffline(true);
  await page.evaluate(`void streak("like")`);
  const keysOf = () => evaluate<string[]>(page, "Object.keys(localStorage)");
  const patterns = rowsOf("Privacy").map((key) => new RegExp(`^${key.replaceAll(/\{\w+\}/g, ".+")}$`));
  await expect
    .poll(async () => {
      const keys = await keysOf();
      return patterns.every((pattern) => keys.some((key) => pattern.test(key)));
    })
    .toBe(true);
  expect((await keysOf()).filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
});

test("the stub and the button of docs/browser.md work under its Content Security Policy", async () => {
  const { app } = shared;
  const policy = /^Content-Security-Policy: (.*)$/m.exec(sectionOf("Content Security Policy"))?.[1] ?? "";
  const [button, listener, stub] = Array.from(
    sectionOf("`streak()`").matchAll(/^```\w+\n([\s\S]*?)^```$/gm),
    ([, block]) => `${block}`,
  );
  const tag = `<script src="${app.url}/widget.js" data-project="proj_demo" data-event="visit" defer></script>`;
  const html = `<!doctype html><html lang="en">${stub}${tag}${button}<script nonce="NONCE">${listener}
    streak("like").then(() => document.body.append("Recorded"));</script>`;
  const site = createServer((_, answer) => {
    answer.setHeader(
      "Content-Security-Policy",
      policy.replaceAll("https://streaks.example.com", app.url).replace("script-src", "script-src 'nonce-abc'"),
    );
    answer.setHeader("Content-Type", "text/html").end(html.replaceAll("NONCE", "abc"));
  });
  onTestFinished(() => void site.close());
  await once(site.listen(0), "listening");

  const page = await (await browser.open()).newPage();
  await page.clock.setFixedTime(app.now);
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", ({ message }) => said.push(message));
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}`);
  // The stub kept this call until widget.js had loaded.
  await page.getByText("Recorded").waitFor();
  // The widget reports that it is seen meanwhile.
  const recorded = page.waitForResponse(
    (response) => response.url() === `${app.url}/v1/e` && response.request().postDataJSON().event === "like",
  );
  await page.click("#like");
  expect((await recorded).status()).toBe(202);
  expect(said.filter((line) => !line.includes("favicon"))).toEqual([]);
});
