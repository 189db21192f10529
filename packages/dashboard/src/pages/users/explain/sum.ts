import type { Explanation } from "#gen/streak/v1/rules_service_pb.ts";

/** What the current run counts, by when: the three parts add up to `current`. */
export interface Sum {
  readonly current: number;
  /** Before the first day that is shown. */
  readonly before: number;
  /** In the periods that are shown. */
  readonly here: number;
  /** After the last day that is shown. */
  readonly after: number;
}

/** Returns how the periods that are shown make `current`; undefined when no run is alive. */
export function sumOf({ streak, runFirstDate, countedBefore, periods }: Explanation): Sum | undefined {
  if (streak === undefined || runFirstDate === undefined) {
    return undefined;
  }
  const here = periods
    .filter(({ lastDate }) => lastDate >= runFirstDate)
    .reduce((sum, { counted }) => sum + counted, 0);
  return { current: streak.current, before: countedBefore, here, after: streak.current - countedBefore - here };
}
