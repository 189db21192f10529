import { type ReactNode, useState } from "react";
import { Button } from "../../../components/Button.tsx";
import styles from "./Ledger.module.css";

/** How many entries are shown at first. */
const SHOWN_AT_FIRST = 6;

/** A list of decisions about streaks, of which the first ones are shown until one asks for all. */
export function EntryList<Each>({
  entries,
  children,
}: {
  readonly entries: readonly Each[];
  /** Shows one of them, as a list item with a key. */
  readonly children: (entry: Each) => ReactNode;
}) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? entries : entries.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ol className={styles.entries}>{shown.map(children)}</ol>
      {shown.length < entries.length && (
        <div className={styles.more}>
          <Button onClick={() => setWhole(true)}>Show all {entries.length}</Button>
        </div>
      )}
    </>
  );
}
