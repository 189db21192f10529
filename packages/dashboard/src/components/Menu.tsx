import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode, RefObject } from "react";
import styles from "./Menu.module.css";

/** Where menus are in the document: within the page's own part, so that they belong to a landmark. */
const PLACE: RefObject<HTMLElement | null> = {
  get current() {
    return document.getElementById("page");
  },
};

/** A menu that opens at a button. */
export function Menu({
  trigger,
  align = "end",
  isOpenAtFirst = false,
  children,
}: {
  /** The button. */
  readonly trigger: ReactElement;
  readonly align?: "start" | "end";
  /** Whether the menu is open from the start, since the button was pressed before the menu was loaded. */
  readonly isOpenAtFirst?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root modal={false} defaultOpen={isOpenAtFirst}>
      <Base.Trigger render={trigger} />
      <Base.Portal container={PLACE}>
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
