import type { DescMessage } from "@bufbuild/protobuf";
import { MilestoneSchema, ThemeSchema, WidgetSchema, WidgetSettingsSchema } from "#gen/streak/v1/project_pb.ts";
import { problemOf } from "../../../errors.ts";
import { formatNumber } from "../../../format.ts";
import { lengthOf, limitsOf } from "../../../limits.ts";
import { rulesProblems } from "../../../rules/problems.ts";
import { UNIT_WORDS, type Unit } from "../../../rules/units.ts";
import { daysOf, rulesOf, unitOf, type WidgetDraft } from "./draft.ts";

/**
 * What is wrong with a form, by the field: `event`, `rules.days` for a field of the rules, or `ms_1.target` for a field
 * of the milestone with this key.
 */
export type Problems = ReadonlyMap<string, string>;

/** The limits of a milestone's target, in days, weeks, months or actions. */
export const TARGET = limitsOf(MilestoneSchema, "target");

/** The most milestones of a widget. */
export const MAX_MILESTONES = limitsOf(WidgetSchema, "milestones").maxItems;

/**
 * Returns what the server would refuse, as far as the form can know.
 *
 * @param before the widget as it is saved; undefined for a new widget
 * @param isPast whether changed rules are to hold from a day that is over
 */
export function problemsOf(
  draft: WidgetDraft,
  before: WidgetDraft | undefined,
  otherEvents: readonly string[],
  isPast: boolean,
): Problems {
  const { event, theme, position, mainMessage, milestones } = draft;
  const problems = new Map<string, string>();
  const add = (field: string, problem: string | undefined) => problem !== undefined && problems.set(field, problem);
  add("event", eventProblem(event.trim(), otherEvents));
  for (const [field, problem] of rulesProblems(rulesOf(draft, before))) {
    add(`rules.${field}`, problem);
  }
  add("rulesFrom", isPast ? "A change can’t hold before today." : undefined);
  add("theme", tooLong(theme, ThemeSchema, "name"));
  add("position", tooLong(position, WidgetSettingsSchema, "position"));
  add("mainMessage", tooLong(mainMessage, WidgetSettingsSchema, "mainMessage"));
  for (const { key, id, target, msg, rewardType } of milestones) {
    const isTwice = milestones.filter((each) => each.id === id).length > 1;
    add(`${key}.id`, isTwice ? `Another milestone has this ID.` : tooLong(id, MilestoneSchema, "id"));
    add(`${key}.id`, id.trim() === "" ? "Give it an ID." : undefined);
    add(`${key}.target`, targetProblem(target, unitOf(draft)));
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

function targetProblem(target: string, unit: Unit): string | undefined {
  const days = daysOf(target);
  return days === undefined || days < TARGET.minimum || days > TARGET.maximum
    ? `${UNIT_WORDS[unit]} are a whole number from ${formatNumber(TARGET.minimum)} to ${formatNumber(TARGET.maximum)}.`
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

/** The fields of the form, but those of milestones, by their names in the contract. */
const FIELDS: Readonly<Record<string, string>> = {
  event: "event",
  rulesFrom: "rulesFrom",
  rules: "rules.kind",
  "rules.cadence": "rules.kind",
  "rules.cadence.kind": "rules.kind",
  "rules.cadence.days": "rules.days",
  "rules.cadence.of": "rules.of",
  "rules.cadence.weekdays": "rules.weekdays",
  "rules.cadence.weekStart": "rules.weekStart",
  "rules.freezes": "rules.earnEvery",
  "rules.freezes.earnEvery": "rules.earnEvery",
  "rules.freezes.maxEarned": "rules.maxEarned",
  "rules.freezes.maxInARow": "rules.maxInARow",
  "rules.repairs": "rules.repairWithin",
  "rules.repairs.withinDays": "rules.repairWithin",
  "rules.repairs.onceInDays": "rules.repairOnceIn",
  "rules.repairs.price": "rules.repairPrice",
  "rules.repairs.days": "rules.repairDays",
  "rules.dayStart": "rules.dayStart",
  "rules.graceMinutes": "rules.graceMinutes",
  "rules.counts": "rules.counts",
  "rules.daysOff": "rules.offWeekdays",
  "rules.daysOff.weekdays": "rules.offWeekdays",
  "rules.daysOff.dates": "rules.offDates",
  "rules.daysOff.holidays": "rules.holidays",
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
  // An item of a list, such as `rules.daysOff.dates[3]`, is shown at the list.
  const name = key === undefined ? FIELDS[path.replace(/\[\d+\]$/, "")] : `${key}.${part}`;
  return new Map(name === undefined ? [] : [[name, message]]);
}
