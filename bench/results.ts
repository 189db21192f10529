import type { Sample } from "./measure/sample.ts";
import { nameOf, type Row } from "./rows.ts";

/** What a row comes to: the medians of its rounds. */
export interface Result {
  readonly row: Row;
  readonly samples: readonly Sample[];
  readonly requestsPerSecond: number;
  /** The median of its requests a second by its base's, round by round; undefined without a base. */
  readonly ratio: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of these three see `Sample`. */
  readonly cpuMicros: number | undefined;
  readonly databaseCpuMicros: number | undefined;
  readonly rssBytes: number | undefined;
  /** What was wrong in a round. Then the numbers mean nothing. */
  readonly wrong: string | undefined;
}

/** Brings together what the rounds measured. */
export function resultsOf(samples: ReadonlyMap<Row, readonly Sample[]>): Result[] {
  return [...samples].map(([row, own]) => {
    const base = row.base && samples.get(row.base);
    const median = (field: keyof Sample) => medianOf(own.map((sample) => sample[field] as number | undefined));
    return {
      row,
      samples: own,
      requestsPerSecond: median("requestsPerSecond") ?? Number.NaN,
      ratio: base && medianOf(own.map((sample, i) => sample.requestsPerSecond / (base[i]?.requestsPerSecond ?? 0))),
      p50Ms: median("p50Ms") ?? Number.NaN,
      p99Ms: median("p99Ms") ?? Number.NaN,
      cpuMicros: median("cpuMicros"),
      databaseCpuMicros: median("databaseCpuMicros"),
      rssBytes: median("rssBytes"),
      wrong: [...own, ...(base ?? [])].find((sample) => sample.wrong !== undefined)?.wrong,
    };
  });
}

/** What goes into the file for machines: everything, with rows by name. */
export function toJson({ row, ...result }: Result): unknown {
  const { contender, scenario, connections, base } = row;
  return { contender: contender.name, scenario, connections, base: base && nameOf(base), ...result };
}

/** The middle of the values, or the mean of the two in the middle; undefined when any is missing. */
export function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return sorted.length < values.length || low === undefined || high === undefined ? undefined : (low + high) / 2;
}
