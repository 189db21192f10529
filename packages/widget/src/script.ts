import { StreakWidget } from "./element/element.ts";
import { addTag } from "./page.ts";
import { readTag } from "./tag.ts";
import { warn } from "./warn.ts";

try {
  const tag = readTag();
  if (customElements.get("streak-widget") === undefined) {
    StreakWidget.base = tag?.given.get("base") ?? "";
    customElements.define("streak-widget", StreakWidget);
  }
  addTag(tag);
} catch (error) {
  warn(error);
}
