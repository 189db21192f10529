import type { Day } from "../../day.ts";
import { compareMade, type EntryRef, isAbout, type LedgerEntry, refKey, standingEntries } from "../../ledger.ts";
import { ExemptDays, type Exemption, type Span } from "../calendar/exempt-days.ts";
import { LATEST } from "../days/bits.ts";

/** Days in a row on which nothing is asked of a user. */
export type Pause = Span;

/** The pauses of one streak of a user. */
export type Pauses = ExemptDays<LedgerEntry>;

type PauseEntry = Extract<LedgerEntry, { readonly kind: "pause" }>;

/**
 * Returns the pauses of the streak of an event. The order of the entries does not matter.
 *
 * @returns undefined when no pause was ever about the event: also none that was taken back
 */
export function pausesOf(ledger: readonly LedgerEntry[], event: string): Pauses | undefined {
  const isAsked = (entry: LedgerEntry) => isPause(entry) && isAbout(entry, event);
  return ledger.some(isAsked) ? new ExemptDays(heldOf(ledger, isAsked)) : undefined;
}

/**
 * Returns the pauses, of whatever streaks, that hold on a day or later: those that an end on this day would
 * change. They are in the order in which they were made.
 */
export function pausesToEnd(ledger: readonly LedgerEntry[], day: Day): EntryRef[] {
  return heldOf(ledger, isPause)
    .filter(({ last }) => last >= day)
    .map(({ decision: { id, user } }) => ({ id, user }));
}

function isPause(entry: LedgerEntry): entry is PauseEntry {
  return entry.kind === "pause";
}

/** Returns the pauses that are asked for and hold on any day, in the order in which they were made. */
function heldOf(
  ledger: readonly LedgerEntry[],
  isAsked: (entry: LedgerEntry) => boolean,
): readonly Exemption<LedgerEntry>[] {
  const standing = standingEntries(ledger);
  const ends = endsIn(standing);
  return standing
    .filter(isPause)
    .filter(isAsked)
    .map((entry) => {
      const { from, to = LATEST } = entry;
      return { decision: entry, from, last: Math.min(to, (ends.get(refKey(entry)) ?? LATEST + 1) - 1) };
    })
    .filter(({ from, last }) => from <= last)
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
