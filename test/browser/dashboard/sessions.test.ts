import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { main, signIn, useDashboard } from "./support.ts";

const dashboard = useDashboard();

test("the first visit asks the server for nothing but the page, and the browser has nothing to complain of", async () => {
  const { page, complaints } = await dashboard.visit("/dashboard/");
  await page.getByRole("heading", { name: "Sign in to streakd" }).waitFor();
  expect(await page.title()).toBe("Sign in · streakd");
  const asked = await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)");
  for (const url of asked as string[]) {
    expect(url).toContain(`${dashboard.app.url}/dashboard/assets/`);
  }
  expect(complaints).toEqual([]);
});

test.each([
  ["no-such-token", "mistyped"],
  ["sk_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijk", ""],
])("the token %j is refused with the server's words, and can be mended", async (token, words) => {
  const { page } = await dashboard.visit("/dashboard/");
  await signIn(page, token);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: `The token is ${words}` }).waitFor();
  expect(await page.getByLabel("Token", { exact: true }).getAttribute("aria-invalid")).toBe("true");
  await signIn(page, ` ${ADMIN_TOKEN} `);
  await page.getByRole("heading", { name: "Projects" }).waitFor();
});

test("a token is never in the address, in storage, or in what a script can read", async () => {
  const { page } = await dashboard.enter();
  const seen = await page.evaluate(
    "JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie])",
  );
  expect(seen).not.toContain(ADMIN_TOKEN);
  expect(JSON.parse(seen as string)[3]).toBe("");
});

test("who has signed in stays so in a new tab, and sees who they are", async () => {
  const { page } = await dashboard.enter();
  const other = await page.context().newPage();
  await other.goto(`${dashboard.app.url}/dashboard/p/proj_demo/settings`);
  await other.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  await other.getByRole("button", { name: "Your session" }).click();
  await other.getByText("The admin token").waitFor();
});

test("a tab shows who signed in last, in whichever tab that was", async () => {
  await dashboard.makeProject("tabs");
  const { secret } = await dashboard.makeToken(["everything"], "tabs");
  const { page } = await dashboard.enter("/dashboard/p/tabs/settings");
  await page.getByRole("link", { name: "System" }).waitFor();
  const other = await page.context().newPage();
  await other.goto(`${dashboard.app.url}/dashboard/p/tabs/settings`);
  await other.getByRole("button", { name: "Your session" }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await signIn(other, secret);
  await page.getByRole("link", { name: "System" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Your session" }).click();
  await page.getByText("For the project tabs.").waitFor();
});

test("signing out ends the session on the server, and leads to the page to sign in", async () => {
  const { page, complaints } = await dashboard.enter();
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: "Your session" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to streakd" }).waitFor();
  expect(await page.getByText("Your session has ended").count()).toBe(0);
  expect(complaints).toEqual([]);

  await page.context().addCookies(cookies);
  const answer = await page.context().request.get(`${dashboard.app.url}/admin/session`, {
    headers: { "Sec-Fetch-Site": "same-origin" },
  });
  expect(answer.status()).toBe(401);
});

test("when the token is revoked meanwhile, one signs in again and is where one was", async () => {
  await dashboard.makeProject("revoked");
  const { id, secret } = await dashboard.makeToken(["everything"], "revoked");
  const { page } = await dashboard.enter("/dashboard/p/revoked/settings?tab=secrets", secret);
  await page.getByRole("heading", { name: "Signing secrets" }).waitFor();
  await dashboard.app.admin("DELETE", `/admin/tokens/${id}`);
  // What is remembered of a token lasts half a second.
  await expect.poll(() => status(page)).toBe(401);
  await page.getByRole("tab", { name: "Audit log" }).click();
  await page.getByText("Your session has ended").waitFor();

  await signIn(page, ADMIN_TOKEN);
  await page.getByRole("heading", { name: "Audit log" }).waitFor();
  expect(page.url()).toContain("/dashboard/p/revoked/settings?tab=audit");
});

/** The status of asking the server, from the page, who is signed in. */
function status(page: { evaluate(script: string): Promise<unknown> }): Promise<unknown> {
  return page.evaluate("fetch('/admin/session').then(({ status }) => status)");
}

test("a project's token lands on its project, and is told that it sees no other", async () => {
  await dashboard.makeProject("mine");
  const { secret } = await dashboard.makeToken(["project:manage", "users:manage"], "mine");
  const { page, complaints } = await dashboard.enter("/dashboard/", secret);
  await page.waitForURL("**/dashboard/p/mine/overview");
  await page.goto(`${dashboard.app.url}/dashboard/p/proj_demo/settings`);
  await main(page).getByText("The token is for the project mine alone.").waitFor();
  await page.goto(`${dashboard.app.url}/dashboard/system`);
  await main(page).getByText("Only those who sign in with the admin token").waitFor();
  expect(await page.getByRole("link", { name: "System" }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test.each([
  ["analytics:read", "overview"],
  ["project:manage", "overview"],
  ["users:manage", "users"],
  ["events:record", "start"],
  ["states:read", "start"],
])("a project's token with %s alone lands on a page that it may see: %s", async (scope, landing) => {
  const { secret } = await dashboard.makeToken([scope], "proj_demo");
  const { page, complaints } = await dashboard.enter("/dashboard/", secret);
  await page.waitForURL(`**/dashboard/p/proj_demo/${landing}`);
  expect(complaints).toEqual([]);
});

test("a page whose scope the token lacks says which one it needs", async () => {
  await dashboard.makeProject("narrow");
  const { secret } = await dashboard.makeToken(["users:manage"], "narrow");
  const { page, complaints } = await dashboard.enter("/dashboard/p/narrow/settings", secret);
  await main(page).getByText("project:manage").waitFor();
  await page.goto(`${dashboard.app.url}/dashboard/p/narrow/start`);
  await page.getByText("Waiting for your first event…").waitFor();

  const other = await dashboard.makeToken(["project:manage"], "narrow");
  const second = await dashboard.enter("/dashboard/p/narrow/settings?tab=tokens", other.secret);
  await main(second.page).getByText("everything").waitFor();
  await second.page.goto(`${dashboard.app.url}/dashboard/p/narrow/start`);
  await second.page.getByText("sign in with a token that has the scope users:manage").waitFor();
  expect([complaints, second.complaints]).toEqual([[], []]);
});

test("a call that is refused although no scope is missing is an error, which can be tried again", async () => {
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/overview");
  const message =
    "A sign-in session counts only for pages of this server. If a proxy stands in front, let it pass on Host.";
  await page.route("**/ListSigningSecrets*", (route) =>
    route.fulfill({ status: 403, json: { code: "permission_denied", message } }),
  );
  await page.goto(`${dashboard.app.url}/dashboard/p/proj_demo/settings?tab=secrets`);
  const alert = main(page).getByRole("alert").filter({ hasText: "This could not be loaded." });
  await alert.getByText(message).waitFor();
  expect(await page.getByText("Your token does not allow this.").count()).toBe(0);
  await page.unroute("**/ListSigningSecrets*");
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No signing secrets").waitFor();
});

test("a token for all projects that may not list them is told so", async () => {
  const { secret } = await dashboard.makeToken(["users:manage"]);
  const { page, complaints } = await dashboard.enter("/dashboard/", secret);
  await main(page)
    .getByText("To list the projects, a token needs the scope project:manage. Yours has users:manage.")
    .waitFor();
  expect(complaints).toEqual([]);
});

test("light or dark is as the system says, until one chooses, which is remembered", async () => {
  const { page } = await dashboard.enter("/dashboard/", ADMIN_TOKEN, { colorScheme: "dark" });
  const background = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  const dark = await background();
  await page.getByRole("button", { name: "Light or dark" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  const light = await background();
  expect(light).not.toBe(dark);
  await page.reload();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  expect(await background()).toBe(light);
});

test("an address that is no page says so, and leads back", async () => {
  const { page } = await dashboard.enter("/dashboard/nowhere");
  await page.getByText("There is no such page.").waitFor();
  await page.getByRole("link", { name: "Go to the projects" }).click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
});

test("the pages of a project that is not there say so once, and lead back", async () => {
  const { page, complaints } = await dashboard.enter("/dashboard/p/nosuch/overview");
  await page.getByText("There is no project nosuch.").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(await page.getByRole("heading", { name: "Overview" }).count()).toBe(0);
  expect(complaints).toHaveLength(1);
  await page.getByRole("link", { name: "Go to the projects" }).click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
});

test("no page of another origin can show it in a frame", async () => {
  const { page } = await dashboard.visit("/dashboard/");
  const framed = await page.context().newPage();
  await framed.goto(`${dashboard.app.url}/healthz`);
  const complaints: string[] = [];
  framed.on("console", (message) => complaints.push(message.text()));
  await framed.setContent(`<iframe src="${dashboard.app.url}/dashboard/"></iframe>`);
  await expect.poll(() => complaints.join()).toContain("frame-ancestors");
});
