import { expect, test } from "vitest";
import { checkInsOf, shownIn, useSite } from "./support.ts";

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
  const context = await site.context();
  const checkIns = checkInsOf(context);
  const { page, said } = await site.open({ body: site.tag("twice") + site.tag("twice") }, context);
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await page.locator("streak-widget").count()).toBe(1);
  // What it has asked for before is listed when this has its answer.
  await page.evaluate(() => fetch("/after"));
  expect(checkIns).toHaveLength(1);
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

test("the first tag of the page is the function's, whichever loads first, and the stub's calls find the others", async () => {
  const head = `<script>
    window.streak ||= (event) => new Promise((done) => (streak.q ||= []).push([event, done]));
    var done = Promise.all([streak(), streak("like")]);
  </script>`;
  const read = site.tag("ordered", 'data-event="read" data-manual');
  const body = `${read}${site.tag("ordered", 'data-event="like" data-manual').replace('"site"', '"other"')}`;
  const { page } = await site.open({ head, body: body.replaceAll("<script", "<script async") });
  await page.evaluate("done");
  expect(await site.current("ordered", "read")).toBe(1);
  expect(await site.current("ordered", "like", "other")).toBe(1);
  expect(await site.current("ordered", "like")).toBe(0);
});

test("another copy of the script leaves the page to the first", async () => {
  const copy = site.tag("copies").replace(`${site.app.url}/widget.js`, site.proxied);
  const read = copy.replace("data-user", `data-base="${site.app.url}" data-event="read" data-user`);
  const { page, said } = await site.open({ body: site.tag("copies") + read });
  await expect.poll(() => shownIn(page, "streak-widget:not([event])")).toBe("1");
  await expect.poll(() => shownIn(page, "streak-widget[event=read]")).toBe("0");
  await page.evaluate(() => window.streak("read"));
  await expect.poll(() => shownIn(page, "streak-widget[event=read]")).toBe("1");
  expect(said).toEqual([]);
});

test("the function can be a listener", async () => {
  const { page } = await site.open({
    body: `<button>Done</button>${site.tag("clicks", 'data-event="read"')}
      <script>document.querySelector("button").addEventListener("click", streak)</script>`,
  });
  await page.getByText("Done", { exact: true }).click();
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("a tag with a wrong address leaves the others as they are", async () => {
  const wrong = site.tag("wrong", 'data-base="ftp://127.0.0.1"');
  const { page, said } = await site.open({ body: wrong + site.tag("right") });
  await expect.poll(() => shownIn(page, "[user=right]")).toBe("1");
  expect(said).toContainEqual(expect.stringContaining("ftp://127.0.0.1"));
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

test("streakd's address comes from the script's own, also below a path of a proxy", async () => {
  const body = `<script src="${site.proxied}?v=1" data-project="site" data-user="proxied"></script>`;
  const context = await site.context();
  const origins = new Set<string>();
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  const { page, said } = await site.open({ body }, context);
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await site.current("proxied")).toBe(1);
  expect([...origins]).toEqual([new URL(site.proxied).origin]);
  expect(said).toEqual([]);
});

test("the script works under its name with a hash, and data-base says where streakd is", async () => {
  const src = site.app.url + (await site.hashedPath());
  const hashed = await site.open({ body: `<script src="${src}" data-project="site" data-user="hashed"></script>` });
  await expect.poll(() => shownIn(hashed.page)).toBe("1");
  const body = `<script src="${site.proxied}" data-base="${site.app.url}/" data-project="site" data-user="based"></script>`;
  const based = await site.open({ body });
  await expect.poll(() => shownIn(based.page)).toBe("1");
});

test("a tag without a project says in the console how to mend it, and the page goes on", async () => {
  const { page, said } = await site.open({ body: `<script src="${site.app.url}/widget.js"></script>` });
  await expect.poll(() => said).toEqual([expect.stringContaining("needs data-project")]);
  await page.evaluate(() => window.streak("visit"));
});

test("with data-manual nothing is placed and nothing recorded; the function and the events are there", async () => {
  const head = `<script>
    var heard = [];
    for (const name of ["ready", "change", "milestone"]) {
      document.addEventListener("streak:" + name, ({ type, detail }) =>
        heard.push([type, detail.state.streak.current, detail.milestone?.msg]));
    }
  </script>`;
  const { page } = await site.open({ head, body: site.tag("manual", "data-manual") });
  await expect.poll(() => page.evaluate("heard.length")).toBe(1);
  expect(await page.locator("streak-widget").count()).toBe(0);
  expect(await site.current("manual")).toBe(0);
  await page.evaluate(() => window.streak());
  expect(await page.evaluate("heard")).toEqual([
    ["streak:ready", 0, undefined],
    ["streak:change", 1, undefined],
  ]);
  site.app.now += 86_400_000;
  await page.clock.setFixedTime(site.app.now);
  await page.evaluate(() => window.streak());
  expect(await page.evaluate("heard.slice(2)")).toEqual([
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
  const head = "<script>var before = Object.getOwnPropertyNames(window)</script>";
  const { page } = await site.open({ head, body: site.tag("globals") });
  await expect.poll(() => shownIn(page)).toBe("1");
  const added = "Object.getOwnPropertyNames(window).filter((key) => !before.includes(key))";
  expect(await page.evaluate(added)).toEqual(["streak"]);
});

test.each(["Etc/Unknown", "-05:00", undefined])(
  "a browser whose zone is %s leaves it to the project",
  async (timeZone) => {
    const head = `<script>
    Intl.DateTimeFormat.prototype.resolvedOptions = () => (${JSON.stringify({ timeZone })});
  </script>`;
    const user = `zone-${timeZone ?? "none"}`;
    const { page, said } = await site.open({ head, body: site.tag(user) });
    await expect.poll(() => shownIn(page)).toBe("1");
    const recorded = await page.evaluate(
      `import("${site.app.url}/sdk.js").then(({ createClient }) => createClient({ baseUrl: "${site.app.url}" })
      .recordEvent({ projectId: "site", event: "read", userHash: "${user}" }))`,
    );
    expect(recorded).toEqual({ ok: true, queued: false });
    expect(said).toEqual([]);
  },
);
