import { type ReactNode, useId } from "react";
import styles from "./Card.module.css";

/** A part of a page. */
export interface CardProps {
  /** Its heading, which also names the part for screen readers. */
  readonly title?: ReactNode;
  /** A sentence under the heading. */
  readonly about?: ReactNode;
  /** Buttons beside the heading. */
  readonly actions?: ReactNode;
  /** Whether the content brings its own padding, as tables do. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** A part of a page on a surface of its own, with a heading of the second level. */
export function Card({ title, about, actions, isFlush = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={title === undefined ? undefined : id}>
      {(title !== undefined || actions !== undefined) && (
        <header className={styles.header}>
          {title !== undefined && <h2 id={id}>{title}</h2>}
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
          {about !== undefined && <p className={styles.about}>{about}</p>}
        </header>
      )}
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
