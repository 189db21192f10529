import { randomId, store } from "./environment.ts";

/**
 * How many entries localStorage may have before no further event waits. Whatever else is there counts as well, since the
 * number of all is known at once.
 */
const MAX_ENTRIES = 5_000;
/** An event that was made longer ago is given up when it is refused, in milliseconds. */
const MAX_AGE_MS = 7 * 86_400_000;

/** What this page has made and not sent, where it could not be stored. */
const memory = new Map<string, string>();

/**
 * Makes the key of an event that happens now.
 *
 * @param url where the event goes
 */
export function newKey(url: string): string {
  return `${prefixOf(url)}${Date.now()} ${randomId()}`;
}

function prefixOf(url: string): string {
  return `streakd:queue:${url} `;
}

/**
 * Keeps an event until {@link forget} is called: in localStorage, each event under a key of its own, so that tabs never
 * overwrite what others have kept. Returns false when too many wait.
 */
export function keep(key: string, body: string): boolean {
  const entries = memory.size + (store((storage) => storage.length) ?? 0);
  if (entries >= MAX_ENTRIES && !recall(key)) {
    return false;
  }
  memory.set(key, body);
  store((storage) => {
    storage.setItem(key, body);
    memory.delete(key);
  });
  return true;
}

/** Removes an event that is sent, or will never be. */
export function forget(key: string): void {
  memory.delete(key);
  store((storage) => storage.removeItem(key));
}

/** Returns the keys of all that waits for a server. */
export function list(url: string): string[] {
  const stored = store(Object.keys) ?? [];
  const prefix = prefixOf(url);
  return [...memory.keys(), ...stored].filter((key) => key.startsWith(prefix));
}

/** Returns the body that waits under a key; undefined when it is sent. */
export function recall(key: string): string | undefined {
  return store((storage) => storage.getItem(key)) ?? memory.get(key);
}

/** Whether an event was made so long ago that it is given up when it is refused. */
export function isOld(key: string): boolean {
  return +(key.split(" ")[1] as string) < Date.now() - MAX_AGE_MS;
}
