import { make } from "./make.ts";
import css from "./styles.css?inline";

let sheet: CSSStyleSheet | undefined;

/** Gives a shadow root its styles. Only a browser that can't construct style sheets gets an element, with the nonce. */
export function adoptStyles(root: ShadowRoot, nonce: string): void {
  if (sheet) {
    root.adoptedStyleSheets = [sheet];
    return;
  }
  // The build puts the styles where they are named: named twice, they would be in the file twice.
  const style = make("style", { nonce }, css);
  try {
    const constructed = new CSSStyleSheet();
    constructed.replaceSync(style.textContent);
    root.adoptedStyleSheets = [constructed];
    sheet = constructed;
  } catch {
    if (!root.querySelector("style")) {
      root.prepend(style);
    }
  }
}
