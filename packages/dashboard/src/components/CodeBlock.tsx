import styles from "./CodeBlock.module.css";
import { CopyButton } from "./CopyButton.tsx";

/** Lines of code to copy. */
export function CodeBlock({
  code,
  label,
}: {
  readonly code: string;
  /** What the code is, for screen readers. */
  readonly label: string;
}) {
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className={styles.scroller} tabIndex={0} aria-label={label}>
        <pre>
          <code>{code}</code>
        </pre>
      </section>
      <div className={styles.copy}>
        <CopyButton text={code} />
      </div>
    </div>
  );
}
