import { make } from "./make.ts";
import css from "./styles.css?inline";

let sheet: CSSStyleSheet | undefined;

/**
 * Gives a shadow root its styles. An element, with the nonce, is for browsers that can't construct style sheets, and for
 * another document than that of the first widget, which can't have the same sheet.
 */
export function adoptStyles(root: ShadowRoot, nonce: string): void {
  // The build puts the styles where they are named: named twice, they would be in the file twice.
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
