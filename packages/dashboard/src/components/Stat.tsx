import type { ReactNode } from "react";
import styles from "./Stat.module.css";

/** A big number with what it counts. */
export function Stat({
  label,
  value,
  about,
}: {
  readonly label: ReactNode;
  /** As it is shown, such as from `formatNumber`. */
  readonly value: ReactNode;
  /** A small line under it, such as the change since yesterday. */
  readonly about?: ReactNode;
}) {
  return (
    <div className={styles.stat}>
      <dt>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      {about !== undefined && <dd className={styles.about}>{about}</dd>}
    </div>
  );
}

/** Big numbers in a row. */
export function Stats({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.stats}>{children}</dl>;
}
