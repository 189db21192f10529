import type { NaiveVersion } from "../day-start/oracle.ts";
import { corrected, datedIn, type NaiveDated } from "./oracle.ts";

/** Events that a wrong zone has dated. */
export interface CorrectionGiven {
  readonly name: string;
  readonly wrongZone: string;
  readonly rightZone: string;
  /** The versions of the rules when the events came, and today. */
  readonly versions: readonly NaiveVersion[];
  /** The versions of today, where they are others. */
  readonly versionsToday?: readonly NaiveVersion[];
  /** The `ts` of each event: an instant in UTC, or a date alone. */
  readonly events: readonly string[];
}

/** An example with its results, as `test/vectors/zones.json` holds it. */
export interface CorrectionVector extends Omit<CorrectionGiven, "versionsToday" | "events"> {
  readonly events: readonly CorrectedVector[];
}

/** An event as the wrong zone has dated it, and as the right zone dates it. */
export interface CorrectedVector extends NaiveDated {
  readonly corrected: {
    readonly day: string;
    readonly late?: true;
    /** When it is kept as having happened, where that changes. */
    readonly at?: string;
  };
}

/** Returns an example with what the oracle makes of it. */
export function vectorOf({ events, versions, versionsToday = versions, ...given }: CorrectionGiven): CorrectionVector {
  const correction = { ...given, versions: versionsToday };
  return {
    ...correction,
    events: events.map((ts) => {
      const event = datedIn(given.wrongZone, ts, versions);
      const { at, ...others } = corrected(event, correction);
      return { ...event, corrected: { ...others, ...(at !== event.at && { at }) } };
    }),
  };
}
