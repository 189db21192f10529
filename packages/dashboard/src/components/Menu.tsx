import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import styles from "./Menu.module.css";

/** A menu that opens at a button. */
export function Menu({
  trigger,
  align = "end",
  children,
}: {
  /** The button. */
  readonly trigger: ReactElement;
  readonly align?: "start" | "end";
  readonly children: ReactNode;
}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className={styles.positioner}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** An entry of a menu. */
export function MenuItem({
  onSelect,
  icon,
  isDanger = false,
  children,
}: {
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Base.Item className={`${styles.item} ${isDanger ? styles.danger : ""}`} onClick={onSelect}>
      {icon}
      {children}
    </Base.Item>
  );
}

/** Entries of a menu of which one is chosen. */
export function MenuChoice<Value extends string>({
  label,
  value,
  onValue,
  options,
}: {
  readonly label: string;
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
}) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next) => onValue(next as Value)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={styles.item} closeOnClick>
            <span className={styles.dot} />
            {option.label}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

/** A line in a menu that is no entry. */
export function MenuText({ children }: { readonly children: ReactNode }) {
  return <div className={styles.text}>{children}</div>;
}

/** A line between entries. */
export function MenuSeparator() {
  return <Base.Separator className={styles.separator} />;
}
