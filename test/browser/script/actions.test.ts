import { beforeAll, expect, test } from "vitest";
import { checkInsIn, checkInsOf, shownIn, useSite } from "./support.ts";

const site = useSite();

beforeAll(async () => {
  const { widgets } = (await site.app.admin("GET", "/admin/projects/site")).json;
  const clap = { event: "clap", mode: "cumulative", rules: { counts: "actions" } };
  const patch = await site.app.admin("PATCH", "/admin/projects/site", { widgets: [...widgets, clap] });
  expect(patch.status).toBe(200);
});

const tag = (user: string) => site.tag(user, 'data-event="clap"');

test("two clicks in the same millisecond are two actions", async () => {
  const { page, said } = await site.open({ body: tag("quick") });
  await expect.poll(() => shownIn(page)).toBe("0×");
  await page.evaluate(() => Promise.all([window.streak(), window.streak()]));
  await expect.poll(() => shownIn(page)).toBe("2×");
  expect(said).toEqual([]);
});

test("an action whose answer was lost is sent again, and counts once", async () => {
  const { page, context } = await site.open({ body: tag("lost") });
  await expect.poll(() => shownIn(page)).toBe("0×");
  const sent = checkInsOf(context);
  let isLost = false;
  await context.route("**/v1/e", async (route) => {
    // The widget may report meanwhile that it is seen.
    const isAction = checkInsIn([route.request().postData() ?? ""]).length > 0;
    if (isLost || !isAction) {
      await route.continue();
      return;
    }
    isLost = true;
    await route.fetch();
    await route.abort();
  });
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page)).toBe("1×");
  expect(sent).toHaveLength(2);
  expect(new Set(sent).size).toBe(1);
});

test("what is done offline, on a day that is done already, is shown when the page is online again", async () => {
  const { page, context } = await site.open({ body: tag("offline") });
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page)).toBe("1×");
  await context.setOffline(true);
  await page.evaluate(() => Promise.all([window.streak(), window.streak()]));
  expect(await site.current("offline", "clap")).toBe(1);
  await context.setOffline(false);
  await expect.poll(() => shownIn(page)).toBe("3×");
});
