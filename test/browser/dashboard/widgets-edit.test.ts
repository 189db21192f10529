import { expect, test } from "vitest";
import { useDashboard } from "./support.ts";
import { editorOf, linesOf, listOf, milestone, projectOf, review, reviewed, save, WIDGET } from "./widgets-support.ts";

const dashboard = useDashboard();

test("an empty project leads to its first widget, which is saved as it was suggested", async () => {
  await dashboard.makeProject("first", { widgets: [] });
  const { page, complaints } = await dashboard.enter(listOf("first"));
  await page.getByText("Add your first widget").waitFor();
  await page.getByRole("link", { name: /^workout/ }).click();
  expect(await reviewed(page)).toEqual([
    "Event: nothing → workout",
    "Counting: nothing → Cumulative",
    "Theme: nothing → beige",
    "Position: nothing → At the bottom right of the window",
    "Message: nothing → Keep your streak going!",
    "New milestone: nothing → 3 days, “3 days: a good start!”",
    "New milestone: nothing → 7 days, “A whole week!”",
    "New milestone: nothing → 30 days, “30 days: it has become a habit.”",
  ]);
  await save(page);
  await page.getByRole("heading", { name: "workout" }).waitFor();
  expect((await projectOf(dashboard, "first")).widgets).toMatchObject([
    { event: "workout", mode: "cumulative", milestones: [{ id: "ms_1", target: 3 }, { target: 7 }, { target: 30 }] },
  ]);
  await page.getByRole("link", { name: "Widgets" }).first().click();
  await page.getByText("1 of at most 50 widgets").waitFor();
  expect(complaints).toEqual([]);
});

test("each field is reviewed before it is saved, and other widgets stay as they are", async () => {
  const other = { event: "like", milestones: [{ id: "x", target: 5 }] };
  await dashboard.makeProject("fields", { widgets: [other, WIDGET] });
  const { page, complaints } = await dashboard.enter(listOf("fields"));
  await page.getByRole("link", { name: "visit" }).click();
  await page.getByRole("radio", { name: "Cumulative" }).check();
  await page.getByRole("radio", { name: "rose" }).check();
  await page.getByLabel("Look", { exact: true }).selectOption("dark");
  await page.getByLabel("Position").selectOption("top-left");
  await page.getByLabel("Message", { exact: true }).fill("Best: ");
  await page.getByRole("button", { name: "{best}" }).click();
  await milestone(page, 1).getByLabel("What the visitor is told").fill("Three!");
  await milestone(page, 2).getByRole("button", { name: "Remove milestone 2" }).click();
  await page.getByRole("button", { name: "Add a milestone" }).click();
  // What is added has the focus.
  await page.keyboard.type("2");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Two!");
  // The nearest comes first as soon as its number is typed.
  expect(await milestone(page, 1).getByLabel("Days").inputValue()).toBe("2");
  await milestone(page, 1).getByText("ID, reward and award").click();
  await milestone(page, 1).getByLabel("Reward").fill("coupon");
  const before = await projectOf(dashboard, "fields");
  expect(await reviewed(page)).toEqual([
    "Counting: Continuous → Cumulative",
    "Theme: ocean → rose, always dark",
    "Position: At the bottom left of the window → At the top left of the window",
    "Message: Day {current}! → Best: {best}",
    "Milestone of 3 days: message: 3 days! → Three!",
    "Removed milestone: 7 days, “A week!”, reward badge → nothing",
    "New milestone: nothing → 2 days, “Two!”, reward coupon",
  ]);
  expect(await projectOf(dashboard, "fields")).toEqual(before);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  const { widgets } = await projectOf(dashboard, "fields");
  expect(widgets[0]).toEqual(before.widgets[0]);
  expect(widgets[1]).toEqual({
    event: "visit",
    mode: "cumulative",
    milestones: [
      { id: "ms_1", target: 2, msg: "Two!", rewardType: "coupon" },
      { id: "m3", target: 3, msg: "Three!", rewardType: "message" },
    ],
    settings: { theme: { name: "rose dark" }, position: "top-left", mainMessage: "Best: {best}" },
    earlierRules: [],
  });
  expect(await review(page).isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test("every limit is shown where one types, and what breaks it can't be saved", async () => {
  await dashboard.makeProject("limits", { widgets: [WIDGET, { event: "like" }] });
  const { page } = await dashboard.enter(editorOf("limits"));
  await page.getByText("5 / 64").first().waitFor();
  await page.getByText("14 / 500").waitFor();
  await page.getByText("2 / 50").waitFor();
  for (const [label, wrong, told, right] of [
    ["Event", "e".repeat(65), "At most 64 characters.", "visit"],
    ["Event", "like", "Another widget counts this event.", "visit"],
    ["Event", " ", "Before it can be saved: Name the event.", "visit"],
    ["Message", "🦊".repeat(501), "501 / 500", "Fine"],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(wrong);
    await page.getByText(told).first().waitFor();
    expect([wrong, await review(page).isDisabled()]).toEqual([wrong, true]);
    await page.getByLabel(label, { exact: true }).fill(right);
  }
  const days = milestone(page, 1).getByLabel("Days");
  for (const wrong of ["0", "1000001", "2.5", "-1", "ten"]) {
    await days.fill(wrong);
    await milestone(page, 1).getByRole("alert").getByText("Days are a whole number from 1 to 1,000,000.").waitFor();
    expect(await days.getAttribute("aria-invalid")).toBe("true");
  }
  await days.fill("3");
  await milestone(page, 1).getByText("ID, reward and award").click();
  await milestone(page, 1).getByLabel("ID").fill("m7");
  await milestone(page, 1).getByText("Another milestone has this ID.").waitFor();
  expect(await review(page).isDisabled()).toBe(true);
  await milestone(page, 1).getByLabel("ID").fill("m3");
  await expect.poll(() => review(page).isDisabled()).toBe(false);
});

test("a widget with as many milestones as there may be takes no more", async () => {
  const milestones = Array.from({ length: 50 }, (_, place) => ({ target: place + 1 }));
  await dashboard.makeProject("many", { widgets: [{ ...WIDGET, milestones }] });
  const { page } = await dashboard.enter(editorOf("many"));
  await page.getByText("50 / 50").waitFor();
  expect(await page.getByRole("button", { name: "Add a milestone" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Remove milestone 50" }).click();
  await expect.poll(() => page.getByRole("button", { name: "Add a milestone" }).isDisabled()).toBe(false);
});

test("what only the server refuses is shown at its field", async () => {
  await dashboard.makeProject("refused", { widgets: [{ event: "like" }, WIDGET] });
  const { page } = await dashboard.enter(editorOf("refused"));
  const told = milestone(page, 2).getByLabel("What the visitor is told");
  await told.fill("bell \u0007");
  await reviewed(page);
  await save(page);
  await milestone(page, 2).getByRole("alert").filter({ hasText: "msg" }).waitFor();
  expect(await told.getAttribute("aria-invalid")).toBe("true");
  await told.fill("no bell");
  await reviewed(page);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await projectOf(dashboard, "refused")).widgets[1].milestones[1].msg).toBe("no bell");
});

test("a widget with another event is warned of, and is found under its new event", async () => {
  await dashboard.makeProject("renamed", { widgets: [WIDGET] });
  const { page } = await dashboard.enter(editorOf("renamed"));
  await page.getByLabel("Event").fill(" read & write? ");
  expect(await reviewed(page)).toEqual(["Event: visit → read & write?"]);
  await page.getByText("The days that are recorded stay with visit.").waitFor();
  await save(page);
  await page.getByRole("heading", { name: "read & write?" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "read & write?" }).waitFor();
  expect((await projectOf(dashboard, "renamed")).widgets).toEqual([{ ...WIDGET, event: "read & write?" }]);
});

test("a widget is removed after a question, and its days are there again when it comes back", async () => {
  await dashboard.makeProject("removed", { widgets: [WIDGET, { event: "like" }] });
  const visitor = { siteKey: "removed", event: "visit", userHash: "ann" };
  await dashboard.app.record(visitor);
  const { page, complaints } = await dashboard.enter(listOf("removed"));
  await page.getByRole("button", { name: "Remove visit" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove this widget?" });
  await dialog.getByText("The days are kept").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect((await projectOf(dashboard, "removed")).widgets).toHaveLength(2);
  await page.getByRole("button", { name: "Remove visit" }).click();
  await dialog.getByRole("button", { name: "Remove widget" }).click();
  await page.getByText("The widget is removed.").first().waitFor();
  expect((await projectOf(dashboard, "removed")).widgets).toMatchObject([{ event: "like" }]);

  await page.getByRole("link", { name: "Add a widget" }).click();
  await page.getByLabel("Event").fill("visit");
  await reviewed(page);
  await save(page);
  await page.getByRole("heading", { name: "visit" }).waitFor();
  const query = new URLSearchParams({ siteKey: "removed", event: "visit", userHash: "ann" });
  expect((await dashboard.app.get(`/v1/state?${query}`)).json.streak.current).toBe(1);
  expect(complaints).toEqual([]);
});

test("who leaves with changes is asked, and may stay", async () => {
  await dashboard.makeProject("leaving", { widgets: [WIDGET] });
  const { page, complaints } = await dashboard.enter(listOf("leaving"));
  await page.getByRole("link", { name: "visit" }).click();
  const event = page.getByLabel("Event");
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await event.fill("another");
  for (const leave of [
    () => page.getByRole("link", { name: "Settings" }).click(),
    () => page.getByRole("navigation", { name: "Way back" }).getByRole("link").click(),
    () => page.evaluate("history.back()"),
  ]) {
    await leave();
    await dialog.getByRole("button", { name: "Stay here" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await event.inputValue()).toBe("another");
  }
  await page.getByRole("link", { name: "Settings" }).click();
  await dialog.getByRole("button", { name: "Leave and lose it" }).click();
  await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  expect((await projectOf(dashboard, "leaving")).widgets).toEqual([WIDGET]);
  expect(complaints).toEqual([]);
});

test("of two people who edit a widget, the later one is told what changed, and puts theirs on top", async () => {
  await dashboard.makeProject("two", { widgets: [WIDGET, { event: "like" }] });
  const { page } = await dashboard.enter(editorOf("two"));
  await page.getByLabel("Message", { exact: true }).fill("Mine");
  await milestone(page, 1).getByLabel("Days").fill("4");
  const theirs = {
    ...WIDGET,
    settings: { theme: { name: "grape" }, position: "bottom-left", mainMessage: "Theirs" },
    milestones: [...WIDGET.milestones, { id: "m30", target: 30, msg: "A month!", rewardType: "message" }],
  };
  await dashboard.app.admin("PATCH", "/admin/projects/two", { widgets: [theirs, { event: "read" }] });
  await reviewed(page);
  await save(page);
  const dialog = page.getByRole("dialog", { name: "Somebody else has changed this project" });
  await dialog.waitFor();
  expect(await linesOf(dialog)).toEqual([
    "Theme: ocean → grape",
    "Message: Day {current}! → Theirs (yours: Mine)",
    "New milestone: nothing → 30 days, “A month!”",
    "The widget for like: there → removed",
    "The widget for read: nothing → there",
  ]);
  expect((await projectOf(dashboard, "two")).widgets[0]).toEqual(theirs);

  await dialog.getByRole("button", { name: "Put mine on top" }).click();
  await page.getByText("Saved.").first().waitFor();
  const [first, second] = (await projectOf(dashboard, "two")).widgets;
  expect(first).toEqual({
    ...theirs,
    settings: { ...theirs.settings, mainMessage: "Mine" },
    milestones: [{ ...WIDGET.milestones[0], target: 4 }, ...theirs.milestones.slice(1)],
  });
  expect(second.event).toBe("read");
  expect(await page.getByRole("radio", { name: "grape" }).isChecked()).toBe(true);
});

test("the later one can also take what the other has saved", async () => {
  await dashboard.makeProject("taken", { widgets: [WIDGET] });
  const { page } = await dashboard.enter(editorOf("taken"));
  await page.getByLabel("Message", { exact: true }).fill("Mine");
  const theirs = { ...WIDGET, settings: { ...WIDGET.settings, mainMessage: "Theirs" } };
  await dashboard.app.admin("PATCH", "/admin/projects/taken", { widgets: [theirs] });
  await reviewed(page);
  await save(page);
  await page.getByRole("button", { name: "Take theirs, drop mine" }).click();
  await expect.poll(() => page.getByLabel("Message", { exact: true }).inputValue()).toBe("Theirs");
  expect((await projectOf(dashboard, "taken")).widgets).toEqual([theirs]);
});

test("a widget that somebody else has removed meanwhile is told of, and can be brought back", async () => {
  await dashboard.makeProject("gone", { widgets: [WIDGET] });
  const { page } = await dashboard.enter(editorOf("gone"));
  await page.getByRole("radio", { name: "mono" }).check();
  await dashboard.app.admin("PATCH", "/admin/projects/gone", { widgets: [] });
  await reviewed(page);
  await save(page);
  const dialog = page.getByRole("dialog", { name: "Somebody else has changed this project" });
  await dialog.waitFor();
  expect(await linesOf(dialog)).toContain("Event: visit → nothing");
  await dialog.getByRole("button", { name: "Put mine on top" }).click();
  await page.getByText("Saved.").first().waitFor();
  expect((await projectOf(dashboard, "gone")).widgets).toMatchObject([
    { event: "visit", settings: { theme: { name: "mono" } } },
  ]);

  await page.getByRole("radio", { name: "rose" }).check();
  await dashboard.app.admin("PATCH", "/admin/projects/gone", { widgets: [] });
  await reviewed(page);
  await save(page);
  await dialog.getByRole("button", { name: "Take theirs, drop mine" }).click();
  await page.getByText("Add your first widget").waitFor();
});
