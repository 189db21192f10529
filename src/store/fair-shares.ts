/** The part of the bound that entries may take after a trim. So the next trim is not needed at once. */
const LEFT = 0.99;

/** How many entries a series has. */
export interface SeriesSize {
  readonly series: string;
  readonly entries: number;
}

/** How many entries of a series may stay. */
export interface FairShare {
  readonly name: string;
  readonly keep: number;
}

/**
 * Divides a bound among series that together have more entries. Small series keep all their entries, and the large
 * series get equal shares of the rest. Returns the series that must lose entries.
 */
export function fairShares(sizes: readonly SeriesSize[], maxInAll: number): FairShare[] {
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
