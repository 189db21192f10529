/** How many renderings may follow each other at once, so that a person and a few scrapers always get a new page. */
export const FRESH_RENDERINGS = 10;

/** After that, the least time between two renderings, in milliseconds. No page is older, however many ask for it. */
export const SHARED_MS = 200;

/**
 * Returns a function that returns a page as it is now. When callers ask more often than the constants above allow, they
 * share the bytes of the latest rendering. A failed rendering is not shared with later callers.
 *
 * @param clock a time in milliseconds that never goes back
 */
export function shareRendering(
  render: () => Promise<string>,
  clock: () => number = () => performance.now(),
): () => Promise<Uint8Array> {
  let latest: Promise<Uint8Array> | undefined;
  let left = FRESH_RENDERINGS;
  let countedAt = clock();
  return () => {
    const now = clock();
    left = Math.min(FRESH_RENDERINGS, left + (now - countedAt) / SHARED_MS);
    countedAt = now;
    if (latest !== undefined && left < 1) {
      return latest;
    }
    left -= 1;
    const rendering = render().then((page) => Buffer.from(page));
    latest = rendering;
    rendering.catch(() => {
      latest = latest === rendering ? undefined : latest;
    });
    return rendering;
  };
}
