import type { ReactNode } from "react";
import { problemOf } from "../errors.ts";
import { Button } from "./Button.tsx";
import { LockIcon, RefreshIcon, WarningIcon } from "./icons.tsx";
import styles from "./States.module.css";

/** A place where something will be, while it is loaded. Give it the size of what comes, so that nothing jumps. */
export function Skeleton({
  height = "1rem",
  width = "100%",
}: {
  /** A CSS length. */
  readonly height?: string;
  readonly width?: string;
}) {
  return <span className={styles.skeleton} style={{ height, width }} />;
}

/** Some lines that are being loaded; screen readers hear that they are. */
export function SkeletonLines({ lines = 3, height = "1rem" }: { readonly lines?: number; readonly height?: string }) {
  return (
    <div className={styles.lines} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <Skeleton key={line} height={height} />
      ))}
    </div>
  );
}

/** What stands where a list or a chart is empty: what it will hold, and how to begin. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.state}>
      {icon !== undefined && <div className={styles.icon}>{icon}</div>}
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}

/** What stands where something could not be loaded: the server's message and code, and a button that tries again. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => unknown }) {
  const { code, message } = problemOf(error);
  return (
    <div className={styles.state} role="alert">
      <div className={styles.icon}>
        <WarningIcon />
      </div>
      <p className={styles.title}>This could not be loaded.</p>
      <p className={styles.text}>
        {message} <code>{code}</code>
      </p>
      {onRetry !== undefined && (
        <Button icon={<RefreshIcon />} onClick={() => onRetry()}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What stands where the session may not look. Use `NeedsScope` where a scope is missing. */
export function NotAllowedState({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.state}>
      <div className={styles.icon}>
        <LockIcon />
      </div>
      <p className={styles.title}>Your token does not allow this.</p>
      <div className={styles.text}>{children}</div>
    </div>
  );
}
