import type { Labels, Metrics } from "./parse.ts";

/** How many observations were at most as large as each bound. */
export interface Histogram {
  /** The upper bounds, rising; the last is infinite. */
  readonly bounds: readonly number[];
  /** How many observations were at most as large as the bound at the same place. */
  readonly counts: readonly number[];
}

/** Adds up the buckets of a histogram with these labels. */
export function histogramOf(metrics: Metrics, name: string, matches: (labels: Labels) => boolean): Histogram {
  const counts = new Map<number, number>();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    if (matches(labels)) {
      const bound = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
  }
  const ordered = [...counts].sort(([a], [b]) => a - b);
  return { bounds: ordered.map(([bound]) => bound), counts: ordered.map(([, count]) => count) };
}

/** Adds up histograms with the same bounds. */
export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const [first, ...others] = histograms.filter(({ bounds }) => bounds.length > 0);
  return (first === undefined ? [] : others).reduce<Histogram>(
    (sum, { counts }) => ({
      bounds: sum.bounds,
      counts: sum.counts.map((count, index) => count + (counts[index] ?? 0)),
    }),
    first ?? { bounds: [], counts: [] },
  );
}

/** What was observed since an earlier time. All of it when there is no earlier, or it was of another process. */
export function since(now: Histogram, before: Histogram | undefined): Histogram {
  const counts = now.counts.map((count, index) => count - (before?.counts[index] ?? 0));
  return counts.some((count) => count < 0) ? now : { bounds: now.bounds, counts };
}

/** How many observations there are. */
export function countOf({ counts }: Histogram): number {
  return counts.at(-1) ?? 0;
}

/**
 * The value below which a part of the observations lies, as Prometheus estimates it: evenly spread within a bucket. What
 * lies above the last finite bound is taken for that bound.
 *
 * @returns undefined when there are too few observations to tell: for the part 0.95, fewer than 20
 */
export function quantile(part: number, histogram: Histogram): number | undefined {
  const { bounds, counts } = histogram;
  const count = countOf(histogram);
  const rank = part * count;
  if (count - rank < 1) {
    return undefined;
  }
  const index = counts.findIndex((count) => count >= rank && count > 0);
  const bound = bounds[index];
  if (bound === undefined) {
    return undefined;
  }
  const lower = bounds[index - 1] ?? 0;
  if (bound === Number.POSITIVE_INFINITY) {
    return lower;
  }
  const below = counts[index - 1] ?? 0;
  return lower + ((bound - lower) * (rank - below)) / ((counts[index] ?? 0) - below);
}
