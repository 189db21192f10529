/**
 * Loads `widget.js`, which defines `<streak-widget>`, unless the page has it already or has a tag for it. When loading
 * fails, the page goes on without the widget, and the next call tries again.
 *
 * @param nonce of the page's Content Security Policy
 */
export function loadWidget(baseUrl: string, nonce: string | undefined): void {
  // An app whose setting is missing goes on, too.
  const src = new URL(`${(baseUrl ?? "").replace(/[/]+$/, "")}/widget.js`, document.baseURI).href;
  const isThere = Array.from(document.scripts).some((script) => script.src === src);
  if (isThere || customElements.get("streak-widget") !== undefined) {
    return;
  }
  const script = document.createElement("script");
  script.async = true;
  // The element alone: where it is, is up to the component.
  script.dataset.manual = "";
  if (nonce !== undefined) {
    script.nonce = nonce;
  }
  script.addEventListener("error", () => {
    console.warn(`streakd: ${src} can't be loaded, so there is no widget.`);
    script.remove();
  });
  try {
    script.src = src;
    document.head.append(script);
  } catch (error) {
    console.warn(`streakd: the page's Trusted Types refuse ${src}: put its script tag into the page.`, error);
  }
}
