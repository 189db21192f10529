import { changeVersions, firstVersions, type Versions } from "../../domain/change-rules.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import type { Widget } from "../../domain/project.ts";
import { MAX_VERSIONS } from "../../domain/rules.ts";
import { refusal } from "../../errors.ts";
import type { AskedWidget } from "./widget-message.ts";

/**
 * Returns the widgets of a project after an update that asks for these.
 *
 * @param stored the widgets before the update; none for a new project
 * @param today in the project's zone
 * @throws StreakdError INVALID_BODY when the rules of a widget can't be changed so
 */
export function changeWidgets(asked: readonly AskedWidget[], stored: readonly Widget[], today: Day): readonly Widget[] {
  const byEvent = new Map(stored.map((widget) => [widget.event, widget]));
  return asked.map((widget, i) => changeWidget(widget, byEvent.get(widget.event), today, `project.widgets[${i}]`));
}

/**
 * Returns a widget after an update that asks for this.
 *
 * @param stored the widget before the update; undefined for a new one
 * @param today in the project's zone
 * @param at the path of the widget
 * @throws StreakdError INVALID_BODY when its rules can't be changed so
 */
export function changeWidget(asked: AskedWidget, stored: Widget | undefined, today: Day, at: string): Widget {
  const { event, mode, milestones, settings } = asked;
  const versions = stored === undefined ? versionsOfNew(asked, at) : versionsAfter(asked, stored, today, at);
  if (mode === "continuous" && versions?.at(-1)?.counts === "actions") {
    throw asked.rules === undefined
      ? refusal(
          `${at}.mode`,
          'can\'t be continuous while the rules of the widget count actions, and the request leaves them as they are. Send rules, with "counts": "days" or without counts',
        )
      : refusal(
          `${at}.rules.counts`,
          "can be actions only for a widget with the mode cumulative: a run of days has no actions. Leave it out, or choose that mode",
        );
  }
  return { event, rules: { mode, ...(versions && { versions }) }, milestones, settings };
}

function versionsOfNew({ rules: change }: AskedWidget, at: string): Versions {
  if (change?.from !== undefined) {
    throw refusal(
      `${at}.rulesFrom`,
      "means nothing for a new widget, whose rules hold from the beginning. Leave it out",
    );
  }
  return change && firstVersions(change.rules);
}

function versionsAfter({ rules: change }: AskedWidget, { rules }: Widget, today: Day, at: string): Versions {
  if (change === undefined) {
    return rules.versions;
  }
  const versions = changeVersions(rules.versions, change, today);
  if (versions === "past") {
    throw refusal(
      `${at}.rulesFrom`,
      `is over, and a change never rewrites what was. It may be today in the project's time zone, ${isoDate(today)}, or later; without it, the rules hold from tomorrow on`,
    );
  }
  if (versions !== undefined && versions.length > MAX_VERSIONS) {
    throw refusal(
      `${at}.rules`,
      `would be version ${versions.length} of the widget's rules, and ${MAX_VERSIONS} are kept. ${roomFor(rules.versions, today)}`,
    );
  }
  return versions;
}

/** Says how to make room for another version. */
function roomFor(stored: Versions, today: Day): string {
  const from = stored?.at(-1)?.from;
  return from !== undefined && from >= today
    ? `Choose a rulesFrom up to ${isoDate(from)}: the change then takes the place of those that begin later`
    : "Remove the widget and add it again, with rules that hold from the beginning: its days stay";
}
