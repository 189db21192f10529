const KEY = "streakd:visitor";

/** Returns the id of this browser's visitor: made at the first call, and kept in localStorage where that is allowed. */
export function getVisitorId(): string {
  let id: string | null = null;
  try {
    id = localStorage.getItem(KEY);
    if (id === null) {
      id = `anon_${crypto.randomUUID()}`;
      localStorage.setItem(KEY, id);
    }
  } catch {}
  return id ?? `anon_${crypto.randomUUID()}`;
}

/** Returns the user's hash, or else the fallback. */
export function ensureUserHash(userHash: string | undefined, fallback: string): string {
  return userHash || fallback;
}
