import { compareMade, type LedgerEntry } from "../domain/ledger.ts";
import type { UserKey } from "./streaks.ts";

/**
 * The ledgers of users: a set of entries for each user, by their ids. It only grows, so merging two users is a union,
 * as it is of days. The other ports read it together with the days.
 */
export interface LedgerStore {
  /**
   * Adds an entry to a user's ledger, unless the ledger has an entry with this id or is full. Follows aliases. The user
   * may be unknown so far.
   *
   * Of two entries with the same id that a link brings together, the user's stays and the alias's goes. A link may
   * bring more than `MAX_LEDGER_ENTRIES` together; all of them stay.
   *
   * @param size adds the entry only while `user` is no alias, and the ledger has exactly so many entries. Since a ledger
   *   only grows, it is then the ledger that the caller has read; undefined where that makes no difference
   */
  addLedgerEntry(user: UserKey, entry: LedgerEntry, size?: number): Promise<AddedEntry>;
  /** Returns the entries of a user, in the order of their `at` and then of their ids. Follows aliases. */
  readLedger(user: UserKey): Promise<LedgerEntry[]>;
}

/**
 * What became of an entry.
 *
 * - `added`: the ledger has it now.
 * - `known`: the ledger had an entry with this id before. It stays, and is not changed.
 * - `full`: the ledger has `MAX_LEDGER_ENTRIES`. Nothing was added.
 * - `changed`: the ledger has not as many entries as the caller says, or is another user's. Nothing was added.
 */
export type AddedEntry = "added" | "known" | "full" | "changed";

/** An entry to add. The stores add those that come together in one go. */
export interface LedgerAddition {
  readonly user: UserKey;
  readonly entry: LedgerEntry;
  /** How many entries the ledger must have, and the user's own it must be; undefined for any ledger. */
  readonly size?: number | undefined;
}

/** Returns the entries of a user in their order, as a field to spread: nothing where there are none. */
export function ledgerOf(entries: readonly LedgerEntry[]): { readonly ledger?: readonly LedgerEntry[] } {
  return entries.length === 0 ? {} : { ledger: inOrder(entries) };
}

/** Returns entries in the order of their `at` and then of their ids. */
export function inOrder(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.toSorted(compareMade);
}
