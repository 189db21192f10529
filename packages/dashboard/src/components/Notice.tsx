import type { ReactNode } from "react";
import styles from "./Notice.module.css";

/** A sentence that stands out: what is wrong, what to mind, or that all is well. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: "good" | "warn" | "bad" | "info";
  readonly children: ReactNode;
}) {
  return (
    <div className={`${styles.notice} ${styles[kind]}`} role={kind === "bad" ? "alert" : undefined}>
      {children}
    </div>
  );
}

/** What a badge says of something; `calm` is for what is paused, `cold` for what is frozen, `mended` for what is repaired. */
export type BadgeKind = "good" | "warn" | "bad" | "info" | "calm" | "cold" | "mended";

/** A word in a coloured pill, such as the state of something. */
export function Badge({ kind, children }: { readonly kind: BadgeKind; readonly children: ReactNode }) {
  return <span className={`${styles.badge} ${styles[kind]}`}>{children}</span>;
}
