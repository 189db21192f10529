import { getVisitorId } from "@streakd/web";
import { StreakWidget } from "./element/element.ts";
import { streakOf } from "./streak.ts";

const script = document.currentScript as HTMLScriptElement;
const { project = "", event = "visit", user = getVisitorId() } = script.dataset;
const base = new URL(script.src).origin;

StreakWidget.base = base;
customElements.define("streak-widget", StreakWidget);
Object.assign(window, {
  streak: (name = event) => streakOf({ base, project, event: name, user }).record(),
});
const widget = document.createElement("streak-widget");
for (const [name, value] of Object.entries({ base, project, event, user, position: "settings" })) {
  widget.setAttribute(name, value);
}
document.body.append(widget);
