import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import styles from "./Tooltip.module.css";

/** Says more of something while it is pointed at or has the focus. What it says must not be needed to go on. */
export function Tooltip({
  text,
  children,
}: {
  readonly text: ReactNode;
  /** An element that can have the focus. */
  readonly children: ReactElement;
}) {
  return (
    <Base.Root>
      <Base.Trigger delay={300} render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.popup}>{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
