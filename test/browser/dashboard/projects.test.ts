import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { main, useDashboard } from "./support.ts";

const dashboard = useDashboard();

/** What would run a script, if any text became HTML. */
const EVIL = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

test("many projects can be searched by name, key and origin", async () => {
  for (const letter of ["a", "b", "c", "d", "e"]) {
    await dashboard.makeProject(`shop_${letter}`, { name: `Shop ${letter}`, allowedOrigins: [`${letter}.example`] });
  }
  const { page } = await dashboard.enter();
  const links = main(page).getByRole("table").getByRole("link");
  const search = page.getByRole("searchbox");
  for (const [sought, found] of [
    ["shop B", "Shop b"],
    ["shop_c", "Shop c"],
    ["D.example", "Shop d"],
  ] as const) {
    await search.fill(sought);
    await expect.poll(() => links.allTextContents()).toEqual([found]);
  }
  await search.fill("nothing like it");
  await page.getByText("Nothing found").waitFor();
});

test("when further projects can't be listed, one is told so, and they are asked for again only by the button", async () => {
  const { page } = await dashboard.enter();
  let isBroken = true;
  let furtherCalls = 0;
  await page.route("**/ListProjects*", (route) => {
    const isFurther = /pageToken/.test(new URL(route.request().url()).searchParams.get("message") ?? "");
    if (!isFurther) {
      return route.fulfill({ json: { projects: [{ siteKey: "first", name: "First" }], nextPageToken: "more" } });
    }
    furtherCalls++;
    return isBroken
      ? route.fulfill({ status: 500, json: { code: "internal", message: "The disk is full." } })
      : route.fulfill({ json: { projects: [{ siteKey: "second", name: "Second" }] } });
  });
  await page.reload();
  await main(page)
    .getByRole("alert")
    .getByText("These are not all: the others could not be listed. The disk is full.")
    .waitFor();
  await main(page).getByRole("link", { name: "First" }).waitFor();
  // Calls that were made without end would be about as many as these.
  await page.evaluate("(async () => { for (let i = 0; i < 20; i++) await fetch('/healthz'); })()");
  isBroken = false;
  await main(page).getByRole("button", { name: "Try again" }).click();
  await main(page).getByRole("link", { name: "Second" }).waitFor();
  expect(await main(page).getByRole("alert").count()).toBe(0);
  // Two parts of the page list the projects, and the later one may ask again when it appears.
  expect(furtherCalls).toBeLessThanOrEqual(3);
});

test("a project is deleted from the list when its key is typed", async () => {
  await dashboard.makeProject("unloved");
  const { page, complaints } = await dashboard.enter();
  await page.getByRole("button", { name: "Delete The unloved" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("unloved");
  await page.getByRole("dialog").getByRole("button", { name: "Delete project" }).click();
  // While the dialog is open, the list is hidden from roles.
  await page.getByText("The project unloved is deleted.").waitFor();
  await expect.poll(() => page.getByRole("link", { name: "The unloved" }).count()).toBe(0);
  expect((await dashboard.app.admin("GET", "/admin/projects/unloved")).status).toBe(404);
  expect(complaints).toEqual([]);
});

test("a key that is taken is refused at its field, and the form keeps what was typed", async () => {
  const { page } = await dashboard.enter();
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name").fill("Twice");
  await page.getByLabel("Key").fill("proj_demo");
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByRole("dialog").getByRole("alert").filter({ hasText: "proj_demo" }).waitFor();
  expect(await page.getByLabel("Name").inputValue()).toBe("Twice");
});

test("a key with a wrong letter is told as it is typed, and what the server has refused goes when one types on", async () => {
  const { page } = await dashboard.enter();
  await page.getByRole("button", { name: "New project" }).click();
  const [key, create] = [page.getByLabel("Key"), page.getByRole("button", { name: "Create project" })];
  await key.fill("my app");
  await page.getByText("Only letters, digits, _ and -.").waitFor();
  expect(await create.isDisabled()).toBe(true);
  await key.fill("proj_demo");
  await create.click();
  const refused = page.getByRole("dialog").getByRole("alert");
  await refused.filter({ hasText: "proj_demo" }).waitFor();
  await key.fill("my_app");
  await refused.waitFor({ state: "detached" });
});

test("on a phone a project's row fits, with what deletes it", async () => {
  const { page } = await dashboard.enter("/dashboard/", ADMIN_TOKEN, { viewport: { width: 390, height: 844 } });
  await page.getByRole("button", { name: "Delete Demo" }).waitFor();
  const table = page.getByRole("group", { name: "Projects" });
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});

test("the switcher leads to the same page of another project", async () => {
  await dashboard.makeProject("other");
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/settings");
  await page.getByRole("button", { name: "Project Demo: choose another" }).click();
  await page.getByRole("menuitemradio", { name: "The other" }).click();
  await page.waitForURL("**/dashboard/p/other/settings");
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("The other");
});

test("no text that somebody has set becomes a script", async () => {
  await dashboard.makeProject("evil", { name: EVIL, widgets: [{ event: EVIL.slice(0, 64) }] });
  await dashboard.app.admin("POST", "/admin/tokens", { name: EVIL, siteKey: "evil", scopes: ["events:record"] });
  await dashboard.app.post("/v1/e", { siteKey: "evil", userHash: EVIL, event: EVIL.slice(0, 64) });
  const { page, complaints } = await dashboard.enter();
  await page.getByRole("link", { name: "onerror" }).waitFor();
  for (const path of ["start", "settings", "settings?tab=tokens", "settings?tab=audit"]) {
    await page.goto(`${dashboard.app.url}/dashboard/p/evil/${path}`);
    await page.getByRole("button", { name: "onerror" }).first().waitFor();
  }
  await page.locator("summary").first().click();
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  expect(complaints).toEqual([]);
});

test("while the server can't be reached the page says so, and goes on when it can", async () => {
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/start");
  await page.context().route("**/streak.v1.*/**", (route) => route.abort());
  await page.reload();
  await page.getByText("The server could not be reached.").waitFor();
  await page.context().unroute("**/streak.v1.*/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Waiting for your first event…").waitFor();
});
