import type { ReactNode } from "react";
import { SkeletonLines } from "../../../components/States.tsx";
import styles from "./Ledger.module.css";

/** Where a form shows what a change would do. Waits for the server's first answer, and fades an old answer. */
export function PreviewOutput<Answer>({
  answer,
  isOld,
  children,
}: {
  /** What the server has answered; undefined until then. */
  readonly answer: Answer | undefined;
  /** Whether it was answered for what the form had before. */
  readonly isOld: boolean;
  /** Shows the answer. */
  readonly children: (answer: Answer) => ReactNode;
}) {
  return (
    <output className={isOld ? styles.old : undefined} aria-busy={isOld || answer === undefined}>
      {answer === undefined ? (
        <div className={styles.preview}>
          <SkeletonLines lines={2} />
        </div>
      ) : (
        children(answer)
      )}
    </output>
  );
}
