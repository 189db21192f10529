import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";

/** What a button may have beside what every `<button>` has. */
export interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  /** `primary` for the one thing that a page is for; `danger` for what can't be undone; `quiet` within lists. */
  readonly kind?: "primary" | "secondary" | "danger" | "quiet";
  /** Shows that the button's work is under way. It can't be pressed meanwhile. */
  readonly isBusy?: boolean | undefined;
  readonly icon?: ReactNode;
}

/** A button. It is of type `button` unless it says otherwise. */
export function Button({ kind = "secondary", isBusy = false, icon, children, disabled, ...others }: ButtonProps) {
  return (
    <button
      type="button"
      {...others}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={`${styles.button} ${styles[kind]} ${children === undefined ? styles.square : ""}`}
    >
      {icon}
      {children}
      {isBusy && <span className={styles.spinner} />}
    </button>
  );
}

/** The class of a link that looks like a button. */
export function buttonClass(kind: "primary" | "secondary"): string {
  return `${styles.button} ${styles[kind]}`;
}
