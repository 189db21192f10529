import css from "./styles.css?inline";

let sheet: CSSStyleSheet | undefined;

/** Gives a shadow root its styles. Only a browser that can't construct style sheets gets an element, with the nonce. */
export function adoptStyles(root: ShadowRoot, nonce: string): void {
  try {
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    if (root.querySelector("style") === null) {
      const style = document.createElement("style");
      style.nonce = nonce;
      style.textContent = css;
      root.prepend(style);
    }
  }
}
