import type { UserHistory } from "./history.ts";
import { ALL, keys, type Scope } from "./keys.ts";
import { monthOf, type Period } from "./periods.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/** How many characters a value may have to be counted. */
const MAX_VALUE_LENGTH = 100;

/** Counts the values of the keys of `meta` that the project has chosen. */
export function countMeta(tallies: Tallies, { events }: UserHistory, { metaKeys }: CountSettings): void {
  if (metaKeys.length === 0) {
    return;
  }
  for (const { event, day, meta } of events) {
    if (meta !== undefined) {
      countValues(tallies, [event, ALL], monthOf(day), JSON.parse(meta), metaKeys);
    }
  }
}

function countValues(
  tallies: Tallies,
  scopes: readonly Scope[],
  month: Period,
  meta: Readonly<Record<string, unknown>>,
  metaKeys: readonly string[],
): void {
  for (const key of new Set(metaKeys)) {
    if (Object.hasOwn(meta, key)) {
      const text = textOf(meta[key]);
      for (const scope of scopes) {
        tallies.add(keys.metaEvents(scope, key), month);
        if (text !== undefined) {
          tallies.addValue(scope, key, text, month);
        }
      }
    }
  }
}

/** Returns a value as text; undefined for a value that is not counted. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  return typeof value === "string" && value.isWellFormed() && isShort(value) ? value : undefined;
}

/** Whether a text has at most {@link MAX_VALUE_LENGTH} code points. One that has has at most twice as many units. */
function isShort(text: string): boolean {
  return (
    text.length <= MAX_VALUE_LENGTH || (text.length <= 2 * MAX_VALUE_LENGTH && [...text].length <= MAX_VALUE_LENGTH)
  );
}
