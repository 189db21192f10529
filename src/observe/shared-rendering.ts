/** How many renderings may follow each other at once, so that a person and a few scrapers always see the present. */
export const FRESH_RENDERINGS = 10;

/** How often one more may follow, in milliseconds. So no page is older, however many ask for it. */
export const SHARED_MS = 200;

/**
 * Returns a function that returns a page as it is now. Where callers ask faster than the constants above allow, they
 * share the latest rendering, and so its bytes. A rendering that fails is shared with nobody who comes later.
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
