import type { Day } from "../../day.ts";
import { compareMade, entriesNotTakenBack, isAbout, type LedgerEntry } from "../../ledger.ts";
import type { RulesCalendar } from "../calendar/calendar.ts";
import { ExemptDays } from "../calendar/exempt-days.ts";
import { isWeekOrMonth } from "../calendar/pace.ts";

/** An entry that lets runs that have ended go on. */
export type RepairEntry = Extract<LedgerEntry, { readonly kind: "repair" }>;

/** A repair of a streak: from its day on, the runs that have ended shortly before are one run. */
export interface Repair extends Pick<RepairEntry, "from" | "withinDays" | "takesFreeze"> {
  /** Absent while somebody only asks what the repair would do. */
  readonly entry?: RepairEntry;
}

/** The repairs of one streak of a user: at most one for each day, in the order of their days. */
export type Repairs = readonly Repair[];

/**
 * Returns the repairs of the streak of an event. The order of the entries does not matter. Of several on one day, the
 * first that was made counts.
 *
 * @returns undefined when no repair was ever about the event, not even one that was taken back
 */
export function repairsOf(ledger: readonly LedgerEntry[], event: string): Repairs | undefined {
  const isOfStreak = (entry: LedgerEntry): entry is RepairEntry => entry.kind === "repair" && isAbout(entry, event);
  if (!ledger.some(isOfStreak)) {
    return undefined;
  }
  const inOrder = entriesNotTakenBack(ledger)
    .filter(isOfStreak)
    .toSorted((one, other) => one.from - other.from || compareMade(one, other));
  return inOrder
    .filter(({ from }, index) => from !== inOrder[index - 1]?.from)
    .map((entry) => {
      const { from, withinDays, takesFreeze } = entry;
      return takesFreeze ? { from, withinDays, takesFreeze, entry } : { from, withinDays, entry };
    });
}

/** Returns the repairs that are made on a day or earlier; undefined when there are none. */
export function repairsUpTo(repairs: Repairs | undefined, day: Day): Repairs | undefined {
  const made = repairs?.filter(({ from }) => from <= day);
  return made === undefined || made.length === 0 ? undefined : made;
}

/**
 * Returns the days of repairs on which nothing is asked: a week or month in which a repair is made is asked for all the
 * same. Returns undefined when there are none.
 */
export function repairDaysOf(repairs: Repairs | undefined, calendar: RulesCalendar): ExemptDays<Repair> | undefined {
  const ofDays = repairs?.filter(({ from }) => !isWeekOrMonth(calendar.phaseOn(from).pace));
  return ofDays?.length
    ? new ExemptDays(ofDays.map((repair) => ({ decision: repair, from: repair.from, to: repair.from })))
    : undefined;
}
