import type { ReactNode, Ref } from "react";
import styles from "./ListEnd.module.css";

/** The end of a list of which more can be had: the button for that, and why it could not be had before. */
export function ListEnd({ ref, children }: { readonly ref?: Ref<HTMLDivElement>; readonly children: ReactNode }) {
  return (
    <div ref={ref} className={styles.end}>
      {children}
    </div>
  );
}
