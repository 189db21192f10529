import { expect, test } from "vitest";
import { expectAccessible } from "../axe.ts";
import { editorsOf } from "./rules-support.ts";
import { useUsersPages } from "./users-support.ts";
import { milestone, reviewed, save, WIDGET } from "./widgets-support.ts";

/** How long a test that looks at a whole page may take, in milliseconds. */
const TIMEOUT_MS = 120_000;

const pages = useUsersPages();
const { openEditor, widgetOf } = editorsOf(pages);

test("for what a milestone is awarded is chosen in words, reviewed and saved", async () => {
  const { page, complaints } = await openEditor("awards");
  const first = milestone(page, 1);
  await first.getByText("ID, reward and award").click();
  const awarded = first.getByLabel("Awarded");
  expect(await awarded.locator("option").allTextContents()).toEqual([
    ...["Not awarded", "Once in each run", "Once for each user"],
  ]);
  expect(await first.getByRole("switch").count()).toBe(0);
  await awarded.selectOption("Once in each run");
  await first.getByText("A run that ends loses it").waitFor();
  await first.getByRole("switch", { name: "Again at each multiple" }).click();
  await first.getByText("At 3, 6, 9 days, and so on.").waitFor();
  await milestone(page, 2).getByText("ID, reward and award").click();
  await milestone(page, 2).getByLabel("Awarded").selectOption("Once for each user");
  expect(await reviewed(page)).toEqual([
    "Milestone of 3 days: awarded: not → once in each run, and again at each multiple",
    "Milestone of 7 days: awarded: not → once for each user",
  ]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  const [three, seven] = WIDGET.milestones;
  expect((await widgetOf("awards")).milestones).toEqual([
    { ...three, scope: "run", repeats: true },
    { ...seven, scope: "ever" },
  ]);

  await page.reload();
  await first.getByText("ID, reward and award: awarded once in each run").click();
  expect(await first.getByRole("switch", { name: "Again at each multiple" }).isChecked()).toBe(true);
  await awarded.selectOption("Not awarded");
  expect(await reviewed(page)).toEqual([
    "Milestone of 3 days: awarded: once in each run, and again at each multiple → not",
  ]);
  await save(page);
  await expect.poll(async () => (await widgetOf("awards")).milestones[0]).toEqual(three);
  expect(complaints).toEqual([]);
});

test("what is changed of a widget leaves the awards of its milestones as they are", async () => {
  const [three, seven] = WIDGET.milestones;
  const milestones = [{ ...three, scope: "ever", repeats: true }, seven];
  const { page } = await openEditor("kept", { milestones });
  await milestone(page, 1).getByLabel("Days").fill("4");
  expect(await reviewed(page)).toEqual(["Milestone of 3 days: number: 3 → 4"]);
  await save(page);
  await expect
    .poll(async () => (await widgetOf("kept")).milestones)
    .toEqual([{ ...three, target: 4, scope: "ever", repeats: true }, seven]);
});

test("axe finds nothing in the award of a milestone", { timeout: TIMEOUT_MS }, async () => {
  const [three, seven] = WIDGET.milestones;
  const { page } = await openEditor("axe", { milestones: [{ ...three, scope: "run", repeats: true }, seven] });
  await milestone(page, 1).getByText("ID, reward and award: awarded once in each run").click();
  await milestone(page, 1).getByRole("switch", { name: "Again at each multiple" }).waitFor();
  await expectAccessible(page);
});
