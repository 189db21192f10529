import type { Widget } from "#gen/streak/v1/project_pb.ts";
import type { Rules } from "#gen/streak/v1/rules_pb.ts";

/** The fields of a widget that tell its rules. */
export type Versioned = Pick<Widget, "rules" | "rulesFrom" | "earlierRules">;

/** Rules of a widget, with since when they hold. */
export interface Version {
  /** The first day on which they hold; undefined when they hold from the beginning. */
  readonly from?: string | undefined;
  /** Undefined stands for every day. */
  readonly rules?: Rules | undefined;
}

/** Returns all rules that a widget has had or will have, the oldest first. */
export function versionsOf({ rules, rulesFrom, earlierRules }: Versioned): readonly Version[] {
  return [...earlierRules, { from: rulesFrom, rules }];
}

/**
 * Returns the rules of a widget that hold on a day, by the date of their change: a week or month that had begun then
 * goes to its end under older ones.
 *
 * @returns undefined for every day
 */
export function rulesOn(widget: Versioned, date: string): Rules | undefined {
  return versionsOf(widget).findLast(({ from }) => from === undefined || from <= date)?.rules;
}
