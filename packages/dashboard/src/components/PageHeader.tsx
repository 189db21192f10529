import { type ReactNode, useEffect } from "react";
import styles from "./PageHeader.module.css";

/** The head of a page. */
export interface PageHeaderProps {
  readonly title: string;
  /** A sentence or a few facts under the title. */
  readonly about?: ReactNode;
  /** The page's main buttons. */
  readonly actions?: ReactNode;
}

/** The head of a page, with its heading of the first level. It names the browser's tab too. */
export function PageHeader({ title, about, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · streakd`;
  }, [title]);
  return (
    <header className={styles.header}>
      <div>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {about !== undefined && <div className={styles.about}>{about}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}
