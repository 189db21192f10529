import { keys, type Scope } from "./keys.ts";
import type { Period } from "./periods.ts";
import type { Tallies } from "./tallies.ts";

/** The values of a key of `meta`; the contract's message says what each number means. */
export interface MetaValues {
  /** The most frequent first. */
  readonly values: readonly MetaValue[];
  readonly otherEvents: number;
  /** The months whose values are left out, because there are too many, in order. */
  readonly leftOutMonths: readonly Period[];
}

/** How many events have a value. */
export interface MetaValue {
  readonly value: string;
  readonly events: number;
}

/** The most values of an answer. */
const MAX_TOP_VALUES = 100;

/** Returns the most frequent values of a key in the events from one month to another. */
export function metaValuesOf(tallies: Tallies, scope: Scope, metaKey: string, from: Period, to: Period): MetaValues {
  const prefix = keys.metaValuesOf(scope, metaKey);
  const ofValues = tallies.keys(prefix);
  const leftOut = new Set<Period>();
  tallies.vector(keys.metaExcess(scope, metaKey)).forEach((month) => {
    leftOut.add(month);
  });

  const counted: MetaValue[] = [];
  for (const key of ofValues) {
    let events = 0;
    tallies.vector(key).forEach((month, n) => {
      events += month >= from && month <= to && !leftOut.has(month) ? n : 0;
    });
    if (events > 0) {
      counted.push({ value: key.slice(prefix.length), events });
    }
  }
  const values = counted.sort(compare).slice(0, MAX_TOP_VALUES);
  const all = tallies.vector(keys.metaEvents(scope, metaKey)).sum(from, to);
  return {
    values,
    otherEvents: values.reduce((rest, { events }) => rest - events, all),
    leftOutMonths: [...leftOut].filter((month) => month >= from && month <= to).sort((a, b) => a - b),
  };
}

/** The most frequent first, and equally frequent ones in the order of their UTF-16 code units. */
function compare(a: MetaValue, b: MetaValue): number {
  return b.events - a.events || (a.value < b.value ? -1 : 1);
}
