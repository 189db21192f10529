import { expect, test } from "vitest";
import { expectAccessible } from "../axe.ts";
import { dayOf, editorsOf, outcomeOf, rulesCard, trial } from "./rules-support.ts";
import { useUsersPages } from "./users-support.ts";
import { preview, review, reviewed, save } from "./widgets-support.ts";

/** How long a test that looks at many states may take, in milliseconds. */
const TIMEOUT_MS = 240_000;

const pages = useUsersPages();
const { openEditor, widgetOf } = editorsOf(pages);

test("repairs are chosen with their limits in sight, tried on a history, reviewed and saved", async () => {
  const { page, complaints } = await openEditor("repairs");
  const card = rulesCard(page);
  expect(await card.getByLabel("Days after its end").count()).toBe(0);
  await card.getByRole("switch", { name: "Repairs" }).click();
  await card.getByLabel("Price").selectOption("Done days");
  for (const [field, hint, wrong, told, right] of [
    ["Days after its end", "1 to 31: for so long a run can be repaired.", "32", "A whole number from 1 to 31.", "5"],
    ["Once in so many days", "1 to 366. Empty: as often as runs end.", "0", "A whole number from 1 to 366.", "30"],
    // No more than there are in which the run can be repaired.
    ["Days to do first", "1 to 5, after the run has ended.", "6", "A whole number from 1 to 5.", "2"],
  ] as const) {
    await card.getByText(hint, { exact: true }).waitFor();
    await card.getByLabel(field).fill(wrong);
    await card.getByRole("alert").getByText(told).waitFor();
    expect(await card.getByLabel(field).getAttribute("aria-invalid")).toBe("true");
    expect([field, await review(page).isDisabled()]).toEqual([field, true]);
    await card.getByLabel(field).fill(right);
    await expect.poll(() => review(page).isDisabled()).toBe(false);
  }
  // The run ends the day before yesterday, and one day is done since then.
  await dayOf(page, "2024-03-13").click();
  await dayOf(page, "2024-03-15").click();
  await expect
    .poll(() => outcomeOf(page))
    .toMatch(/A repair today makes it 7 days\. Before it, 1 more day has to be done\. .* until Mar 18, 2024\.$/);
  await dayOf(page, "2024-03-15").click();
  await expect.poll(() => outcomeOf(page)).toContain("A repair today makes it 8 days. Its price is paid.");
  const words = "repairs within 5 days, once in 30 days, for 2 done days";
  expect(await reviewed(page)).toEqual([`Repairs: nothing → ${words}, from Mar 16, 2024`]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("repairs")).rules).toMatchObject({
    repairs: { withinDays: 5, onceInDays: 30, price: "days", days: 2 },
  });
  await card.getByText(`Every day, ${words}`).waitFor();

  await page.reload();
  expect(await card.getByLabel("Price").inputValue()).toBe("days");
  await card.getByRole("switch", { name: "Repairs" }).click();
  expect(await reviewed(page)).toEqual([`Repairs: ${words} → nothing, from Mar 16, 2024`]);
  expect(complaints).toEqual([]);
});

test("a repair can cost a freeze only where there are freezes", async () => {
  const { page } = await openEditor("priced", { rules: { repairs: { withinDays: 3 }, freezes: {} } });
  const card = rulesCard(page);
  await card.getByLabel("Price").selectOption("One freeze");
  await expect.poll(() => review(page).isDisabled()).toBe(false);
  await card.getByRole("switch", { name: "Freezes" }).click();
  await card.getByRole("alert").getByText("A repair can cost a freeze only where the rules have freezes.").waitFor();
  expect(await review(page).isDisabled()).toBe(true);
  await card.getByRole("switch", { name: "Freezes" }).click();
  expect(await reviewed(page)).toEqual([
    "Repairs: repairs within 3 days → repairs within 3 days, for one freeze, from Mar 16, 2024",
  ]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("priced")).rules.repairs).toMatchObject({ price: "freeze" });
});

test("repairs can't be had where the cadence has gaps by itself, and leave with it", async () => {
  const { page } = await openEditor("gaps", { rules: { repairs: { withinDays: 3 } } });
  const card = rulesCard(page);
  await card.getByText("A run that a missed day has ended can go on").waitFor();
  await card.getByLabel("How often").selectOption("Every n days");
  expect(await card.getByRole("switch", { name: "Repairs" }).isDisabled()).toBe(true);
  expect(await card.getByLabel("Days after its end").count()).toBe(0);
  expect(await reviewed(page)).toContain("Repairs: repairs within 3 days → nothing, from Mar 16, 2024");
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("gaps")).rules).not.toHaveProperty("repairs");
});

test("the grace is chosen, or typed in minutes, and says until when it lasts", async () => {
  const { page, complaints } = await openEditor("grace");
  const card = rulesCard(page);
  const grace = card.getByLabel("Grace", { exact: true });
  await grace.waitFor();
  expect(await grace.locator("option").allTextContents()).toEqual([
    ...["None", "30 minutes", "1 hour", "2 hours", "3 hours", "6 hours", "So many minutes…"],
  ]);
  await grace.selectOption("2 hours");
  await card.getByText("What is done before 02:00 fills the day before").waitFor();
  await card.getByLabel("The day begins at").fill("04:00");
  await card.getByText("What is done before 06:00 fills the day before").waitFor();
  await trial(page).getByText("nothing is done so late that it falls into the grace").waitFor();
  await grace.selectOption("So many minutes…");
  const minutes = card.getByLabel("Minutes of grace");
  expect(await minutes.inputValue()).toBe("120");
  await minutes.fill("361");
  await card.getByRole("alert").getByText("A whole number from 1 to 360.").waitFor();
  expect(await review(page).isDisabled()).toBe(true);
  await minutes.fill("");
  await card.getByText("1 to 360. Empty: none.").waitFor();
  expect(await reviewed(page)).toEqual(["The day begins at: 00:00 → 04:00, from Mar 16, 2024"]);
  await page.keyboard.press("Escape");
  await minutes.fill("45");
  expect(await reviewed(page)).toEqual([
    "Grace: nothing → 45 minutes of grace, from Mar 16, 2024",
    "The day begins at: 00:00 → 04:00, from Mar 16, 2024",
  ]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("grace")).rules).toMatchObject({ graceMinutes: 45, dayStart: "04:00" });

  await page.reload();
  // A number that is none of the choices is in its field.
  expect(await minutes.inputValue()).toBe("45");
  await grace.selectOption("None");
  expect(await minutes.count()).toBe(0);
  expect(await reviewed(page)).toEqual(["Grace: 45 minutes of grace → nothing, from Mar 16, 2024"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect((await widgetOf("grace")).rules).not.toHaveProperty("graceMinutes");
  expect(complaints).toEqual([]);
});

test("the preview shows a streak that was repaired where it can be, and how long a grace is left", async () => {
  const { page } = await openEditor("repaired");
  const card = rulesCard(page);
  const repaired = preview(page).getByRole("radio", { name: "Repaired" });
  await preview(page).getByRole("radio", { name: "Today pending" }).check();
  expect(await repaired.count()).toBe(0);
  expect(await preview(page).locator(".day.repaired").count()).toBe(0);
  await card.getByRole("switch", { name: "Repairs" }).click();
  await repaired.check();
  await preview(page).locator(".day.repaired").waitFor();
  await card.getByRole("switch", { name: "Repairs" }).click();
  expect(await repaired.count()).toBe(0);
  expect(await preview(page).getByRole("radio", { name: "Some days" }).isChecked()).toBe(true);
  expect(await preview(page).locator(".day.repaired").count()).toBe(0);
  // It is half past nine in the evening.
  await preview(page)
    .getByText(/\b2 (h|hr|hours?)\b/)
    .waitFor();
  await card.getByLabel("Grace", { exact: true }).selectOption("3 hours");
  await preview(page)
    .getByText(/\b5 (h|hr|hours?)\b/)
    .waitFor();
});

test("axe finds nothing in repairs and grace, whole or wrong", { timeout: TIMEOUT_MS }, async () => {
  const rules = { repairs: { withinDays: 3, price: "days", days: 1 }, graceMinutes: 90 };
  const { page } = await openEditor("axe", { rules });
  await outcomeOf(page);
  await dayOf(page, "2024-03-14").click();
  await trial(page).getByText("A repair today makes it").waitFor();
  await expectAccessible(page);
  const card = rulesCard(page);
  await card.getByLabel("Days after its end").fill("x");
  await card.getByLabel("Minutes of grace").fill("x");
  await card.getByLabel("Price").selectOption("One freeze");
  await expectAccessible(page);
});
