import type { DescMessage } from "@bufbuild/protobuf";
import { MilestoneSchema, ThemeSchema, WidgetSchema, WidgetSettingsSchema } from "#gen/streak/v1/project_pb.ts";
import { problemOf } from "../../../errors.ts";
import { formatNumber } from "../../../format.ts";
import { lengthOf, limitsOf } from "../../../limits.ts";
import { daysOf, type WidgetDraft } from "./draft.ts";

/** What is wrong with a form, by the field: `event`, or `ms_1.target` for a field of the milestone with this key. */
export type Problems = ReadonlyMap<string, string>;

/** The limits of a milestone's target, in days. */
export const TARGET = limitsOf(MilestoneSchema, "target");

/** The most milestones of a widget. */
export const MAX_MILESTONES = limitsOf(WidgetSchema, "milestones").maxItems;

/** Returns what the server would refuse, as far as the form can know. */
export function problemsOf(draft: WidgetDraft, otherEvents: readonly string[]): Problems {
  const { event, theme, position, mainMessage, milestones } = draft;
  const problems = new Map<string, string>();
  const add = (field: string, problem: string | undefined) => problem !== undefined && problems.set(field, problem);
  add("event", eventProblem(event.trim(), otherEvents));
  add("theme", tooLong(theme, ThemeSchema, "name"));
  add("position", tooLong(position, WidgetSettingsSchema, "position"));
  add("mainMessage", tooLong(mainMessage, WidgetSettingsSchema, "mainMessage"));
  for (const { key, id, target, msg, rewardType } of milestones) {
    const isTwice = milestones.filter((each) => each.id === id).length > 1;
    add(`${key}.id`, isTwice ? `Another milestone has this ID.` : tooLong(id, MilestoneSchema, "id"));
    add(`${key}.id`, id.trim() === "" ? "Give it an ID." : undefined);
    add(`${key}.target`, targetProblem(target));
    add(`${key}.msg`, tooLong(msg, MilestoneSchema, "msg"));
    add(`${key}.rewardType`, tooLong(rewardType, MilestoneSchema, "rewardType"));
  }
  return problems;
}

function eventProblem(event: string, otherEvents: readonly string[]): string | undefined {
  if (event === "") {
    return "Name the event.";
  }
  return otherEvents.includes(event)
    ? "Another widget counts this event. There can be one for each."
    : tooLong(event, WidgetSchema, "event");
}

function targetProblem(target: string): string | undefined {
  const days = daysOf(target);
  return days === undefined || days < TARGET.minimum || days > TARGET.maximum
    ? `Days are a whole number from ${formatNumber(TARGET.minimum)} to ${formatNumber(TARGET.maximum)}.`
    : undefined;
}

function tooLong<Desc extends DescMessage>(
  text: string,
  message: Desc,
  field: keyof Desc["field"] & string,
): string | undefined {
  const { maxLength } = limitsOf(message, field);
  return lengthOf(text) > maxLength ? `At most ${formatNumber(maxLength)} characters.` : undefined;
}

/** What was sent when the server refused it, so that its error finds the field. */
export interface Sent {
  /** The place of the widget among the project's. */
  readonly index: number;
  /** The keys of the milestones in the order in which they were sent. */
  readonly keys: readonly string[];
}

/** The fields of the settings by their names in the contract. */
const SETTINGS: Readonly<Record<string, string>> = {
  "settings.theme": "theme",
  "settings.theme.name": "theme",
  "settings.position": "position",
  "settings.mainMessage": "mainMessage",
};

/** Returns the server's message by the field that it blames; empty when it blames none of the form. */
export function refusedFields(error: unknown, { index, keys }: Sent): Problems {
  if (error == null) {
    return new Map();
  }
  const { field = "", message } = problemOf(error);
  const prefix = `project.widgets[${index}].`;
  const path = field.startsWith(prefix) ? field.slice(prefix.length) : "";
  const [, place, part] = /^milestones\[(\d+)\]\.(\w+)$/.exec(path) ?? [];
  const key = place === undefined ? undefined : keys[Number(place)];
  const name = key === undefined ? (SETTINGS[path] ?? (path === "event" ? "event" : undefined)) : `${key}.${part}`;
  return new Map(name === undefined ? [] : [[name, message]]);
}
