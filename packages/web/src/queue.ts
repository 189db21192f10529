import { bare, randomId, store } from "./environment.ts";
import { StreakdError } from "./error.ts";

/** How many events may wait in a browser. */
const MAX_WAITING = 5_000;

const PREFIX = "streakd:queue:";

/** An event that waits to be sent. */
export interface Waiting {
  /** Where it is kept. Keys are in the order in which the events were made. */
  readonly key: string;
  readonly url: string;
  /** The body of the request. */
  readonly body: string;
}

/** What this page has made and not sent. */
const memory = new Map<string, string>();

/**
 * Keeps an event until {@link forget} is called: in localStorage, each event under a key of its own, so that tabs never
 * overwrite what others have kept. Throws QUEUE_FULL.
 */
export function keep(url: string, body: string): Waiting {
  if (list().length >= MAX_WAITING) {
    throw new StreakdError("QUEUE_FULL", "Too many events wait to be sent. Record this one again when online.");
  }
  const key = `${PREFIX}${Date.now()}-${randomId()}`;
  const text = JSON.stringify(bare({ url, body }));
  // Also in memory, until it is sent, because there may be no place left.
  memory.set(key, text);
  store((storage) => storage.setItem(key, text));
  return { key, url, body };
}

/** Removes an event that is sent, or will never be. */
export function forget(key: string): void {
  memory.delete(key);
  store((storage) => storage.removeItem(key));
}

/** Returns the keys of all that waits, the oldest first. */
export function list(): string[] {
  const stored = store((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX))) ?? [];
  return [...new Set([...memory.keys(), ...stored])].sort();
}

/** Returns what waits under a key; undefined when it is sent. */
export function recall(key: string): Waiting | undefined {
  const text = store((storage) => storage.getItem(key)) ?? memory.get(key) ?? "";
  try {
    const { url, body } = JSON.parse(text);
    return { key, url, body };
  } catch {
    return undefined;
  }
}
