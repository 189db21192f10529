import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { signIn, useDashboard } from "./support.ts";

const dashboard = useDashboard();

test("a newcomer gets from the server's address to a project whose first event has come", async () => {
  const { page, complaints } = await dashboard.visit("/");
  expect(page.url()).toBe(`${dashboard.app.url}/dashboard/`);
  await page.getByText("Where do I find a token?").click();
  await page.getByText("admin-token").first().waitFor();

  await signIn(page, ADMIN_TOKEN);
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name").fill("My school");
  await page.getByLabel("Key").fill("my_school");
  await page.getByLabel("First event").fill("lesson");
  await page.getByLabel("Time zone").fill("Europe/Lisbon");
  await page.getByLabel("Origins").fill("https://school.example/\n");
  await page.getByText("write https://school.example.").waitFor();
  await page.getByLabel("Origins").fill("https://school.example\n");
  await page.getByRole("button", { name: "Create project" }).click();

  await page.getByText("Waiting for your first event…").waitFor();
  expect(page.url()).toBe(`${dashboard.app.url}/dashboard/p/my_school/start`);
  const made = (await dashboard.app.admin("GET", "/admin/projects/my_school")).json;
  expect(made).toMatchObject({
    name: "My school",
    timeZone: "Europe/Lisbon",
    allowedOrigins: ["https://school.example"],
    widgets: [{ event: "lesson" }],
  });

  await dashboard.app.post("/v1/e", { siteKey: "my_school", userHash: "maria", event: "lesson" });
  await page.getByText("Events are arriving.").waitFor();
  await page.getByRole("link", { name: "maria" }).waitFor();
  expect(complaints).toEqual([]);
});

test("what the page gives to paste has the project's key, this server's address, the event and the user in it", async () => {
  await dashboard.makeProject("pasted", { widgets: [{ event: "visit" }, { event: 'say "hi"' }] });
  const { page } = await dashboard.enter("/dashboard/p/pasted/start");
  await page.getByLabel("Event").selectOption('say "hi"');
  await page.getByLabel("User").fill("it's me");
  for (const name of [
    "curl",
    "Node",
    "Python",
    "Go",
    "Java",
    "Kotlin",
    "C#",
    "PHP",
    "Ruby",
    "Rust",
    "Swift",
    "Dart",
    "C++",
  ]) {
    await page.getByRole("tab", { name, exact: true }).click();
    const code = await page.getByRole("region", { name: `To paste: ${name}`, exact: true }).textContent();
    for (const part of [`${dashboard.app.url}/v1/e`, "pasted", "hi", "me"]) {
      expect(code).toContain(part);
    }
  }
  for (const [name, from] of [
    ["Script tag", "/widget.js"],
    ["SDK", "/sdk.js"],
    ["React", "StreakWidget"],
  ] as const) {
    await page.getByRole("tab", { name, exact: true }).click();
    const code = await page.getByRole("region", { name: `To paste: ${name}`, exact: true }).textContent();
    expect(code).toContain(dashboard.app.url);
    expect(code).toContain(from);
  }
});

test("the start page asks again and again whether an event has come, and not while it is hidden", async () => {
  await dashboard.makeProject("hidden");
  const { page } = await dashboard.enter();
  await page.clock.install();
  await page.goto(`${dashboard.app.url}/dashboard/p/hidden/start`);
  await page.getByText("Waiting for your first event…").waitFor();
  // From here on, time passes only when the test says so.
  await page.clock.pauseAt(Date.now() + 60_000);
  let asked = 0;
  page.on("request", (request) => {
    asked += Number(request.url().includes("/ListUsers"));
  });
  for (const count of [1, 2, 3]) {
    // The next question waits for the answer to the one before, and two seconds more.
    await expect
      .poll(async () => {
        await page.clock.runFor(asked < count ? 2_000 : 0);
        return asked;
      })
      .toBe(count);
  }
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));`);
  await page.clock.runFor(60_000);
  expect(asked).toBe(3);
});
