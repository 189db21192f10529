import {
  type ComponentType,
  cloneElement,
  type LazyExoticComponent,
  type ReactElement,
  Suspense,
  useState,
} from "react";

/** What a menu gets that is loaded when its button is pressed for the first time. */
export interface OnDemandProps {
  readonly trigger: ReactElement;
}

/** The handlers that the button gets until its menu is loaded. */
interface Trigger {
  onClick?: () => void;
  onPointerEnter?: () => void;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
}

/**
 * A button whose menu is loaded when it is pressed for the first time: menus are a quarter of what a page would load, and
 * most visits open none. Pointing at the button begins to load it.
 */
export function MenuOnDemand({
  trigger,
  menu: Menu,
  load,
}: {
  readonly trigger: ReactElement<Trigger>;
  readonly menu: LazyExoticComponent<ComponentType<OnDemandProps>>;
  /** Loads what `menu` is made of. */
  readonly load: () => Promise<unknown>;
}) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) {
    return (
      <Suspense fallback={trigger}>
        <Menu trigger={trigger} />
      </Suspense>
    );
  }
  return cloneElement(trigger, {
    onClick: () => setWanted(true),
    onPointerEnter: () => void load(),
    "aria-haspopup": "menu",
    "aria-expanded": false,
  });
}
