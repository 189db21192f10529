import type { DayStartGiven } from "./examples.ts";
import { naiveDay, naiveDayEnd } from "./oracle.ts";

/** An example with its results, as `test/vectors/day-start.json` holds it. */
export interface DayStartVector extends Omit<DayStartGiven, "instants"> {
  readonly instants: readonly {
    readonly at: string;
    /** The day that the instant belongs to. */
    readonly day: string;
    /** When that day ends. */
    readonly todayEndTime: string;
  }[];
}

/** Returns an example with what the oracle makes of it. */
export function vectorOf({ instants, ...given }: DayStartGiven): DayStartVector {
  const { zone, versions } = given;
  return {
    ...given,
    instants: instants.map((at) => ({
      at,
      day: naiveDay(Date.parse(at), zone, versions),
      todayEndTime: new Date(naiveDayEnd(Date.parse(at), zone, versions)).toISOString(),
    })),
  };
}
