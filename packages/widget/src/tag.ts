/** What a script tag says: its attributes that begin with `data-`, by the rest of their names. */
export interface Tag {
  readonly script: HTMLScriptElement;
  /** What the widget gets as attributes. `base` is always there. */
  readonly given: ReadonlyMap<string, string>;
}

/** The attributes of the widget that a tag can give it, as `data-…`. */
export const SHARED_ATTRIBUTES = [
  ...["project", "event", "user", "token", "base", "tz"],
  ...["theme", "position", "lang", "csp-nonce"],
];

/** What comes after streakd's own address in the address of the script, also below a path of a proxy. */
const FILE = /\/(assets\/)?[^/]*$/;

/** The names that the file is served under. */
const NAME = /\/widget[^/]*\.js/;

/**
 * Returns the tags of this script that are in the page by now, in their order, whichever of them has loaded first. The one
 * that it runs from may be out of the page again. Browsers don't tell that of a module, whose tags are found by its name.
 */
export function readTags(): Tag[] {
  const current = document.currentScript as HTMLScriptElement | null;
  const tags = [...document.querySelectorAll<HTMLScriptElement>("script[data-project]")].filter(({ src }) =>
    current ? src === current.src : NAME.test(src),
  );
  return [...new Set(current ? [...tags, current] : tags)].map(readTag);
}

function readTag(script: HTMLScriptElement): Tag {
  const { origin, pathname } = new URL(script.src, location.href);
  const given = new Map([
    // A widget of a tag is where the project's settings say.
    ["position", "settings"],
    ["base", origin + pathname.replace(FILE, "")],
    ["csp-nonce", script.nonce],
  ]);
  for (const name of SHARED_ATTRIBUTES) {
    const value = script.getAttribute(`data-${name}`);
    if (value) {
      given.set(name, value);
    }
  }
  return { script, given };
}
