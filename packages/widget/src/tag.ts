/** The attributes of the widget that a tag can give it, as `data-…`. */
export const SHARED_ATTRIBUTES = "project event user token base tz theme position lang csp-nonce".split(" ");

/** What comes after streakd's own address in the address of the script, also below a path of a proxy. */
const FILE = /\/(assets\/)?[^/]*$/;

/** The names that the file is served under. */
const NAME = /\/widget[^/]*\.js/;

/**
 * Returns the tags of this script that are in the page by now, in their order, whichever of them has loaded first. The one
 * that it runs from may be out of the page again. Browsers don't tell that of a module, whose tags are found by its name.
 */
export function readTags(): HTMLScriptElement[] {
  const current = document.currentScript as HTMLScriptElement | null;
  const tags = [...document.querySelectorAll<HTMLScriptElement>("script[data-project]")].filter(({ src }) =>
    current ? src === current.src : NAME.test(src),
  );
  return [...new Set(tags.concat(current ?? []))];
}

/** Returns what reads the attributes that a tag gives its widget: its own that begin with `data-`, or else those of all tags. */
export function attributesOf(script: HTMLScriptElement): (name: string) => string | undefined {
  const { origin, pathname } = new URL(script.src, location.href);
  const ofAll = new Map([
    // A widget of a tag is where the project's settings say.
    ["position", "settings"],
    ["base", origin + pathname.replace(FILE, "")],
    ["csp-nonce", script.nonce],
  ]);
  return (name) => script.getAttribute(`data-${name}`) || ofAll.get(name);
}
