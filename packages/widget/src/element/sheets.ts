import { make } from "./make.ts";
import css from "./styles.css?inline";

let sheet: CSSStyleSheet | undefined;

/** Gives a shadow root its styles. Only a browser that can't construct style sheets gets an element, with the nonce. */
export function adoptStyles(root: ShadowRoot, nonce: string): void {
  const style = make("style", { nonce }, css);
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(style.textContent);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    if (!root.querySelector("style")) {
      root.prepend(style);
    }
  }
}
