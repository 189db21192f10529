import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { holdAnimations, NOW, useSite } from "./support.ts";

const HOUR_MS = 3_600_000;
const site = useSite();

beforeAll(async () => {
  await site.record("done", [2, 1, 0]);
  await site.record("pending", [1]);
});

/** Waits for the events that a page reports to streakd from now on. */
function listen(page: Page): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = [];
  page.on("request", (request) => {
    const event = JSON.parse((request.method() === "POST" && request.postData()) || "{}");
    // What a page did not see answered before it was gone, the next one sends again.
    if (event.idempotencyKey && events.every(({ idempotencyKey }) => idempotencyKey !== event.idempotencyKey)) {
      events.push(event);
    }
  });
  return events;
}

/** The reads of a page from now on. */
function listenToReads(page: Page): string[] {
  const reads: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/state")) {
      reads.push(request.url());
    }
  });
  return reads;
}

const isOpen = (page: Page) => page.getByRole("button").first().getAttribute("aria-expanded");

test("a click expands it and another collapses it, which is reported and remembered on the next page", async () => {
  const { page, widget } = await site.show("done");
  const events = listen(page);
  const button = page.getByRole("button", { name: "3 day streak" });
  expect(await isOpen(page)).toBe("false");
  expect(await widget.locator(".panel").isVisible()).toBe(false);
  await button.click();
  expect(await isOpen(page)).toBe("true");
  expect(await widget.locator(".panel").isVisible()).toBe(true);
  expect(await page.evaluate(() => localStorage.getItem("streakd:widget:site:visit"))).toBe("open");
  await page.reload();
  await button.waitFor();
  expect(await isOpen(page)).toBe("true");
  await button.click();
  expect(await isOpen(page)).toBe("false");
  await page.reload();
  await button.waitFor();
  expect(await isOpen(page)).toBe("false");
  await expect
    .poll(() => events.filter(({ eventType }) => eventType === "widget_interaction").map(({ meta }) => meta))
    .toEqual([{ action: "expand" }, { action: "collapse" }]);
});

test("where nothing can be stored, it is expanded for as long as the page is there", async () => {
  const init = 'Object.defineProperty(window, "localStorage", { get() { throw new Error("refused") } })';
  const { page } = await site.show("done", "", "visit", { init });
  await page.getByRole("button").first().click();
  expect(await isOpen(page)).toBe("true");
  await page
    .locator("streak-widget")
    .first()
    .evaluate((widget) => widget.setAttribute("lang", "de"));
  await expect.poll(() => page.locator(".label").first().textContent()).toBe("Tage in Folge");
  expect(await isOpen(page)).toBe("true");
});

test("it makes one impression when half of it is in sight, and none while it is below", async () => {
  const { page, widget } = await site.visit(
    `<main>${site.tag("done")}<div style="height:3000px"></div><div id="end"></div></main>`,
    { init: 'addEventListener("DOMContentLoaded", () => scrollTo(0, 3000))' },
  );
  const events = listen(page);
  // In one step: between two, the widget could be in sight.
  await widget.evaluate((element) => {
    document.querySelector("#end")?.after(element);
    scrollTo(0, 0);
  });
  await widget.locator(".number").waitFor();
  const seen = () => events.filter(({ eventType }) => eventType === "widget_impression");
  /** Waits until what has come into sight is noticed, and the requests of that are listed. */
  const settled = () =>
    page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      await fetch("/after");
    });
  await settled();
  expect(seen()).toEqual([]);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect.poll(seen).toHaveLength(1);
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await settled();
  expect(seen()).toMatchObject([{ siteKey: "site", userHash: "done", event: "visit" }]);
});

test("it tells the page when the state is there, changes, and reaches a milestone, which it celebrates", async () => {
  const user = "celebrates";
  await site.record(user, [2, 1]);
  const init = `
    window.told = [];
    for (const name of ["ready", "change", "milestone"]) {
      document.addEventListener("streak:" + name, ({ detail, target }) =>
        told.push([name, target.localName, detail.state.streak.current, detail.previous?.streak.current, detail.milestone?.msg]));
    }`;
  const { page, widget } = await site.show(user, "", "visit", { init });
  const told = () => page.evaluate("told");
  await expect.poll(told).toEqual([["ready", "streak-widget", 2, undefined, undefined]]);
  expect(await widget.getByRole("status").textContent()).toBe("");

  const goOn = await holdAnimations(page);
  await site.record(user, [0]);
  await page.clock.setFixedTime(site.app.now + 3 * 3_600_000);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => widget.locator(".number").textContent()).toBe("3");
  expect(await told()).toEqual([
    ["ready", "streak-widget", 2, undefined, undefined],
    ["change", "streak-widget", 3, 2, undefined],
    ["milestone", "streak-widget", 3, undefined, "Three in a row!"],
  ]);
  expect(await widget.getByRole("status").textContent()).toBe("Three in a row!");
  expect(await widget.locator(".piece").count()).toBeGreaterThan(10);
  await goOn();
  await expect.poll(() => widget.locator(".piece").count()).toBe(0);
  await expect.poll(() => widget.getByRole("status").textContent()).toBe("");
});

test("in a low window the message of a milestone is all in sight, with the widget expanded", async () => {
  const user = "low";
  await site.record(user, [2, 1]);
  const context = { viewport: { width: 640, height: 360 } };
  const { page, widget } = await site.show(user, 'open position="bottom-right"', "visit", { context });
  await holdAnimations(page);
  await site.record(user, [0]);
  await page.clock.setFixedTime(site.app.now + 3 * HOUR_MS);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const toast = widget.getByRole("status");
  await expect.poll(() => toast.textContent()).toBe("Three in a row!");
  const { top, bottom } = await toast.evaluate((element) => element.getBoundingClientRect());
  expect(top).toBeGreaterThan(0);
  expect(bottom).toBeLessThan(360);
});

test("readers who want less motion get no confetti, and the message all the same", async () => {
  const user = "calm";
  await site.record(user, [2, 1]);
  const { page, widget } = await site.show(user, "", "visit", { context: { reducedMotion: "reduce" } });
  await holdAnimations(page);
  await site.record(user, [0]);
  await page.clock.setFixedTime(site.app.now + 3 * 3_600_000);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => widget.getByRole("status").textContent()).toBe("Three in a row!");
  expect(await widget.locator(".piece").evaluateAll((pieces) => pieces.some((piece) => piece.clientHeight > 0))).toBe(
    false,
  );
  const running = await widget.evaluate(({ shadowRoot }) =>
    (shadowRoot as ShadowRoot).getAnimations().flatMap((animation) => (animation as CSSAnimation).animationName ?? []),
  );
  expect(running).toEqual(["fade"]);
});

test("it says how long today lasts, in the user's time zone", async () => {
  const { widget } = await site.show("pending", "open");
  expect(await widget.locator(".status").textContent()).toBe("2 hr left");
  await widget.evaluate((element) => element.setAttribute("tz", "America/New_York"));
  await expect.poll(() => widget.locator(".status").textContent()).toBe("7 hr left");
});

test("a new day is read until streakd has it, each minute", async () => {
  // The page is told after each read. A read that is asked for before that would be the same one.
  const init = 'window.told = 0; document.addEventListener("streak:change", () => told++)';
  const { page, widget } = await site.show("pending", "open", "visit", { init });
  const left = () => widget.locator(".status").textContent();
  expect(await left()).toBe("2 hr left");
  // Each of these minutes is that after midnight by the page's clock, and the last by streakd's as well.
  await page.clock.setFixedTime(NOW + 3 * HOUR_MS);
  const today = () => widget.locator(".today .sr").textContent();
  const reads = listenToReads(page);
  for (const minute of [1, 2]) {
    await page.clock.fastForward(60_000);
    await expect.poll(() => page.evaluate("told")).toBe(minute);
    expect(reads).toHaveLength(minute);
    expect(await today()).toBe("Friday, January 12, 2024");
  }
  site.app.now = NOW + 3 * HOUR_MS;
  try {
    await page.clock.fastForward(60_000);
    await expect.poll(today).toBe("Saturday, January 13, 2024");
    await page.clock.fastForward(60_000);
    await page.evaluate(() => fetch("/after"));
    expect(reads).toHaveLength(3);
  } finally {
    site.app.now = NOW;
  }
});

test("where a day begins at 04:00, today lasts until then, and the next day is read then", async () => {
  await site.record("owl", [1], "night");
  const { page, widget } = await site.show("owl", "open", "night");
  const left = () => widget.locator(".status").textContent();
  const today = () => widget.locator(".today .sr").textContent();
  expect(await left()).toBe("6 hr left");
  const reads = listenToReads(page);
  try {
    // Two in the night, by the clocks of both.
    site.app.now = NOW + 4.5 * HOUR_MS;
    await page.clock.setFixedTime(site.app.now);
    await page.clock.fastForward(60_000);
    await expect.poll(left).toBe("2 hr left");
    expect(await today()).toBe("Friday, January 12, 2024");
    expect(reads).toHaveLength(0);
    site.app.now = NOW + 6.5 * HOUR_MS;
    await page.clock.setFixedTime(site.app.now);
    await page.clock.fastForward(60_000);
    await expect.poll(today).toBe("Saturday, January 13, 2024");
    expect(reads).toHaveLength(1);
    expect(await widget.locator(".number").textContent()).toBe("0");
  } finally {
    site.app.now = NOW;
  }
});

test("it is hidden while it has the attribute hidden", async () => {
  const { widget } = await site.show("done");
  const isVisible = () => widget.locator(".widget").isVisible();
  await widget.evaluate((element) => element.setAttribute("hidden", ""));
  expect(await isVisible()).toBe(false);
  await widget.evaluate((element) => element.removeAttribute("hidden"));
  expect(await isVisible()).toBe(true);
});

test("changed attributes show at once, another user's streak too", async () => {
  const { widget } = await site.show("done", 'open position="top-right"');
  expect(await widget.locator(".widget").evaluate((root) => getComputedStyle(root).position)).toBe("fixed");
  await widget.evaluate((element) => {
    element.removeAttribute("position");
    element.setAttribute("user", "nobody");
    element.setAttribute("lang", "fr");
  });
  await expect.poll(() => widget.locator(".number").textContent()).toBe("0");
  expect(await widget.locator(".message").textContent()).toBe("Votre chance : aujourd’hui");
  expect(await widget.locator(".widget").evaluate((root) => getComputedStyle(root).position)).toBe("relative");
});

test.each([
  ["bottom-right", { right: 20, bottom: 20 }],
  ["bottom-left", { left: 20, bottom: 20 }],
  ["top-right", { right: 20, top: 20 }],
  ["top-left", { left: 20, top: 20 }],
  ["middle", { right: 20, bottom: 20 }],
  ["settings", { left: 20, top: 20 }],
])("at the position %s it is in its corner, collapsed and expanded", async (position, distances) => {
  const { widget } = await site.show("done", `position="${position}"`, position === "settings" ? "own" : "visit");
  for (const _ of ["collapsed", "expanded"]) {
    const box = await widget.locator(".widget").evaluate((root) => {
      const { left, top, right, bottom } = root.getBoundingClientRect();
      return { left, top, right: innerWidth - right, bottom: innerHeight - bottom };
    });
    expect(box).toMatchObject(distances);
    await widget.getByRole("button").click();
    await widget.evaluate(({ shadowRoot }) =>
      Promise.all(
        (shadowRoot as ShadowRoot)
          .querySelector(".card")
          ?.getAnimations()
          .map((a) => a.finished) ?? [],
      ),
    );
  }
});

test("it shows what was done while it was out of the page", async () => {
  const { page, widget } = await site.show("away");
  expect(await widget.locator(".number").textContent()).toBe("0");
  await page.evaluate(() => Object.assign(window, { taken: document.querySelector("streak-widget") }));
  await page.evaluate("taken.remove()");
  await site.record("away", [0]);
  await page.evaluate("document.querySelector('main').append(taken)");
  await expect.poll(() => widget.locator(".number").textContent()).toBe("1");
});

test("it can be made by a script, moved and removed, and reads the state once and tells it once", async () => {
  const { page, complaints } = await site.visit("<main></main><aside></aside>");
  const reads = listenToReads(page);
  const told = await page.evaluate(async (base) => {
    let ready = 0;
    document.addEventListener("streak:ready", () => ready++);
    const widget = document.createElement("streak-widget");
    for (const [name, value] of Object.entries({ base, project: "site", event: "visit", user: "done" })) {
      widget.setAttribute(name, value);
    }
    document.querySelector("main")?.append(widget);
    await new Promise((resolve) => widget.addEventListener("streak:ready", resolve, { once: true }));
    document.querySelector("aside")?.append(widget);
    await new Promise<void>(queueMicrotask);
    return ready;
  }, site.app.url);
  await page.locator("aside .number").waitFor();
  expect(told).toBe(1);
  expect(reads).toHaveLength(1);
  await page.evaluate(() => document.querySelector("aside")?.replaceChildren());
  expect(complaints.filter((line) => !line.includes("project"))).toEqual([]);
});

test("in the document of a frame it has its styles, too", async () => {
  const { page } = await site.show("done");
  await page.evaluate(() => {
    const { contentDocument } = document.body.appendChild(document.createElement("iframe"));
    contentDocument?.body.append(document.querySelector("streak-widget") as Element);
  });
  const root = page.frameLocator("iframe").locator(".widget");
  await root.locator(".number").waitFor();
  expect(await root.evaluate((element) => getComputedStyle(element).position)).toBe("relative");
});

test("while it loads an inline widget keeps its place", async () => {
  const { page, widget } = await site.visit("<p>");
  let proceed = () => {};
  const held = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  await page.route("**/v1/state?*", async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate(
    (tag) => {
      document.body.insertAdjacentHTML("beforeend", `<main>${tag}<p id="after">After`);
    },
    site.tag("done", "open"),
  );
  const top = () => page.locator("#after").evaluate((element) => element.getBoundingClientRect().top);
  await expect.poll(top).toBeGreaterThan(300);
  expect(await widget.locator(".card").isVisible()).toBe(false);
  const before = await top();
  proceed();
  await widget.locator(".number").waitFor();
  expect(Math.abs((await top()) - before)).toBeLessThan(30);
});
