import { paths } from "../../routes.ts";

/** The path of the editor of a widget. */
export function widgetPath(siteKey: string, event: string): string {
  return `${paths.project(siteKey, "widgets")}?${new URLSearchParams({ event })}`;
}

/** The path of the editor of a new widget, which begins with this event; none when it is empty. */
export function newWidgetPath(siteKey: string, event = ""): string {
  return `${paths.project(siteKey, "widgets")}?${new URLSearchParams({ new: event })}`;
}
