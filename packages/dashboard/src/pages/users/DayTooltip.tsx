import { Tooltip } from "@base-ui/react/tooltip";
import styles from "../../components/Tooltip.module.css";

/**
 * Shows the label of the day that is pointed at or has the focus: one for a whole heat map. Screen readers have read the
 * label at the day itself.
 */
export function DayTooltip({ anchor }: { readonly anchor: HTMLElement | undefined }) {
  return (
    <Tooltip.Root open={anchor !== undefined}>
      <Tooltip.Portal>
        <Tooltip.Positioner aria-hidden="true" anchor={anchor} sideOffset={6} className={styles.positioner}>
          <Tooltip.Popup className={styles.popup}>{anchor?.getAttribute("aria-label")}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
