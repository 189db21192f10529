import { expect, test } from "vitest";
import { cut, openGate } from "../../support/gate.ts";
import { checkInsIn, checkInsOf, shownIn, useSite } from "./support.ts";

const site = useSite();

test("what is done offline is recorded when the page is online again, and shown", async () => {
  const { page, context, said } = await site.open({ body: site.tag("offline", 'data-event="read"') });
  await expect.poll(() => shownIn(page)).toBe("0");
  await context.setOffline(true);
  await page.evaluate(() => window.streak());
  expect(await site.current("offline", "read")).toBe(0);
  await context.setOffline(false);
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(said.filter((line) => !line.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
});

test("what waits for a server that is away for long is shown once it was sent", async () => {
  const gate = await openGate(site.app.url);
  const { page } = await site.open({ body: site.tag("long", `data-event="read" data-base="${gate.url}"`) });
  await expect.poll(() => shownIn(page)).toBe("0");
  gate.instead = cut;
  await page.evaluate(() => window.streak());
  // The first time that it is looked whether it was sent.
  await page.clock.fastForward(30_000);
  gate.instead = undefined;
  await page.clock.fastForward(60_000);
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("two tabs show the same streak", async () => {
  const body = site.tag("tabs", 'data-event="read"');
  const one = await site.open({ body });
  const other = await site.open(one.url, one.context);
  await expect.poll(() => shownIn(other.page)).toBe("0");
  await one.page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(other.page)).toBe("1");
});

test("a page that is closed amid a call loses nothing: the next page sends the event, and it counts once", async () => {
  const gate = await openGate(site.app.url);
  const { page, context, url } = await site.open({
    body: site.tag("closed", `data-event="read" data-base="${gate.url}"`),
  });
  await expect.poll(() => shownIn(page)).toBe("0");
  gate.instead = () => {};
  await page.evaluate(() => void window.streak());
  await expect.poll(() => checkInsIn(gate.bodies)).toHaveLength(1);
  await page.close();
  gate.instead = undefined;
  await site.open(url, context);
  await expect.poll(() => site.current("closed", "read")).toBe(1);
  expect(new Set(checkInsIn(gate.bodies)).size).toBe(1);
});

test("the streak of a user who is not shown any more is not read", async () => {
  const { page } = await site.open({
    body: `${site.tag("former", "data-manual").replace('data-project="site"', "")}
    <streak-widget project="site" event="read" user="former"></streak-widget>`,
  });
  await expect.poll(() => shownIn(page)).toBe("0");
  const read: string[] = [];
  page.on("request", (request) => read.push(new URL(request.url()).searchParams.get("userHash") ?? ""));
  await page.evaluate(() => document.querySelector("streak-widget")?.setAttribute("user", "present"));
  await expect.poll(() => read).toContain("present");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => read.filter((user) => user === "present")).toHaveLength(2);
  expect(read).not.toContain("former");
});

test("on a slow network the page does not wait for the widget", async () => {
  const url = site.put({ head: site.tag("slow", "async"), body: "<p>Text</p>" });
  const page = await (await site.context()).newPage();
  await page.clock.setFixedTime(site.app.now);
  const { promise: isThere, resolve: arrive } = Promise.withResolvers<void>();
  await page.route("**/widget.js", (route) => isThere.then(() => route.continue()));
  await page.goto(url, { waitUntil: "domcontentloaded" });
  expect(await page.locator("p").textContent()).toBe("Text");
  expect(await page.locator("streak-widget").count()).toBe(0);
  arrive();
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("an origin that the project does not allow is told in the console, once, and the page goes on", async () => {
  const url = site.put({ body: site.tag("foreign", 'data-event="read"') });
  const { page, said } = await site.open(site.foreign(url));
  await page.evaluate(() => window.streak());
  await page.evaluate(() => window.streak());
  const told = said.filter((line) => line.startsWith("streakd:"));
  expect(told).toEqual([expect.stringContaining("allowedOrigins")]);
  expect(await page.locator("streak-widget .number").count()).toBe(0);
  expect(await site.current("foreign", "read")).toBe(0);
});

test("a visit that is refused is not tried again with each click", async () => {
  const context = await site.context();
  const checkIns = checkInsOf(context);
  const { page, said } = await site.open(site.foreign(site.put({ body: site.tag("refused") })), context);
  await expect.poll(() => said.filter((line) => line.startsWith("streakd:"))).toHaveLength(1);
  await expect.poll(() => checkIns).toHaveLength(1);
  for (let i = 0; i < 5; i++) {
    await page.mouse.click(1, 1);
    await page.evaluate(() => window.streak("like"));
  }
  expect(checkIns.filter((body) => body.includes('"visit"'))).toHaveLength(1);
});

test("without locks, what was done offline is shown when the page is online again", async () => {
  const head = `<script>Object.defineProperty(navigator, "locks", { value: undefined })</script>`;
  const { page, context } = await site.open({ head, body: site.tag("lockless", 'data-event="read"') });
  await expect.poll(() => shownIn(page)).toBe("0");
  await context.setOffline(true);
  await page.evaluate(() => window.streak());
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: sent, resolve: isSent } = Promise.withResolvers<void>();
  await context.route("**/v1/e", async (route) => {
    isSent();
    await released;
    await route.continue();
  });
  await context.setOffline(false);
  await sent;
  release();
  await expect.poll(() => shownIn(page)).toBe("1");
});
