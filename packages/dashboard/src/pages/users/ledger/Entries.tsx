import type { LedgerOwner } from "./change.ts";
import { Entry } from "./Entry.tsx";
import { EntryList } from "./EntryList.tsx";
import type { ReadEntry } from "./entries.ts";
import styles from "./Ledger.module.css";

/** A list of entries of a user's ledger. */
export function Entries({
  entries,
  none,
  ...owner
}: LedgerOwner & {
  readonly entries: readonly ReadEntry[];
  /** What is said when there are none. */
  readonly none: string;
}) {
  return entries.length === 0 ? (
    <p className={styles.muted}>{none}</p>
  ) : (
    <EntryList entries={entries}>{(read) => <Entry key={read.entry.entryId} {...owner} read={read} />}</EntryList>
  );
}
