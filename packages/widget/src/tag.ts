/** What a script tag says: its attributes that begin with `data-`, by the rest of their names. */
export interface Tag {
  readonly script: HTMLScriptElement;
  /** What the widget gets as attributes. `base` is always there. */
  readonly given: ReadonlyMap<string, string>;
}

const NAMES = ["project", "event", "user", "token", "tz", "theme", "position", "lang", "csp-nonce", "base"];

/** What comes after streakd's own address in the address of the script, also below a path of a proxy. */
const FILE = /\/(assets\/)?[^/]*$/;

/** Returns the tag that this script runs from. A tag of a module is not the current one: it is found by its attribute. */
export function readTag(): Tag | undefined {
  const script = (document.currentScript ??
    [...document.querySelectorAll("script[data-project]")].at(-1)) as HTMLScriptElement | null;
  if (!script) {
    return undefined;
  }
  const { origin, pathname } = new URL(script.src, location.href);
  const given = new Map([
    // A widget of a tag is where the project's settings say.
    ["position", "settings"],
    ["base", origin + pathname.replace(FILE, "")],
    ["csp-nonce", script.nonce],
  ]);
  for (const name of NAMES) {
    const value = script.getAttribute(`data-${name}`);
    if (value) {
      given.set(name, value);
    }
  }
  return { script, given };
}
