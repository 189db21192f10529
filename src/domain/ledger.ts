import type { Day } from "./day.ts";

/** The most entries of a user's ledger, so that whatever is read for the user stays small. */
export const MAX_LEDGER_ENTRIES = 1000;

/** How many days ahead freezes can be granted: analytics go through each day that granted freezes can cover. */
export const MAX_GRANT_DAYS_AHEAD = 366;

/** The most pauses that one entry ends, so that the entry stays small. */
export const MAX_ENDED_PAUSES = 100;

/** What somebody decided about a user's streaks, rather than what the user did. It is never changed or removed. */
export type LedgerEntry = LedgerEntryFacts & LedgerDecision;

/** What every entry says. */
export interface LedgerEntryFacts {
  /** Chosen by its author, unique in the user's ledger. */
  readonly id: string;
  /** The user in whose ledger it was made. A link may have brought it into the ledger of another one since. */
  readonly user: string;
  readonly reason: string;
  /** `root` for the admin token, else the id of a token. */
  readonly actor: string;
  /** When it was made, in epoch milliseconds. */
  readonly at: number;
}

/** What an entry decides. */
export type LedgerDecision =
  /** From one day to another one, or for good while `to` is absent; of one event, or of all while `event` is absent. */
  | { readonly kind: "pause"; readonly event?: string; readonly from: Day; readonly to?: Day }
  /** These pauses hold no longer, from this day on; at most {@link MAX_ENDED_PAUSES}. */
  | { readonly kind: "unpause"; readonly from: Day; readonly pauses: readonly EntryRef[] }
  /** This entry counts no more. It is no entry that takes another one back. */
  | { readonly kind: "takeBack"; readonly entry: EntryRef }
  /**
   * The user gets freezes for the streak of an event on a day. They can cover periods up to the last day `to`; for ever
   * while it is absent. At most `MAX_FREEZES`.
   */
  | {
      readonly kind: "grantFreezes";
      readonly event: string;
      readonly count: number;
      readonly from: Day;
      readonly to?: Day;
    }
  /** From a day on, freezes cover nothing; of one event, or of all while `event` is absent. */
  | { readonly kind: "optOut"; readonly event?: string; readonly from: Day }
  /** From a day on, freezes cover missed periods again; of one event, or of all while `event` is absent. */
  | { readonly kind: "optIn"; readonly event?: string; readonly from: Day }
  /**
   * From a day on, the runs of an event that have ended on one of the `withinDays` days before it are one run. Takes a
   * freeze on that day, if `takesFreeze` is there.
   */
  | {
      readonly kind: "repair";
      readonly event: string;
      readonly from: Day;
      readonly withinDays: number;
      readonly takesFreeze?: true;
    };

/**
 * Names another entry. One request makes entries with the same id for many users. When a link brings two of their
 * ledgers together, what was decided about the entry of one of them must not change the entry of the other.
 */
export type EntryRef = Pick<LedgerEntryFacts, "id" | "user">;

/** Returns a text that is equal for two `EntryRef` only if they name the same entry. */
export function refKey({ id, user }: EntryRef): string {
  return `${id.length}:${id}${user}`;
}

/** Returns the entries that nobody has taken back, each of them once. */
export function entriesNotTakenBack(ledger: readonly LedgerEntry[]): readonly LedgerEntry[] {
  // Nearly always, a store has read them in order, so none is there twice, and none takes another one back. Keys would
  // take longer than all else that is done with the entries.
  if (ledger.every((entry, index) => entry.kind !== "takeBack" && isMadeAfter(entry, ledger[index - 1]))) {
    return ledger;
  }
  const left = new Map(ledger.map((entry) => [refKey(entry), entry]));
  for (const entry of ledger) {
    if (entry.kind === "takeBack") {
      left.delete(refKey(entry.entry));
    }
  }
  return [...left.values()];
}

/** Returns whether an entry or an amnesty is about the streak of an event: about this one alone, or about all. */
export function isAbout(decision: { readonly event?: string }, event: string): boolean {
  return decision.event === undefined || decision.event === event;
}

/** Compares entries by when they were made; if that was at the same time, by their ids, and then by their users. */
export function compareMade(one: LedgerEntryFacts, other: LedgerEntryFacts): number {
  return one.at - other.at || compareTexts(one.id, other.id) || compareTexts(one.user, other.user);
}

function isMadeAfter(entry: LedgerEntryFacts, other: LedgerEntryFacts | undefined): boolean {
  return other === undefined || compareMade(other, entry) < 0;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
