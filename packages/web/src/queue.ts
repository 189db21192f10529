import { randomId, store } from "./environment.ts";
import { StreakdError } from "./error.ts";

/** How many events may wait in a browser, for all servers together. */
const MAX_WAITING = 5_000;
/** An event that was made longer ago is given up when it is refused, in milliseconds. */
const MAX_AGE_MS = 7 * 86_400_000;

const PREFIX = "streakd:queue:";

/** What this page has made and not sent, where it could not be stored. */
const memory = new Map<string, string>();

/**
 * Keeps an event until {@link forget} is called: in localStorage, each event under a key of its own, so that tabs never
 * overwrite what others have kept. Throws QUEUE_FULL.
 *
 * @returns its key. Keys sort by the millisecond in which the events were made.
 */
export function keep(url: string, body: string): string {
  // The count of all keys is cheaper than the list of ours.
  if (memory.size + (store((storage) => storage.length) ?? 0) >= MAX_WAITING && list().length >= MAX_WAITING) {
    throw new StreakdError("QUEUE_FULL", "Too many events wait: try again when online.");
  }
  const key = `${PREFIX}${Date.now()}-${randomId()}`;
  const text = textOf(url, body);
  memory.set(key, text);
  store((storage) => {
    storage.setItem(key, text);
    memory.delete(key);
  });
  return key;
}

/** Removes an event that is sent, or will never be. */
export function forget(key: string): void {
  memory.delete(key);
  store((storage) => storage.removeItem(key));
}

/** Returns the keys of all that waits, the oldest first. */
export function list(): string[] {
  const stored = store((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX))) ?? [];
  return [...memory.keys(), ...stored].sort();
}

/** Returns the body that waits under a key; undefined when it is sent, or is for another server. */
export function recall(key: string, url: string): string | undefined {
  const text = store((storage) => storage.getItem(key)) ?? memory.get(key);
  const start = textOf(url, "");
  return text?.startsWith(start) ? text.slice(start.length) : undefined;
}

function textOf(url: string, body: string): string {
  return `${url} ${body}`;
}

/** Whether an event was made so long ago that it is given up when it is refused. */
export function isOld(key: string): boolean {
  return Number.parseInt(key.slice(PREFIX.length), 10) < Date.now() - MAX_AGE_MS;
}
