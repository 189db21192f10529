import { expect, test } from "vitest";
import { makeSigningSecret, secondsFrom, signJwt } from "../../support/jwt.ts";
import { shownIn, useSite } from "./support.ts";

const site = useSite();

/** Makes a project whose users are signed; returns what signs a user's token, which is valid for a minute. */
async function makeSigned(siteKey: string): Promise<(sub: string, seconds?: number) => string> {
  const { app, origin } = site;
  await app.admin("POST", "/admin/projects", {
    siteKey,
    allowedOrigins: [origin],
    widgets: [{ event: "read" }],
  });
  const { secret } = await makeSigningSecret(app, siteKey);
  const changed = await app.admin("PATCH", `/admin/projects/${siteKey}`, { signedUsers: "always" });
  expect(changed.status).toBe(200);
  return (sub, seconds = 60) => signJwt(secret, { siteKey, sub, exp: secondsFrom(app, seconds) });
}

function tagOf(project: string, user: string, token: string, attributes = ""): string {
  return site.tag(user, `data-event="read" data-token="${token}" ${attributes}`).replace('"site"', `"${project}"`);
}

test("a token that the page renews is used from then on, by the function too", async () => {
  const sign = await makeSigned("signed");
  const { page, said } = await site.open({ body: tagOf("signed", "u", sign("u", -60)) });
  await expect.poll(() => said.filter((line) => line.startsWith("streakd:"))).toHaveLength(1);
  const widget = page.locator("streak-widget");
  await widget.evaluate((element, token) => element.setAttribute("token", token), sign("u"));
  await expect.poll(() => shownIn(page)).toBe("0");
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("another change of a widget does not bring back the token that it had", async () => {
  const sign = await makeSigned("signed-kept");
  const { page } = await site.open({ body: tagOf("signed-kept", "u", sign("u", -60)) });
  const again = tagOf("signed-kept", "u", sign("u"), "data-manual");
  await page.evaluate((tag) => document.body.append(document.createRange().createContextualFragment(tag)), again);
  await expect.poll(() => shownIn(page)).toBe("0");
  await page.locator("streak-widget").evaluate((element) => element.setAttribute("theme", "ocean"));
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("a token that a widget gets before its user is used for that user", async () => {
  const sign = await makeSigned("signed-before");
  const { page } = await site.open({ body: tagOf("signed-before", "ann", sign("ann")) });
  await expect.poll(() => shownIn(page)).toBe("0");
  const widget = page.locator("streak-widget");
  await widget.evaluate((element, token) => element.setAttribute("token", token), sign("bob"));
  await widget.evaluate((element) => element.setAttribute("user", "bob"));
  const { json } = await site.app.admin("POST", "/v1/e", { siteKey: "signed-before", userHash: "bob", event: "read" });
  expect(json.ok).toBe(true);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => shownIn(page)).toBe("1");
});

test("a page without a widget renews its token by the tag, added again", async () => {
  const sign = await makeSigned("signed-manual");
  const { page, said } = await site.open({ body: tagOf("signed-manual", "u", sign("u", -60), "data-manual") });
  await expect.poll(() => said.filter((line) => line.startsWith("streakd:"))).toHaveLength(1);
  const ready = page.evaluate(() => new Promise((resolve) => document.addEventListener("streak:ready", resolve)));
  const again = tagOf("signed-manual", "u", sign("u"), "data-manual");
  await page.evaluate((tag) => document.body.append(document.createRange().createContextualFragment(tag)), again);
  await ready;
  await page.evaluate(() => window.streak());
  const { json } = await site.app.admin("GET", "/v1/state?siteKey=signed-manual&userHash=u&event=read");
  expect(json.streak.current).toBe(1);
});

test("each project of a page has its own token for the same user", async () => {
  const signOne = await makeSigned("signed-one");
  const signOther = await makeSigned("signed-other");
  const { page } = await site.open({
    body: tagOf("signed-one", "u", signOne("u")) + tagOf("signed-other", "u", signOther("u")),
  });
  await expect.poll(() => shownIn(page, "[project=signed-one]")).toBe("0");
  await expect.poll(() => shownIn(page, "[project=signed-other]")).toBe("0");
});
