import type { DayStartGiven } from "./examples.ts";
import { isNaiveLate, naiveDay, naiveDayEnd, naiveGraceEnd } from "./oracle.ts";

/** An example with its results, as `test/vectors/day-start.json` holds it. */
export interface DayStartVector extends Omit<DayStartGiven, "instants"> {
  readonly instants: readonly {
    readonly at: string;
    /** The day that the instant belongs to. */
    readonly day: string;
    /** Whether it is late. */
    readonly late?: true;
    /** When that day ends. */
    readonly todayEndTime: string;
    /** When that day ends with its grace; absent when no version has a grace. */
    readonly graceEndTime?: string;
  }[];
}

/** Returns an example with what the oracle makes of it. */
export function vectorOf({ instants, ...given }: DayStartGiven): DayStartVector {
  const { zone, versions } = given;
  return {
    ...given,
    instants: instants.map((text) => {
      const at = Date.parse(text);
      return {
        at: text,
        day: naiveDay(at, zone, versions),
        ...(isNaiveLate(at, zone, versions) && { late: true as const }),
        todayEndTime: new Date(naiveDayEnd(at, zone, versions)).toISOString(),
        ...(versions.some(({ rules }) => rules.graceMinutes !== undefined) && {
          graceEndTime: new Date(naiveGraceEnd(at, zone, versions)).toISOString(),
        }),
      };
    }),
  };
}
