import { type Day, isoMonth } from "../../domain/day.ts";
import { fieldOf } from "./documents.ts";

/** The months in which actions are, by their events. */
export type ActedMonths = ReadonlyMap<string, ReadonlySet<string>>;

/** Returns the months of the actions among some events. */
export function actedMonths(
  events: readonly { readonly event: string; readonly day: Day; readonly action?: string }[],
): ActedMonths {
  const months = new Map<string, Set<string>>();
  for (const { event, day, action } of events) {
    if (action !== undefined) {
      months.set(event, (months.get(event) ?? new Set()).add(isoMonth(day)));
    }
  }
  return months;
}

/** Returns the fields that a commit of actions takes out of its user's document: see `action-sums.ts`. */
export function staleAfter(acted: ActedMonths): Record<string, ""> {
  const paths = [...acted].flatMap(([event, months]) => [
    markOf(event),
    ...Array.from(months, (month) => sumOf(event, month)),
  ]);
  return Object.fromEntries(paths.map((path) => [path, ""]));
}

/** Returns the field of a user's document that has the sum of a month. */
export function sumOf(event: string, month: string): string {
  return `${sumsOf(event)}.months.${month}`;
}

/** Returns the field of a user's document that says who counts actions now. */
export function markOf(event: string): string {
  return `${sumsOf(event)}.mark`;
}

/** Returns the field of a user's document that has all sums for an event. */
export function sumsOf(event: string): string {
  return `sums.${fieldOf(event)}`;
}
