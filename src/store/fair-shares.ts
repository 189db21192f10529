import type { SeriesBound } from "./audit.ts";

/** The part of the bound that is left when it was passed: so the next time is some while off. */
const LEFT = 0.99;

/** How many entries a series has. */
export interface SeriesSize {
  readonly series: string;
  readonly entries: number;
}

/**
 * Divides a bound among series that together have more entries. Small series keep all their entries, and the large
 * series get equal shares of the rest. Returns the series that must lose entries.
 */
export function fairShares(sizes: readonly SeriesSize[], maxInAll: number): SeriesBound[] {
  const bySize = sizes.toSorted((a, b) => a.entries - b.entries);
  let left = Math.floor(LEFT * maxInAll);
  for (const [index, { entries }] of bySize.entries()) {
    const share = Math.floor(left / (bySize.length - index));
    if (entries > share) {
      return bySize.slice(index).map(({ series }) => ({ name: series, keep: share }));
    }
    left -= entries;
  }
  return [];
}
