import type { DetailedHTMLProps, HTMLAttributes } from "react";

/** The attributes of `<streak-widget>`, for those who write the element itself. docs/browser.md explains each. */
export interface StreakWidgetAttributes extends DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> {
  base?: string | undefined;
  project?: string | undefined;
  event?: string | undefined;
  user?: string | undefined;
  token?: string | undefined;
  tz?: string | undefined;
  theme?: string | undefined;
  position?: string | undefined;
  /** An attribute without a value: `""`. */
  open?: "" | undefined;
  "csp-nonce"?: string | undefined;
  /** React 18 knows no `className` of custom elements. */
  class?: string | undefined;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "streak-widget": StreakWidgetAttributes;
    }
  }
}
