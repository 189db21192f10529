import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useDashboard } from "./support.ts";

const dashboard = useDashboard();

async function saved(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Saved.").first().waitFor();
}

async function projectOf(siteKey: string) {
  return (await dashboard.app.admin("GET", `/admin/projects/${siteKey}`)).json;
}

test("name, zone, live, origins and signed users are saved, and nothing else is sent", async () => {
  await dashboard.makeProject("general");
  const { page, complaints } = await dashboard.enter("/dashboard/p/general/settings");
  const save = page.getByRole("button", { name: "Save changes" });
  expect(await save.isDisabled()).toBe(true);
  await page.getByLabel("Name").fill("A new name");
  await page.getByLabel("Time zone").fill("Asia/Tokyo");
  await page.getByRole("switch", { name: "Live" }).click();
  await page.getByLabel("Origins").fill("https://app.example.com\n*.shop.example");
  await page.getByLabel("Signed users").selectOption("browsers");
  const sent = page.waitForRequest(/UpdateProject/);
  await saved(page);
  expect((await sent).postDataJSON().updateMask.split(",").toSorted()).toEqual([
    "allowedOrigins",
    "live",
    "name",
    "signedUsers",
    "timeZone",
  ]);
  expect(await projectOf("general")).toMatchObject({
    name: "A new name",
    timeZone: "Asia/Tokyo",
    live: false,
    allowedOrigins: ["https://app.example.com", "*.shop.example"],
    signedUsers: "browsers",
    widgets: [{ event: "visit" }],
  });
  expect(await save.isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Project A new name" }).waitFor();
  expect(complaints).toEqual([]);
});

test("limits are shown where one types, and what the server refuses is shown at its field", async () => {
  await dashboard.makeProject("limits");
  const { page } = await dashboard.enter("/dashboard/p/limits/settings");
  await page.getByLabel("Name").fill("x".repeat(201));
  await page.getByText("201 / 200").waitFor();
  await page.getByText("At most 200 characters.").waitFor();
  await page.getByLabel("Name").fill("Fine");
  await page.getByLabel("Time zone").fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save changes" }).click();
  const zone = page.getByLabel("Time zone");
  await page.getByRole("alert").filter({ hasText: "timeZone" }).waitFor();
  expect(await zone.getAttribute("aria-invalid")).toBe("true");
  await page.getByRole("button", { name: "Discard" }).click();
  expect([await zone.inputValue(), await page.getByLabel("Name").inputValue()]).toEqual(["UTC", "The limits"]);
});

test.each([
  ["https://app.example.com/lesson/1?x=2", "Yes: https://app.example.com passes by https://app.example.com."],
  ["https://App.Example.com:443", "Yes: https://app.example.com passes by https://app.example.com."],
  ["http://app.example.com", "No: nothing in the list lets http://app.example.com pass."],
  ["https://a.b.shop.example:8443", "Yes: https://a.b.shop.example:8443 passes by *.shop.example."],
  ["https://shop.example", "No: nothing in the list lets https://shop.example pass."],
  ["capacitor://localhost", "Yes: capacitor://localhost passes by capacitor://localhost."],
  ["null", "No: nothing in the list lets null pass."],
  ["app.example.com", "Type a whole address, such as https://app.example.com."],
])("the tester says of %j: %s", async (address, answer) => {
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/settings");
  await page.getByLabel("Origins").fill("https://app.example.com\n*.shop.example\ncapacitor://localhost");
  await page.getByLabel("Would this pass?").fill(address);
  await page.getByText(answer).waitFor();
});

test("an origin that the server would refuse can't be saved, and one is told what to write", async () => {
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/settings");
  await page.getByLabel("Origins").fill("https://*.shop.example");
  await page.getByText("write *.shop.example").waitFor();
  expect(await page.getByRole("button", { name: "Save changes" }).isDisabled()).toBe(true);
});

test("of two people who edit a project, the later one is told what the other has changed, and can overwrite it", async () => {
  await dashboard.makeProject("two", { name: "Before" });
  const [first, second] = [
    await dashboard.enter("/dashboard/p/two/settings"),
    await dashboard.enter("/dashboard/p/two/settings"),
  ];
  await second.page.getByLabel("Name").fill("Second");
  await first.page.getByLabel("Name").fill("First");
  await first.page.getByLabel("Time zone").fill("Asia/Tokyo");
  await saved(first.page);

  await second.page.getByRole("button", { name: "Save changes" }).click();
  const dialog = second.page.getByRole("dialog", { name: "Somebody else has changed this project" });
  const text = await dialog.textContent();
  expect(text).toContain("NameBefore → First (yours: Second)");
  expect(text).toContain("Time zoneUTC → Asia/Tokyo");
  expect((await projectOf("two")).name).toBe("First");

  await dialog.getByRole("button", { name: "Overwrite with mine" }).click();
  await second.page.getByText("Saved.").waitFor();
  expect(await projectOf("two")).toMatchObject({ name: "Second", timeZone: "Asia/Tokyo" });
  await expect.poll(() => second.page.getByLabel("Time zone").inputValue()).toBe("Asia/Tokyo");
});

test("the later one can also take what the other has saved", async () => {
  await dashboard.makeProject("taken", { name: "Before" });
  const { page } = await dashboard.enter("/dashboard/p/taken/settings");
  await page.getByLabel("Name").fill("Mine");
  await dashboard.app.admin("PATCH", "/admin/projects/taken", { name: "Theirs" });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("button", { name: "Take theirs, drop mine" }).click();
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Theirs");
  expect((await projectOf("taken")).name).toBe("Theirs");
});

test("what the other has not touched is saved beside it, and said so", async () => {
  await dashboard.makeProject("beside", { name: "Before" });
  const { page } = await dashboard.enter("/dashboard/p/beside/settings");
  await page.getByLabel("Name").fill("Mine");
  await dashboard.app.admin("PATCH", "/admin/projects/beside", { timeZone: "Asia/Tokyo" });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("button", { name: "Save mine too" }).click();
  await page.getByText("Saved.").waitFor();
  expect(await projectOf("beside")).toMatchObject({ name: "Mine", timeZone: "Asia/Tokyo" });
});

test("who leaves a form with changes is asked, also by another tab of the settings, and may stay", async () => {
  await dashboard.makeProject("leaving");
  const { page } = await dashboard.enter("/dashboard/p/leaving/settings");
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  const tokens = page.getByRole("tab", { name: "Tokens" });
  await page.getByLabel("Name").fill("Unsaved");
  for (const leave of [tokens, page.getByRole("link", { name: "Users" })]) {
    await leave.click();
    await dialog.getByRole("button", { name: "Stay here" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Name").inputValue()).toBe("Unsaved");
  }
  await tokens.click();
  await dialog.getByRole("button", { name: "Leave and lose it" }).click();
  await page.getByRole("button", { name: "New token" }).waitFor();
  await page.getByRole("tab", { name: "General" }).click();
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("The leaving");
});

test("who leaves for the documentation is asked, too, and gets there", async () => {
  await dashboard.makeProject("outside");
  const { page } = await dashboard.enter("/dashboard/p/outside/settings");
  await page.getByLabel("Name").fill("Unsaved");
  await page.getByRole("button", { name: "Your session" }).click();
  await page.getByRole("menuitem", { name: "Documentation" }).click();
  await page.getByRole("button", { name: "Leave and lose it" }).click();
  await page.waitForURL("**/docs");
});

test("a project is deleted with unsaved settings, and nobody asks about those", async () => {
  await dashboard.makeProject("deleted");
  const { page } = await dashboard.enter("/dashboard/p/deleted/settings");
  await page.getByLabel("Name").first().fill("Unsaved");
  await page.getByRole("button", { name: "Delete project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("deleted");
  await dialog.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("heading", { name: "Projects", level: 1 }).waitFor();
  expect(await page.getByRole("dialog", { name: "Leave without saving?" }).count()).toBe(0);
});

test("plan and rate limit are set, and taken away again", async () => {
  await dashboard.makeProject("planned");
  const { page } = await dashboard.enter("/dashboard/p/planned/settings?tab=plan");
  await page.getByRole("combobox", { name: "Plan" }).selectOption("custom");
  await page.getByLabel("Active streakers").fill("1234");
  await page.getByLabel("When there are more").selectOption("reject");
  await page.getByRole("switch", { name: "A limit of its own" }).click();
  await page.getByLabel("Calls a second").fill("50");
  await saved(page);
  expect(await projectOf("planned")).toMatchObject({
    plan: { name: "custom", activeStreakers: 1234, overLimit: "reject" },
    rateLimit: { requestsPerSecond: 50 },
  });
  await page.getByText("1,234 active streakers a month").waitFor();
  await page.getByRole("combobox", { name: "Plan" }).selectOption("none");
  await page.getByRole("switch", { name: "A limit of its own" }).click();
  await saved(page);
  await expect.poll(async () => (await projectOf("planned")).rateLimit).toBeUndefined();
});

test("repeats are kept and keys of meta are counted when the settings say so, and the overview leads there", async () => {
  await dashboard.makeProject("counted");
  await dashboard.app.record({ siteKey: "counted", event: "visit", userHash: "ana", meta: { plan: "plus" } });
  const { page, complaints } = await dashboard.enter("/dashboard/p/counted/overview");
  await page.getByRole("region", { name: "Values of meta" }).getByRole("link", { name: "settings" }).click();
  const keep = page.getByRole("switch", { name: "Keep repeats" });
  await page.getByText("Each takes space and a write of its own").waitFor();
  await keep.click();
  await page.getByLabel("Keys").fill(" plan \n\ncountry");
  await page.getByText("2 keys of at most 5, each with at most 64 characters").waitFor();
  const sent = page.waitForRequest(/UpdateProject/);
  await saved(page);
  expect((await sent).postDataJSON()).toMatchObject({ updateMask: "analytics", project: { etag: expect.any(String) } });
  expect((await projectOf("counted")).analytics).toEqual({ keepRepeats: true, metaKeys: ["plan", "country"] });

  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("region", { name: "Values of meta" }).getByRole("row", { name: "plus" }).waitFor();
  await page.goto(`${dashboard.app.url}/dashboard/p/counted/settings?tab=analytics`);
  expect(await page.getByLabel("Keys").inputValue()).toBe("plan\ncountry");
  await keep.click();
  await page.getByLabel("Keys").fill("");
  await saved(page);
  expect((await projectOf("counted")).analytics).toEqual({ keepRepeats: false, metaKeys: [] });
  expect(complaints).toEqual([]);
});

test.each([
  ["a\nb\nc\nd\ne\nf", "At most 5 keys."],
  ["plan\ncountry\nplan", "“plan” is there twice."],
  ["x".repeat(65), "At most 64 characters for each key."],
])("the keys %j can't be saved, and one is told: %s", async (keys, problem) => {
  const { page } = await dashboard.enter("/dashboard/p/proj_demo/settings?tab=analytics");
  await page.getByLabel("Keys").fill(keys);
  await page.getByRole("alert").getByText(problem).waitFor();
  expect(await page.getByRole("button", { name: "Save changes" }).isDisabled()).toBe(true);
});

test("keys that somebody else has chosen meanwhile are not overwritten unasked", async () => {
  await dashboard.makeProject("keyed");
  const { page } = await dashboard.enter("/dashboard/p/keyed/settings?tab=analytics");
  await page.getByRole("switch", { name: "Keep repeats" }).click();
  const theirs = { analytics: { metaKeys: ["plan"] } };
  await dashboard.app.admin("PATCH", "/admin/projects/keyed", theirs);
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody else has changed this project" });
  expect(await dialog.textContent()).toContain(
    "no repeats; keys: none → no repeats; keys: plan (yours: repeats are kept; keys: none)",
  );
  await dialog.getByRole("button", { name: "Take theirs, drop mine" }).click();
  await expect.poll(() => page.getByLabel("Keys").inputValue()).toBe("plan");
  expect((await projectOf("keyed")).analytics).toEqual({ keepRepeats: false, metaKeys: ["plan"] });
});

test("a project's own token reads its plan and can't change it, and is told why", async () => {
  await dashboard.makeProject("bound");
  const { secret } = await dashboard.makeToken(["project:manage"], "bound");
  const { page } = await dashboard.enter("/dashboard/p/bound/settings?tab=plan", secret);
  await page.getByText("a project does not choose its own limits").waitFor();
  expect(await page.getByRole("combobox", { name: "Plan" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Save changes" }).count()).toBe(0);
});

test("a project is deleted only when its key is typed, and one is back among the projects", async () => {
  await dashboard.makeProject("doomed");
  const { page, complaints } = await dashboard.enter("/dashboard/p/doomed/settings");
  await page.getByRole("button", { name: "Delete project" }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Delete project" });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("Doomed");
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("doomed");
  await confirm.click();
  // First the message, which goes away after some seconds.
  await page.getByText("The project doomed is deleted.").waitFor();
  await page.getByRole("heading", { name: "Projects", exact: true }).waitFor();
  expect((await dashboard.app.admin("GET", "/admin/projects/doomed")).status).toBe(404);
  expect(complaints).toEqual([]);
});
