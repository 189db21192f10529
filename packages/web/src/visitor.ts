import { randomId, store } from "./environment.ts";
import { IN_BROWSER } from "./in-browser.ts";

const KEY = "streakd:visitor";

/** This page's visitor, where nothing can be kept. */
let visitor: string | undefined;

/**
 * Returns the id of this browser's visitor. It is made at the first call and kept in localStorage. Where that is refused, it
 * is the page's. Outside of browsers it is the process's, so servers name their users themselves.
 */
export function getVisitorId(): string {
  const kept = IN_BROWSER && store((storage) => storage.getItem(KEY));
  if (kept) {
    return kept;
  }
  visitor ??= `anon_${randomId()}`;
  const id = visitor;
  if (IN_BROWSER) {
    store((storage) => {
      storage.setItem(KEY, id);
      // A page that removes it from storage wants another visitor.
      visitor = undefined;
    });
  }
  return id;
}

/** Returns the user's hash, or else the fallback, such as the id of a signed-in user or {@link getVisitorId}'s. */
export function ensureUserHash(userHash: string | null | undefined, fallback: string): string {
  return userHash || fallback;
}
