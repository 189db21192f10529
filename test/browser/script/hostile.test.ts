import { expect, test } from "vitest";
import { shownIn, useSite } from "./support.ts";

const site = useSite();

test("a strict policy with trusted types lets the widget work, and nothing is reported", async () => {
  const { app } = site;
  const policy = `default-src 'none'; script-src ${app.url}; connect-src ${app.url}; style-src 'self'; require-trusted-types-for 'script'`;
  const { page, said } = await site.open({
    body: site.tag("strict"),
    headers: { "Content-Security-Policy": policy },
  });
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(said).toEqual([]);
});

test("what a page has added to the prototypes changes nothing", async () => {
  const head = `<script>
    Object.assign(Object.prototype, { project: "evil", event: "evil", user: "evil", userHash: "evil", tz: "Mars",
      body: "evil", method: "DELETE", signal: "evil", headers: { evil: "1" }, credentials: "include", mode: "evil",
      once: 1, ts: "evil", meta: "evil", adminToken: "evil", toJSON() { return "evil"; } });
    Array.prototype.evil = "evil";
    window.define = () => {};
    define.amd = true;
  </script>`;
  const { page, said } = await site.open({ head, body: site.tag("tampered") });
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await site.current("tampered")).toBe(1);
  expect(said).toEqual([]);
});

test("streaks stay apart, and what readers do is reported, where the page has added toJSON", async () => {
  const head = `<script>Object.prototype.toJSON = () => "evil"</script>`;
  const body = site.tag("apart") + site.tag("apart", 'data-event="read" data-position="top-left"');
  const { page, said } = await site.open({ head, body });
  await expect.poll(() => shownIn(page, "streak-widget:not([event])")).toBe("1");
  await expect.poll(() => shownIn(page, "streak-widget[event=read]")).toBe("0");
  const reported = page.waitForRequest((request) => request.postData()?.includes("widget_interaction") ?? false);
  await page.locator("streak-widget[event=read] button").click();
  expect((await reported).postDataJSON()).toMatchObject({ event: "read", meta: { action: "expand" } });
  expect(said).toEqual([]);
});

test("a page that has wrapped fetch, and has removed what the script may do without, gets its widget", async () => {
  const head = `<script>
    const { fetch } = window;
    window.fetch = (...given) => fetch(...given);
    delete window.BroadcastChannel;
    Object.defineProperty(navigator, "locks", { value: undefined });
    Object.defineProperty(window, "localStorage", { get() { throw new Error("refused"); } });
  </script>`;
  const { page, said } = await site.open({ head, body: site.tag("wrapped") });
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(said).toEqual([]);
});

test.each(["null", "undefined"])(
  "where customElements is %s there is the function, and nothing is said",
  async (value) => {
    const head = `<script>Object.defineProperty(window, "customElements", { value: ${value} })</script>`;
    const user = `without-${value}`;
    const { page, said } = await site.open({ head, body: site.tag(user, 'data-event="read"') });
    await page.evaluate(() => window.streak());
    expect(await site.current(user, "read")).toBe(1);
    expect(said).toEqual([]);
  },
);
