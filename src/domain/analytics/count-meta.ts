import type { UserHistory } from "./history.ts";
import { ALL, keys, type Scope } from "./keys.ts";
import { monthOf, type Period } from "./periods.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/** How many different values of a key the events of a month may have, of one event or of all, to be counted. */
export const MAX_VALUES_OF_A_MONTH = 1000;

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
          tallies.add(keys.metaValue(scope, key, text), month);
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

/**
 * Removes the values of months in which a key has more different values than are counted, and counts this excess. So
 * tallies stay small, whatever a key holds. Nothing is lost: with more users, such a month only has more values.
 */
export function limitMetaValues(tallies: Tallies): void {
  for (const [prefix, values] of groupedByKey(tallies.keys("metaValues/"))) {
    for (const month of monthsWithExcess(tallies, values)) {
      for (const key of values) {
        const vector = tallies.open(key);
        vector.add(month, -vector.at(month));
      }
      tallies.add(prefix.replace("metaValues/", "metaExcess/").slice(0, -1), month);
    }
  }
}

/** Returns the months in which more of these vectors have a number than values are counted. */
export function monthsWithExcess(tallies: Tallies, values: readonly string[]): Period[] {
  const counts = new Map<Period, number>();
  for (const key of values) {
    tallies.vector(key).forEach((month) => {
      counts.set(month, (counts.get(month) ?? 0) + 1);
    });
  }
  return [...counts].filter(([, count]) => count > MAX_VALUES_OF_A_MONTH).map(([month]) => month);
}

/** Groups the keys of values by the key of `meta`, and by whose events have it. A value may have slashes, too. */
function groupedByKey(values: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const key of values) {
    const prefix = /^(?:[^/]*\/){3}/.exec(key)?.[0] ?? "";
    const group = groups.get(prefix);
    if (group === undefined) {
      groups.set(prefix, [key]);
    } else {
      group.push(key);
    }
  }
  return groups;
}
