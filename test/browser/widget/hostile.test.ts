import { beforeAll, expect, test } from "vitest";
import { EVIL, type Shown, useSite } from "./support.ts";

const site = useSite();

beforeAll(() => site.record("done", [2, 1, 0]));

const HOSTILE = `<style>
  * { all: unset !important; }
  * { display: block !important; color: red !important; font: 40px serif !important; transform: rotate(5deg) !important;
    margin: 50px !important; padding: 9px !important; border: 9px solid red !important; opacity: .5 !important;
    text-transform: uppercase !important; letter-spacing: 9px !important; direction: rtl !important;
    visibility: visible !important; filter: invert(1) !important; line-height: 4 !important; }
  html { font-size: 60px !important; } main, body, html { transform: none !important; filter: none !important; opacity: 1 !important }
</style>`;

async function measure({ widget }: Shown) {
  await widget.locator(".number").waitFor();
  return widget.locator(".widget").evaluate((root) => {
    const { width, height, right, bottom } = root.getBoundingClientRect();
    const texts = [...root.querySelectorAll(".number, .label, .message, .badge span")].map((part) => {
      const { font, color, textTransform, letterSpacing, direction } = getComputedStyle(part);
      return [font, color, textTransform, letterSpacing, direction];
    });
    return { width, height, right: innerWidth - right, bottom: innerHeight - bottom, texts };
  });
}

test("a hostile stylesheet changes nothing about it", async () => {
  const tag = site.tag("done", 'open position="bottom-right" theme="ocean light"');
  const plain = await measure(await site.visit(`<main>${tag}</main>`));
  const hostile = await measure(await site.visit(`${HOSTILE}<main>${tag}</main>`));
  expect(hostile).toEqual(plain);
  expect(plain.right).toBe(20);
});

test("under a strict content security policy it has its styles, and no rule is broken", async () => {
  const policy = `default-src 'none'; script-src 'self'; connect-src ${site.app.url}; style-src 'self'; require-trusted-types-for 'script'`;
  const shown = await site.show("done", 'open position="bottom-right"', "visit", {
    headers: { "Content-Security-Policy": policy },
  });
  expect((await measure(shown)).right).toBe(20);
  expect(await shown.widget.locator(".fill").evaluate((fill) => fill.clientWidth)).toBeGreaterThan(0);
  expect(shown.complaints.filter((line) => /polic|violat|refused/i.test(line))).toEqual([]);
});

test("where no style sheet can be constructed, it takes a style element with the page's nonce", async () => {
  const policy = `default-src 'none'; script-src 'self'; connect-src ${site.app.url}; style-src 'nonce-abc'`;
  const shown = await site.show("done", 'position="bottom-right" csp-nonce="abc"', "visit", {
    headers: { "Content-Security-Policy": policy },
    init: "window.CSSStyleSheet = class { constructor() { throw new TypeError('Illegal constructor') } }",
  });
  expect((await measure(shown)).right).toBe(20);
  await shown.widget.getByRole("button").click();
  expect(await shown.widget.locator("style").count()).toBe(1);
});

test("a page that has tampered with Object.prototype breaks nothing", async () => {
  const tampered = { style: "currency", timeZone: "Nowhere/None", slotAssignment: "none", class: "x" };
  const init = `Object.assign(Object.prototype, ${JSON.stringify({
    ...tampered,
    ...{
      threshold: 9,
      weekday: "long",
      notation: "scientific",
      hour12: true,
      numeric: "always",
      ocean: "x",
    },
  })})`;
  const shown = await site.visit(`<main>${site.tag("done", "open")}</main>`, { init });
  await shown.widget.locator(".number").waitFor();
  expect(await shown.widget.locator(".number").textContent()).toBe("3");
  expect(await shown.widget.locator(".day-name").allTextContents()).toEqual(["M", "T", "W", "T", "F", "S", "S"]);
  expect(await shown.widget.locator(".goal span").textContent()).toBe("4 days left");
});

test("texts of a project are shown as they are", async () => {
  const { page, widget } = await site.show("done", "open", "evil");
  expect(await widget.locator(".message").textContent()).toBe(EVIL.replace("{current}", "0"));
  expect(await widget.locator(".goal b").textContent()).toBe(EVIL);
  expect(await page.evaluate("window.hacked")).toBe(undefined);
});

test("of a project that is switched off it shows nothing", async () => {
  const { app } = site;
  const project = { siteKey: "off", live: false, allowedOrigins: [site.origin], widgets: [{ event: "visit" }] };
  await app.admin("POST", "/admin/projects", project);
  const { page, widget } = await site.visit(site.tag("u", 'project="off"').replace('project="site"', ""));
  const off = page.locator("streak-widget[project=off]");
  await expect
    .poll(() => off.evaluate(({ shadowRoot }) => shadowRoot?.querySelector(".panel")?.childNodes.length))
    .toBeGreaterThan(0);
  expect(await off.locator(".widget").isVisible()).toBe(false);
  expect(await widget.count()).toBe(0);
});

test.each([
  ["an event that the project does not have", 'event="nothing"', /no widget.*nothing/i],
  ["an unknown time zone", 'tz="Nowhere/None"', /time zone|tz/i],
  // Browsers refuse to connect to this port, so no other test's server can be there.
  ["a server that is not there", 'base="http://127.0.0.1:9"', /Can't reach/],
])("with %s it stays hidden, warns in the console, and the page goes on", async (_, attribute, warning) => {
  const tag = site.tag("done").replace(new RegExp(`${attribute.split("=")[0]}="[^"]*"`), "");
  const { widget, complaints } = await site.visit(tag.replace("<streak-widget", `<streak-widget ${attribute}`));
  await expect
    .poll(() => complaints.filter((line) => line.startsWith("streakd:")).join("\n"), { timeout: 25_000 })
    .toMatch(warning);
  expect(await widget.locator(".widget").isVisible()).toBe(false);
  expect(complaints.filter((line) => line.includes("Uncaught"))).toEqual([]);
});
