import { IN_BROWSER } from "./in-browser.ts";

/** Copies an object's own properties, so that what a page has added to `Object.prototype` is none of them. */
export function bare<T extends object>(object: T): T {
  return { __proto__: null, ...object };
}

/** A new random id of 128 bits. `crypto.randomUUID` is missing in pages over plain HTTP. */
export function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** Reads or writes localStorage. Returns undefined where there is none, or it is refused: private mode, sandboxed frames. */
export function store<T>(act: (storage: Storage) => T): T | undefined {
  try {
    return act(localStorage);
  } catch {}
}

/**
 * Returns the address of a server without a slash at the end. In a page a path, or nothing, is at the page's own origin.
 * Throws a TypeError when it is no http(s) address, or has a query, a fragment or a password.
 */
export function addressOf(baseUrl: string): string {
  const { href, origin, pathname } = new URL(baseUrl || "/", IN_BROWSER ? location.href : undefined);
  if (!href.startsWith("http") || href !== origin + pathname) {
    throw Error(`Invalid URL: ${href}`);
  }
  return href.replace(/[/]+$/, "");
}

/**
 * The browser's time zone. Undefined where the browser can't tell it, and outside of browsers: a server's zone says nothing of
 * its users.
 */
export function browserZone(): string | undefined {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // Where the system's zone has no name, V8 says `Etc/Unknown`, or an offset such as `-05:00`, which is no zone.
  return IN_BROWSER && !/:|Unk/.test(timeZone) ? timeZone : undefined;
}
