import { type Day, isoMonth } from "../../domain/day.ts";
import { fieldOf } from "./documents.ts";

/** Fields of a user's document to take away. */
export type Fields = Readonly<Record<string, "">>;

/** The field that has all sums of a user. */
export const ALL_SUMS = { sums: "" } as const satisfies Fields;

/**
 * Returns the fields that a commit of these events takes out of its user's document, if there are actions among them:
 * see `action-sums.ts`.
 */
export function staleSums(
  events: readonly { readonly event: string; readonly day: Day; readonly action?: string }[],
): Fields | undefined {
  const paths = events
    .filter(({ action }) => action !== undefined)
    .flatMap(({ event, day }) => [markOf(event), sumOf(event, isoMonth(day))]);
  return paths.length === 0 ? undefined : Object.fromEntries(paths.map((path) => [path, ""] as const));
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
