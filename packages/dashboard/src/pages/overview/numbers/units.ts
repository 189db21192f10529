import { type Project, StreakMode, type Widget } from "#gen/streak/v1/project_pb.ts";
import { Counts } from "#gen/streak/v1/rules_pb.ts";
import { formatNumber } from "../../../format.ts";
import { cadenceName, cadenceWords } from "../../../rules/cadences.ts";
import { countOf, UNIT_WORDS, type Unit } from "../../../rules/units.ts";
import { rulesOn } from "../../../rules/versions.ts";

/** What the streaks of several widgets count: one unit, or various ones, or unknown ones. */
export type CommonUnit = Unit | "various";

/** What the streaks of an event count by the rules of a day, or those of all events when the event is empty. */
export function commonUnit({ widgets }: Pick<Project, "widgets">, event: string, date: string): CommonUnit {
  const asked = widgets.filter((widget) => event === "" || widget.event === event);
  const units = new Set(asked.map((widget) => unitOfWidget(widget, date)));
  const [unit = "day"] = units;
  return units.size > 1 ? "various" : unit;
}

function unitOfWidget(widget: Widget, date: string): Unit {
  const rules = rulesOn(widget, date);
  if (widget.mode === StreakMode.CUMULATIVE) {
    return rules?.counts === Counts.ACTIONS ? "action" : "day";
  }
  return cadenceWords(cadenceName(rules?.cadence?.kind)).unit;
}

/** The head of a column of numbers, such as `Weeks`. */
export function unitTitle(unit: CommonUnit): string {
  return unit === "various" ? "Length" : UNIT_WORDS[unit];
}

/** A number with its unit, such as `12 weeks`; the number alone where units are various. */
export function lengthInWords(count: number, unit: CommonUnit): string {
  return unit === "various" ? formatNumber(count) : countOf(count, unit);
}

/** In what lengths are given, such as `in weeks`. */
export function inUnit(unit: CommonUnit): string {
  return unit === "various"
    ? "in days, or in weeks, months or actions where a widget’s rules count these"
    : `in ${unit}s`;
}
