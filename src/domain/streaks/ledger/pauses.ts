import type { Day } from "../../day.ts";
import { compareMade, type EntryRef, entriesNotTakenBack, isAbout, type LedgerEntry, refKey } from "../../ledger.ts";
import { type DaysInARow, ExemptDays, type Exemption } from "../calendar/exempt-days.ts";
import { LATEST } from "../days/bits.ts";

/** Days in a row on which nothing is asked of a user. */
export type Pause = DaysInARow;

/** The pauses of one streak of a user. */
export type Pauses = ExemptDays<LedgerEntry>;

type PauseEntry = Extract<LedgerEntry, { readonly kind: "pause" }>;

/**
 * Returns the pauses of the streak of an event. The order of the entries does not matter.
 *
 * @returns undefined when no pause was ever about the event, not even one that was taken back
 */
export function pausesOf(ledger: readonly LedgerEntry[], event: string): Pauses | undefined {
  const isOfStreak = (entry: LedgerEntry) => isPause(entry) && isAbout(entry, event);
  return ledger.some(isOfStreak) ? new ExemptDays(pausesHeld(ledger, isOfStreak)) : undefined;
}

/**
 * Returns the pauses, of whatever streaks, that hold on a day or later: those that an end on this day would
 * change. They are in the order in which they were made.
 */
export function pausesToEnd(ledger: readonly LedgerEntry[], day: Day): EntryRef[] {
  return pausesHeld(ledger, isPause)
    .filter(({ to }) => to >= day)
    .map(({ decision: { id, user } }) => ({ id, user }));
}

function isPause(entry: LedgerEntry): entry is PauseEntry {
  return entry.kind === "pause";
}

/** Returns the pauses that are asked for and hold on any day, in the order in which they were made. */
function pausesHeld(
  ledger: readonly LedgerEntry[],
  isAskedFor: (entry: LedgerEntry) => boolean,
): readonly Exemption<LedgerEntry>[] {
  const entries = entriesNotTakenBack(ledger);
  const ends = endsIn(entries);
  const endOf = (entry: PauseEntry) => (ends.size === 0 ? undefined : ends.get(refKey(entry)));
  return entries
    .filter(isPause)
    .filter(isAskedFor)
    .map((entry) => {
      const { from, to = LATEST } = entry;
      return { decision: entry, from, to: Math.min(to, (endOf(entry) ?? LATEST + 1) - 1) };
    })
    .filter(({ from, to }) => from <= to)
    .sort((one, other) => compareMade(one.decision, other.decision));
}

/** Returns from which day on pauses hold no longer, by their keys. */
function endsIn(ledger: readonly LedgerEntry[]): ReadonlyMap<string, Day> {
  const ends = new Map<string, Day>();
  for (const entry of ledger) {
    if (entry.kind === "unpause") {
      for (const key of entry.pauses.map(refKey)) {
        ends.set(key, Math.min(ends.get(key) ?? LATEST, entry.from));
      }
    }
  }
  return ends;
}
