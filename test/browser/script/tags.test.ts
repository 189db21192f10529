import { expect, test } from "vitest";
import { shownIn, useSite } from "./support.ts";

const site = useSite();

test.each([
  ["defer in the head", (tag: string) => ({ head: tag.replace("<script", "<script defer") })],
  ["async in the head", (tag: string) => ({ head: tag.replace("<script", "<script async") })],
  ["plain in the head, before there is a body", (tag: string) => ({ head: tag })],
  ["async in the body", (tag: string) => ({ body: tag.replace("<script", "<script async") })],
  ["as a module", (tag: string) => ({ body: tag.replace("<script", '<script type="module"') })],
  [
    "from a tag manager",
    (tag: string) => ({
      body: `<script>
        const made = document.createRange().createContextualFragment(${JSON.stringify(tag).replace("</", "<\\/")});
        document.head.append(made);
      </script>`,
    }),
  ],
  [
    "from a tag that is removed at once",
    (tag: string) => ({
      body: `<script>
        const made = document.createRange().createContextualFragment(${JSON.stringify(tag).replace("</", "<\\/")});
        const script = made.firstChild;
        document.head.append(script);
        script.remove();
      </script>`,
    }),
  ],
])("the script works %s", async (name, contentOf) => {
  const user = name.replaceAll(" ", "-");
  const { page, said } = await site.open(contentOf(site.tag(user)));
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await site.current(user)).toBe(1);
  expect(said).toEqual([]);
});

test("the same tag twice places one widget and records one visit", async () => {
  const events: string[] = [];
  const context = await site.context();
  context.on("request", (request) => request.url().endsWith("/v1/e") && events.push(request.postData() ?? ""));
  const { page, said } = await site.open({ body: site.tag("twice") + site.tag("twice") }, context);
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await page.locator("streak-widget").count()).toBe(1);
  expect(events.filter((body) => !body.includes("widget_"))).toHaveLength(1);
  expect(said).toEqual([]);
});

test("two tags place two widgets, and the function serves both", async () => {
  const body = site.tag("both", 'data-event="like"') + site.tag("both", 'data-event="read" data-position="top-left"');
  const { page } = await site.open({ body });
  await expect.poll(() => page.locator("streak-widget").count()).toBe(2);
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page, "streak-widget[event=like]")).toBe("1");
  expect(await shownIn(page, "streak-widget[event=read]")).toBe("0");
  await page.evaluate(() => window.streak("read"));
  await expect.poll(() => shownIn(page, "streak-widget[event=read]")).toBe("1");
});

test("an inline widget is where its tag is", async () => {
  const body = `<main><p>Before</p>${site.tag("inline", 'data-position="inline"')}<p>After</p></main>`;
  const { page } = await site.open({ body });
  await expect.poll(() => shownIn(page, "main > streak-widget")).toBe("1");
});

test("the tag's attributes reach the widget", async () => {
  const attributes = 'data-theme="ocean" data-lang="de" data-tz="Asia/Tokyo" data-token="t" nonce="n"';
  const { page } = await site.open({ body: site.tag("dressed", `data-event="read" ${attributes}`) });
  const widget = page.locator("streak-widget");
  await widget.waitFor({ state: "attached" });
  const given = await widget.evaluate((element) =>
    ["theme", "lang", "tz", "token", "csp-nonce", "position"].map((name) => element.getAttribute(name)),
  );
  expect(given).toEqual(["ocean", "de", "Asia/Tokyo", "t", "n", "settings"]);
});

test("streakd's address comes from the script's own, also below a path", async () => {
  const body = `<script src="${site.src}" data-project="site" data-user="u" data-event="read"></script>`;
  const { page } = await site.open({ body });
  await page.locator("streak-widget").waitFor({ state: "attached" });
  expect(await page.locator("streak-widget").getAttribute("base")).toBe(site.src.replace("/widget.js", ""));
});

test("a tag without a project says in the console how to mend it, and the page goes on", async () => {
  const { page, said } = await site.open({ body: `<script src="${site.src}"></script>` });
  await expect.poll(() => said).toEqual([expect.stringContaining("needs data-project")]);
  await page.evaluate(() => window.streak("visit"));
});

test("with data-manual nothing is placed and nothing recorded, and the function and the events are there", async () => {
  const head = `<script>
    var heard = [];
    for (const name of ["ready", "change", "milestone"]) {
      document.addEventListener("streak:" + name, ({ type, detail }) =>
        heard.push([type, detail.state.streak.current, detail.milestone?.msg]));
    }
  </script>`;
  const { page } = await site.open({ head, body: site.tag("manual", "data-manual") });
  expect(await page.locator("streak-widget").count()).toBe(0);
  expect(await site.current("manual")).toBe(0);
  await page.evaluate(() => window.streak());
  expect(await page.evaluate("heard")).toEqual([["streak:ready", 1, undefined]]);
  site.app.now += 86_400_000;
  await page.clock.setFixedTime(site.app.now);
  await page.evaluate(() => window.streak());
  expect(await page.evaluate("heard.slice(1)")).toEqual([
    ["streak:change", 2, undefined],
    ["streak:milestone", 2, "Two!"],
  ]);
});

test("the stub keeps calls that come before the script, and their promises resolve", async () => {
  const head = `<script>
    window.streak ||= (event) => new Promise((done) => (streak.q ||= []).push([event, done]));
    var done = Promise.all([streak(), streak("like")]).then(() => "done");
  </script>`;
  const { page } = await site.open({ head, body: site.tag("early", 'data-event="read" defer') });
  expect(await page.evaluate("done")).toBe("done");
  expect([await site.current("early", "read"), await site.current("early", "like")]).toEqual([1, 1]);
});

test("an element with the id streak is not in the way", async () => {
  const { page } = await site.open({ body: `<div id="streak"></div>${site.tag("named", 'data-event="read"')}` });
  await page.evaluate(() => window.streak());
  expect(await site.current("named", "read")).toBe(1);
});

test("the script adds no other global than streak", async () => {
  const head = "<script>var before = Object.keys(window)</script>";
  const { page } = await site.open({ head, body: site.tag("globals") });
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await page.evaluate("Object.keys(window).filter((key) => !before.includes(key))")).toEqual(["streak"]);
});
