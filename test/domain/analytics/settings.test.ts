import { expect, test } from "vitest";
import { countSettingsOf, signatureOf } from "#src/domain/analytics/settings.ts";
import type { Widget } from "#src/domain/project.ts";
import { projectWith } from "./given.ts";

const widget = (event: string, targets: readonly number[], mode: Widget["rules"]["mode"] = "continuous"): Widget => ({
  event,
  rules: { mode },
  milestones: targets.map((target) => ({ id: `m${target}`, target, msg: "", rewardType: "" })),
  settings: { theme: { name: "mono" }, position: "", mainMessage: "" },
});

const signature = (timeZone: string, widgets: readonly Widget[], metaKeys: readonly string[] = []) =>
  signatureOf(countSettingsOf({ ...projectWith(timeZone, widgets), analytics: { keepRepeats: false, metaKeys } }));

const BEFORE = signature("UTC", [widget("a", [3, 7]), widget("b", [5])], ["x", "y"]);

test("nothing is counted again for a change of what is not counted, or of an order", () => {
  const renamed = {
    ...widget("a", [7, 3, 3]),
    settings: { theme: { name: "ocean" }, position: "", mainMessage: "Hi" },
  };
  expect(signature("UTC", [widget("b", [5]), renamed, widget("c", [], "cumulative")], ["y", "x"])).toBe(BEFORE);
});

test.each([
  ["the project's zone", signature("Asia/Tokyo", [widget("a", [3, 7]), widget("b", [5])], ["x", "y"])],
  ["a milestone", signature("UTC", [widget("a", [3, 8]), widget("b", [5])], ["x", "y"])],
  [
    "the mode of a widget with milestones",
    signature("UTC", [widget("a", [3, 7], "cumulative"), widget("b", [5])], ["x", "y"]),
  ],
  ["a widget with milestones", signature("UTC", [widget("a", [3, 7])], ["x", "y"])],
  ["a key of meta", signature("UTC", [widget("a", [3, 7]), widget("b", [5])], ["x"])],
])("all is counted again for a change of %s", (_, after) => {
  expect(after).not.toBe(BEFORE);
});
