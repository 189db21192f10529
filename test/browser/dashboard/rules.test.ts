import type { Page, Route } from "playwright-core";
import { expect, test } from "vitest";
import { expectAccessible } from "../axe.ts";
import { dayOf, editorsOf, outcomeOf, rulesCard, shownOutcome, trial } from "./rules-support.ts";
import { NOW, textOf, useUsersPages } from "./users-support.ts";
import { editorOf, linesOf, listOf, milestone, projectOf, review, reviewed, save, WIDGET } from "./widgets-support.ts";

/** How long a test that looks at many states may take, in milliseconds. */
const TIMEOUT_MS = 240_000;

/** The Friday on which the tests take place. */
const TODAY = "2024-03-15";

const THREE_A_WEEK = { cadence: { kind: "days_a_week", days: 3 } };

const pages = useUsersPages();
const { openEditor, makeProject, widgetOf } = editorsOf(pages);

async function changeWidget(siteKey: string, widget: Record<string, unknown>): Promise<void> {
  const widgets = [{ ...WIDGET, ...widget }];
  expect((await pages.app.admin("PATCH", `/admin/projects/${siteKey}`, { widgets })).status).toBe(200);
}

test("rules are chosen in plain words, and reviewed with the day from which they hold", async () => {
  const { page, complaints } = await openEditor("chosen", { rules: THREE_A_WEEK });
  const card = rulesCard(page);
  await card.getByLabel("Days a week").fill("5");
  await card.getByLabel("Weeks begin on").selectOption("Sunday");
  await card.getByRole("switch", { name: "Never miss twice" }).click();
  await card.getByText("Days off", { exact: true }).click();
  await card.getByRole("group", { name: "Weekdays off" }).getByRole("checkbox", { name: "Saturday" }).check();
  await card.getByLabel("Dates off").fill("2024-12-31\n");
  await card.getByLabel("Pick a date").fill("2024-12-24");
  await card.getByRole("button", { name: "Add" }).click();
  expect(await card.getByLabel("Dates off").inputValue()).toBe("2024-12-24\n2024-12-31");
  await card.getByText("2 dates, the next one Mar 29, 2024").waitFor();
  await card.getByRole("checkbox", { name: "Bavaria" }).check();
  const from = card.getByLabel("The changed rules hold from");
  expect(await from.inputValue()).toBe("2024-03-16");
  await from.fill("2024-04-01");
  expect(await reviewed(page)).toEqual([
    "How often: 3 days a week → 5 days a week, weeks begin on Sunday, from Apr 1, 2024",
    "Never miss twice: nothing → on, from Apr 1, 2024",
    "Weekdays off: nothing → Saturday, from Apr 1, 2024",
    "Holidays off: nothing → Bavaria, from Apr 1, 2024",
    "Dates off: nothing → Dec 24, 2024, Dec 31, 2024, from Apr 1, 2024",
  ]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect(await widgetOf("chosen")).toMatchObject({
    rules: {
      cadence: { kind: "days_a_week", days: 5, weekStart: "sunday" },
      neverMissTwice: true,
      daysOff: { weekdays: ["saturday"], dates: ["2024-12-24", "2024-12-31"], holidays: ["Bavaria"] },
    },
    rulesFrom: "2024-04-01",
    earlierRules: [{ rules: THREE_A_WEEK }],
  });
  await card.getByText("The saved rules will hold from Apr 1, 2024.").waitFor();
  expect(await textOf(card.getByRole("listitem").filter({ hasText: "Until" }))).toBe(
    "Until Mar 31, 2024 3 days a week",
  );
  expect(await review(page).isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test("when a day begins is chosen as a time, of a cumulative widget too", async () => {
  const { page, complaints } = await openEditor("night");
  const card = rulesCard(page);
  const start = card.getByLabel("The day begins at");
  expect(await start.inputValue()).toBe("00:00");
  await start.fill("06:01");
  await card.getByRole("alert").getByText("A time from 00:00 to 06:00.").waitFor();
  expect(await review(page).isDisabled()).toBe(true);
  await start.fill("04:00");
  expect(await reviewed(page)).toEqual(["The day begins at: 00:00 → 04:00, from Mar 16, 2024"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("night")).rules).toMatchObject({ dayStart: "04:00" });
  await card.getByText("Every day, the day begins at 04:00").waitFor();

  await makeProject("total", { mode: "cumulative" });
  await page.goto(editorOf("total"));
  await start.fill("02:30");
  expect(await reviewed(page)).toEqual(["The day begins at: 00:00 → 02:30, from Mar 16, 2024"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("total")).rules).toMatchObject({ dayStart: "02:30" });
  expect(complaints).toEqual([]);
});

test("freezes are chosen with their limits in sight, tried on a history, reviewed and saved", async () => {
  const { page, complaints } = await openEditor("freezes");
  const card = rulesCard(page);
  expect(await card.getByLabel("Earned at most").count()).toBe(0);
  await card.getByRole("switch", { name: "Freezes" }).click();
  for (const [field, hint, wrong, told, right] of [
    ["Days per freeze", "1 to 366 to earn one. Empty: none is earned.", "0", "A whole number from 1 to 366.", "14"],
    ["Earned at most", "1 to 30 at a time.", "31", "A whole number from 1 to 30.", "1"],
    [
      "Covered in a row",
      "1 to 30 days. Empty: as many as there are freezes.",
      "x",
      "A whole number from 1 to 30.",
      "1",
    ],
  ] as const) {
    await card.getByText(hint, { exact: true }).waitFor();
    await card.getByLabel(field).fill(wrong);
    await card.getByRole("alert").getByText(told).waitFor();
    expect(await card.getByLabel(field).getAttribute("aria-invalid")).toBe("true");
    expect([field, await review(page).isDisabled()]).toEqual([field, true]);
    await card.getByLabel(field).fill(right);
    await expect.poll(() => review(page).isDisabled()).toBe(false);
  }
  // Two days in a row were missed, so the freeze came back, and covers the single miss of last week.
  await expect
    .poll(() => outcomeOf(page))
    .toBe("Current streak 15 days Best streak 22 days Freezes left 0 none used this week Today is done");
  expect(await textOf(dayOf(page, "2024-03-06"))).toContain("missed, and covered by a freeze");
  expect(await textOf(dayOf(page, "2024-02-27"))).toContain(": missed");
  expect(await textOf(trial(page).getByRole("list", { name: "Legend" }))).toBe("Done Missed Frozen Not over");
  await card.getByRole("switch", { name: "Covered days count" }).click();
  await expect.poll(() => outcomeOf(page)).toContain("Current streak 16 days");
  await card.getByLabel("Days per freeze").fill("");
  await trial(page).getByText("In this history, no freezes are granted").waitFor();
  expect(await card.getByLabel("Earned at most").isDisabled()).toBe(true);
  await card.getByLabel("Days per freeze").fill("14");
  const words = "one freeze earned every 14 days, at most 1, at most 1 day covered in a row, covered days count";
  expect(await reviewed(page)).toEqual([`Freezes: nothing → ${words}, from Mar 16, 2024`]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("freezes")).rules).toMatchObject({
    freezes: { earnEvery: 14, maxEarned: 1, maxInARow: 1, lengthenRun: true },
  });
  await card.getByText(`Every day, ${words}`).waitFor();

  await page.reload();
  expect(await card.getByLabel("Earned at most").inputValue()).toBe("1");
  await card.getByRole("switch", { name: "Never miss twice" }).click();
  await card.getByText("Can’t be had together with “Never miss twice”.").waitFor();
  expect(await card.getByRole("switch", { name: "Covered days count" }).isDisabled()).toBe(true);
  await card.getByRole("switch", { name: "Never miss twice" }).click();
  await card.getByRole("switch", { name: "Freezes" }).click();
  expect(await reviewed(page)).toEqual([`Freezes: ${words} → nothing, from Mar 16, 2024`]);
  expect(complaints).toEqual([]);
});

test("freezes are in the unit of the cadence, and can't be had where the cadence has gaps by itself", async () => {
  const { page } = await openEditor("frozenweeks", { rules: { ...THREE_A_WEEK, freezes: {} } });
  const card = rulesCard(page);
  expect(await card.getByLabel("Weeks per freeze").inputValue()).toBe("");
  await card.getByText("A freeze covers a missed week by itself").waitFor();
  await card.getByLabel("Weeks per freeze").fill("1");
  await card.getByLabel("Days a week").fill("7");
  // Three weeks earn two freezes, which cover the two weeks after them.
  await expect.poll(() => outcomeOf(page)).toContain("Freezes left 0");
  expect(await textOf(trial(page).getByRole("grid"))).toContain("Frozen 5 of 7");
  await card.getByLabel("How often").selectOption("n days a month");
  await card.getByLabel("Months per freeze").waitFor();
  for (const cadence of ["Every n days", "n in any m days"]) {
    await card.getByLabel("How often").selectOption(cadence);
    await card.getByText("Can’t be had with this cadence: it has gaps by itself.").waitFor();
    expect(await card.getByRole("switch", { name: "Freezes" }).isDisabled()).toBe(true);
    expect(await card.getByLabel("Earned at most").count()).toBe(0);
  }
  expect(await reviewed(page)).toContain("Freezes: freezes that are granted → nothing, from Mar 16, 2024");
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("frozenweeks")).rules).not.toHaveProperty("freezes");
});

test("each cadence has its own fields, with their limits where one types", async () => {
  const { page } = await openEditor("limits");
  const card = rulesCard(page);
  const howOften = card.getByLabel("How often");
  await howOften.waitFor();
  expect(await howOften.locator("option").allTextContents()).toEqual([
    ...["Every day", "Chosen weekdays", "n days a week", "n days a month", "Every n days", "n in any m days"],
  ]);
  for (const [cadence, field, limits, wrong, right] of [
    ["n days a week", "Days a week", "1 to 7", "8", "7"],
    ["n days a month", "Days a month", "1 to 28", "29", "28"],
    ["Every n days", "Once in so many days", "2 to 90", "1", "90"],
    ["n in any m days", "Done days", "1 to 90", "1.5", "5"],
    ["n in any m days", "In any so many days", "5 to 90", "4", "5"],
  ] as const) {
    await howOften.selectOption(cadence);
    await card.getByText(limits, { exact: true }).first().waitFor();
    await card.getByLabel(field).fill(wrong);
    await card.getByRole("alert").getByText(`A whole number from ${limits}.`).waitFor();
    expect(await card.getByLabel(field).getAttribute("aria-invalid")).toBe("true");
    expect([wrong, await review(page).isDisabled()]).toEqual([wrong, true]);
    await card.getByLabel(field).fill(right);
    await expect.poll(() => review(page).isDisabled()).toBe(false);
  }
  expect(await card.getByRole("switch", { name: "Never miss twice" }).isDisabled()).toBe(true);
});

test("weekdays and dates that can't be are told where one chooses and types them", async () => {
  const { page } = await openEditor("choices");
  const card = rulesCard(page);
  await card.getByLabel("How often").selectOption("Chosen weekdays");
  const needed = card.getByRole("group", { name: "Needed weekdays" });
  for (const name of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
    await needed.getByRole("checkbox", { name }).uncheck();
  }
  await needed.getByText("Choose at least one weekday.").waitFor();
  await needed.getByRole("checkbox", { name: "Sunday" }).check();
  await card.getByText("Days off", { exact: true }).click();
  await card.getByRole("group", { name: "Weekdays off" }).getByRole("checkbox", { name: "Sunday" }).check();
  await card.getByText("One weekday that is needed has to be left.").waitFor();
  await card.getByRole("group", { name: "Weekdays off" }).getByRole("checkbox", { name: "Sunday" }).uncheck();
  for (const [dates, told] of [
    ["25.12.2024", "“25.12.2024” is no date such as 2026-12-25."],
    ["2024-12-25 2024-12-25", "2024-12-25 is there twice."],
  ] as const) {
    await card.getByLabel("Dates off").fill(dates);
    await card.getByRole("alert").getByText(told).waitFor();
    expect(await review(page).isDisabled()).toBe(true);
  }
  await card.getByLabel("Dates off").fill("2024-12-25, 2024-12-26");
  await card.getByText("2 dates of at most 400.").waitFor();
  expect(await reviewed(page)).toEqual([
    "How often: Every day → Sunday, from Mar 16, 2024",
    "Dates off: nothing → Dec 25, 2024, Dec 26, 2024, from Mar 16, 2024",
  ]);
});

test("what only the server refuses is shown at its field", async () => {
  await makeProject("refused");
  // The browser's clock is late by two days, so it takes a day that is over for tomorrow.
  const { page } = await pages.open(editorOf("refused"), { now: NOW - 2 * 86_400_000 });
  const card = rulesCard(page);
  await card.getByLabel("How often").selectOption("n days a week");
  await reviewed(page);
  await save(page);
  await card.getByRole("alert").waitFor();
  const from = card.getByLabel("The changed rules hold from");
  expect(await from.getAttribute("aria-invalid")).toBe("true");
  expect(await widgetOf("refused")).not.toHaveProperty("rules");
  await from.fill("2024-03-20");
  await reviewed(page);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect(await widgetOf("refused")).toMatchObject({ rulesFrom: "2024-03-20" });
});

test("a list of holidays that somebody else has removed meanwhile is refused at its field", async () => {
  const { page } = await openEditor("lost");
  const card = rulesCard(page);
  await card.getByText("Days off", { exact: true }).click();
  await card.getByRole("checkbox", { name: "Bavaria" }).check();
  await pages.app.admin("PATCH", "/admin/projects/lost", { holidays: [] });
  await reviewed(page);
  await save(page);
  await page.getByRole("button", { name: "Put mine on top" }).click();
  await card.getByRole("alert").filter({ hasText: "Bavaria" }).waitFor();
});

test("rules of a new widget hold from the beginning, and its milestones are in their unit", async () => {
  await makeProject("new");
  const { page } = await pages.open(`${listOf("new")}?new=run`);
  await rulesCard(page).getByLabel("How often").selectOption("n days a month");
  expect(await rulesCard(page).getByLabel("The changed rules hold from").count()).toBe(0);
  await page.getByRole("button", { name: "Add a milestone" }).click();
  await milestone(page, 1).getByLabel("Months").fill("12");
  const lines = await reviewed(page);
  expect(lines).toContain("How often: nothing → 3 days a month");
  expect(lines).toContain("New milestone: nothing → 12 months, without a message");
  await save(page);
  await page.getByRole("heading", { name: "run" }).waitFor();
  const { widgets } = await projectOf(pages, "new");
  expect(widgets[1].rules).toMatchObject({ cadence: { kind: "days_a_month", days: 3 } });
  expect(widgets[1]).not.toHaveProperty("rulesFrom");
  expect(widgets[0]).not.toHaveProperty("rules");
  await page.getByRole("link", { name: "Widgets" }).first().click();
  await page.getByRole("row", { name: /run/ }).getByText("3 days a month").waitFor();
});

test("a change of the unit is warned of, since milestones are then in another one", async () => {
  const { page } = await openEditor("units");
  await rulesCard(page).getByLabel("How often").selectOption("n days a week");
  await reviewed(page);
  await page.getByText("The numbers of the milestones were days, and are weeks after the change.").waitFor();
});

test("a cumulative widget has two rules, and keeps the others that it has", async () => {
  const { page } = await openEditor("cumulative", { rules: THREE_A_WEEK });
  await page.getByRole("radio", { name: "Cumulative" }).check();
  await rulesCard(page).getByText("Other rules that are saved are kept.").waitFor();
  await trial(page).getByText("Every done day counts, so there is nothing to try.").waitFor();
  expect(await rulesCard(page).getByLabel("How often").count()).toBe(0);
  expect(await reviewed(page)).toEqual(["Counting: Continuous → Cumulative"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect(await widgetOf("cumulative")).toMatchObject({ mode: "cumulative", rules: THREE_A_WEEK });
});

test("a cumulative widget counts days or actions, which a continuous one can't", async () => {
  const { page, complaints } = await openEditor("likes", { mode: "cumulative" });
  const card = rulesCard(page);
  expect(await card.getByRole("radio", { name: "Days" }).isChecked()).toBe(true);
  await card.getByRole("radio", { name: "Actions" }).check();
  await trial(page).getByText("Every action counts, so there is nothing to try.").waitFor();
  await page.getByRole("region", { name: "Preview", exact: true }).getByText("5×").first().waitFor();
  expect(await reviewed(page)).toContain("Counts: days → actions, from Mar 16, 2024");
  await page.getByText("The numbers of the milestones were days, and are actions after the change.").waitFor();
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect(await widgetOf("likes")).toMatchObject({ rules: { counts: "actions" }, rulesFrom: "2024-03-16" });
  await card.getByText("Every action counts").waitFor();

  // It becomes continuous: the form stays valid, and nothing of it is refused.
  await page.getByRole("radio", { name: "Continuous" }).check();
  expect(await reviewed(page)).toEqual([
    "Counting: Cumulative → Continuous",
    "Counts: actions → days, from Mar 16, 2024",
  ]);
  await save(page);
  // Not "Saved.": that of the first save may still be there, or be gone.
  await expect.poll(async () => (await widgetOf("likes")).mode).toBe("continuous");
  expect((await widgetOf("likes")).rules.counts).toBeUndefined();
  expect(complaints).toEqual([]);
});

test("a change that is still to come is replaced by another one for its day, and earlier versions stay", async () => {
  await makeProject("planned", { rules: THREE_A_WEEK });
  await changeWidget("planned", { rules: { cadence: { kind: "every_day" } }, rulesFrom: "2024-05-01" });
  const { page } = await pages.open(editorOf("planned"));
  const card = rulesCard(page);
  await card.getByText("The saved rules will hold from May 1, 2024.").waitFor();
  await card.getByLabel("How often").selectOption("Every n days");
  expect(await card.getByLabel("The changed rules hold from").inputValue()).toBe("2024-05-01");
  expect(await reviewed(page)).toEqual(["How often: Every day → Every 3 days, from May 1, 2024"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  const { earlierRules, rules, rulesFrom } = await widgetOf("planned");
  expect([earlierRules.length, rules.cadence.kind, rulesFrom]).toEqual([1, "every_n_days", "2024-05-01"]);
});

test("of two people who change the rules, the later one puts theirs on top", async () => {
  const { page } = await openEditor("two", { rules: THREE_A_WEEK });
  await rulesCard(page).getByLabel("Days a week").fill("5");
  await changeWidget("two", { rules: { ...THREE_A_WEEK, neverMissTwice: true }, rulesFrom: "2024-03-20" });
  await reviewed(page);
  await save(page);
  const dialog = page.getByRole("dialog", { name: "Somebody else has changed this project" });
  await dialog.waitFor();
  expect(await linesOf(dialog)).toEqual(["Never miss twice: nothing → on, from Mar 20, 2024"]);
  await dialog.getByRole("button", { name: "Put mine on top" }).click();
  await page.getByText("Saved.").first().waitFor();
  expect(await widgetOf("two")).toMatchObject({ rules: { cadence: { days: 5 }, neverMissTwice: false } });
});

test("the rules in the form are tried on a history, before they are saved", async () => {
  const { page, complaints } = await openEditor("tried");
  await trial(page).getByText("as they are saved").waitFor();
  await trial(page).getByRole("radio", { name: "Every day" }).check();
  expect(await outcomeOf(page)).toMatch(/^Current streak 40 days Best streak 40 days Today is done$/);
  await rulesCard(page).getByLabel("How often").selectOption("n days a week");
  await trial(page).getByText("which are not saved yet").waitFor();
  await trial(page).getByText("3 days a week", { exact: true }).waitFor();
  expect(await outcomeOf(page)).toBe("Current streak 6 weeks Best streak 6 weeks This week is kept");
  await trial(page).getByRole("radio", { name: "With a gap" }).check();
  await rulesCard(page).getByLabel("Days a week").fill("6");
  expect(await outcomeOf(page)).toContain("Current streak 2 weeks Best streak 3 weeks Pending: 5 of 6 days");
  await rulesCard(page).getByLabel("Days a week").fill("");
  await trial(page).getByText("Once the rules are whole, they are tried here.").waitFor();
  await rulesCard(page).getByLabel("How often").selectOption("Every day");
  await trial(page).getByRole("radio", { name: "Every day" }).check();
  expect(await outcomeOf(page)).toContain("Current streak 40 days");
  expect((await widgetOf("tried")).rules).toBeUndefined();
  expect(complaints).toEqual([]);
});

test("the days of the history are done and undone by mouse and by keyboard", async () => {
  const { page } = await openEditor("toggled");
  await trial(page).getByRole("radio", { name: "Every day" }).check();
  expect(await outcomeOf(page)).toContain("Current streak 40 days");
  await dayOf(page, "2024-03-10").click();
  expect(await outcomeOf(page)).toContain("Current streak 5 days Best streak 34 days");
  await trial(page).getByRole("button", { name: "Sunday, March 10, 2024: missed" }).waitFor();
  expect(await trial(page).getByRole("radio", { name: "Every day" }).isChecked()).toBe(false);
  // Below it is a day to come, to which no key leads.
  for (const key of ["ArrowUp", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "Space"]) {
    await page.keyboard.press(key);
  }
  expect(await dayOf(page, "2024-03-13").getAttribute("aria-pressed")).toBe("false");
  expect(await outcomeOf(page)).toContain("Current streak 2 days Best streak 34 days");
  await page.keyboard.press("Space");
  await page.keyboard.press("End");
  await page.keyboard.press("Space");
  expect(await outcomeOf(page)).toBe("Current streak 4 days Best streak 34 days Pending: waits for today");
  // Enter toggles too, and does not send the form.
  await page.keyboard.press("Enter");
  expect(await outcomeOf(page)).toContain("Today is done");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(
    await trial(page)
      .getByRole("button", { name: /March 17/ })
      .isDisabled(),
  ).toBe(true);
});

test("the last outcome stays while the next one is on its way, and a call that is no longer wanted is given up", async () => {
  const { page } = await openEditor("slow");
  await trial(page).getByRole("radio", { name: "Every day" }).check();
  const before = await outcomeOf(page);
  const held: Route[] = [];
  const failed: string[] = [];
  page.on("requestfailed", (request) => request.url().includes("PreviewRules") && failed.push(request.url()));
  await page.route("**/streak.v1.RulesService/PreviewRules", (route) => void held.push(route));
  await dayOf(page, "2024-03-10").click();
  await expect.poll(() => held.length).toBe(1);
  expect(await shownOutcome(page)).toBe(before);
  await dayOf(page, "2024-03-11").click();
  await expect.poll(() => held.length).toBe(2);
  await expect.poll(() => failed.length).toBe(1);
  await held[1]?.continue();
  expect(await outcomeOf(page)).toContain("Current streak 4 days");
});

test("what the server says of rules that can't be tried is shown, and the last outcome stays", async () => {
  const { page } = await openEditor("failing");
  const before = await outcomeOf(page);
  await page.route("**/streak.v1.RulesService/PreviewRules", (route) =>
    route.fulfill({ status: 400, json: { code: "invalid_argument", message: "Not today." } }),
  );
  await dayOf(page, "2024-03-10").click();
  await trial(page).getByRole("alert").getByText("Not today.").waitFor();
  expect(await shownOutcome(page)).toBe(before);
});

test("a change is tried as it will be: streaks go on over it and keep their numbers", async () => {
  const { page } = await openEditor("changed");
  await rulesCard(page).getByLabel("How often").selectOption("n days a week");
  await trial(page).getByRole("radio", { name: "From Mar 16, 2024" }).check();
  await trial(page).getByRole("radio", { name: "Every day" }).check();
  // Days before the change, then weeks: in the history, today is 20 days after it.
  const outcome = await outcomeOf(page);
  const [, current] = /Current streak (\d+) weeks/.exec(outcome) ?? [];
  expect(Number(current)).toBeGreaterThan(15);
  expect(Number(current)).toBeLessThan(30);
  await dayOf(page, "2024-04-05").waitFor();
});

test("lists of holidays are added, pasted and removed, but for those that rules use", async () => {
  await makeProject("lists", { rules: { daysOff: { holidays: ["Bavaria"] } } });
  const { page, complaints } = await pages.open("/dashboard/p/lists/settings?tab=holidays");
  const bavaria = page.getByRole("group", { name: "Bavaria" });
  expect(await bavaria.getByLabel("Name").isDisabled()).toBe(true);
  expect(await bavaria.getByRole("button", { name: "Remove the list" }).isDisabled()).toBe(true);
  await bavaria.getByText("In the rules of visit, so it keeps its name.").waitFor();
  await bavaria.getByLabel("Dates", { exact: true }).fill("2024-03-29 2024-04-01 2024-01-06");
  await bavaria.getByRole("alert").getByText("Jan 6, 2024 is over").waitFor();
  await bavaria.getByLabel("Dates", { exact: true }).fill("2024-03-29 2024-04-01 2024-05-01");
  await page.getByRole("button", { name: "Add a list" }).click();
  // What is added has the focus.
  await page.keyboard.type("Company");
  const company = page.getByRole("group", { name: "Company" });
  await company.getByLabel("Dates", { exact: true }).fill("2024-12-24\n2024-12-31\n2024-12-23");
  await company.getByLabel("Pick a date").fill("2024-01-02");
  await company.getByRole("button", { name: "Add" }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Saved.").first().waitFor();
  expect((await projectOf(pages, "lists")).holidays).toEqual([
    { name: "Bavaria", dates: ["2024-03-29", "2024-04-01", "2024-05-01"] },
    { name: "Company", dates: ["2024-01-02", "2024-12-23", "2024-12-24", "2024-12-31"] },
  ]);
  await company.getByLabel("Name").fill("Bavaria");
  await page.getByText("Another list has this name.").first().waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await company.getByRole("button", { name: "Remove the list" }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await projectOf(pages, "lists")).holidays.length).toBe(1);
  expect(complaints).toEqual([]);
});

test("what only the server refuses of a list is shown at its field", async () => {
  await makeProject("listed");
  const { page } = await pages.open("/dashboard/p/listed/settings?tab=holidays");
  const bavaria = page.getByRole("group", { name: "Bavaria" });
  await bavaria.getByLabel("Name").fill("Bava\u0007ria");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("group", { name: /^Bava/ }).getByRole("alert").waitFor();
  // A widget has come to use it meanwhile, so a day that is over can't become a day off.
  await page.getByRole("group", { name: /^Bava/ }).getByLabel("Name").fill("Bavaria");
  await bavaria.getByLabel("Dates", { exact: true }).fill("2024-01-06 2024-03-29 2024-04-01");
  await changeWidget("listed", { rules: { daysOff: { holidays: ["Bavaria"] } } });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("button", { name: /Save mine too/ }).click();
  await bavaria.getByRole("alert").waitFor();
});

/** Opens what is folded away, and breaks what can be broken. */
async function makeWrong(page: Page): Promise<void> {
  const card = rulesCard(page);
  await card.getByLabel("How often").selectOption("n in any m days");
  await card.getByLabel("Done days").fill("x");
  await card.getByText("Days off", { exact: true }).click();
  await card.getByLabel("Dates off").fill("x");
}

test("axe finds nothing in the rules and their history", { timeout: TIMEOUT_MS }, async () => {
  await makeProject("axe", { rules: THREE_A_WEEK });
  await changeWidget("axe", { rules: { ...THREE_A_WEEK, neverMissTwice: true }, rulesFrom: "2024-05-01" });
  const { page } = await pages.open(editorOf("axe"));
  await outcomeOf(page);
  await expectAccessible(page);
  await rulesCard(page).getByLabel("How often").selectOption("Chosen weekdays");
  await rulesCard(page).getByRole("switch", { name: "Freezes" }).click();
  await trial(page).getByRole("list", { name: "Legend" }).getByText("Frozen").waitFor();
  await dayOf(page, TODAY).focus();
  await outcomeOf(page);
  await expectAccessible(page);
  await makeWrong(page);
  await expectAccessible(page);
});

test("axe finds nothing in the lists of holidays", { timeout: TIMEOUT_MS }, async () => {
  await makeProject("axelists", { rules: { daysOff: { holidays: ["Bavaria"] } } });
  const { page } = await pages.open("/dashboard/p/axelists/settings?tab=holidays");
  await page.getByRole("button", { name: "Add a list" }).click();
  await page.getByRole("group", { name: "New list" }).getByLabel("Dates", { exact: true }).fill("x");
  await expectAccessible(page);
});
