import { StreakWidget } from "./element/element.ts";
import { addTags } from "./page.ts";
import { readTags } from "./tag.ts";
import { warn } from "./warn.ts";

try {
  const tags = readTags();
  // There may be none, as in the world of a browser's extension: there the function works without widgets.
  const elements: CustomElementRegistry | null | undefined = window.customElements;
  if (elements?.get("streak-widget") === undefined) {
    StreakWidget.base = tags[0]?.given.get("base") ?? "";
    elements?.define("streak-widget", StreakWidget);
  }
  addTags(tags);
} catch (error) {
  warn(error);
}
