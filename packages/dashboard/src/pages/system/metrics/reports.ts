import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Instance } from "#gen/streak/v1/system_service_pb.ts";
import { addHistograms, type Histogram, histogramOf, since } from "./histogram.ts";
import { type Labels, type Metrics, parseMetrics, sumOf } from "./parse.ts";

/** How long reports are kept to compare the latest with, in milliseconds. */
export const WINDOW_MS = 120_000;

/** What an instance measured at a time. */
export interface Report {
  /** Epoch milliseconds of the instance's clock. */
  readonly time: number;
  readonly metrics: Metrics;
}

/** The reports of each instance that runs, by its id, the oldest first. */
export type Reports = ReadonlyMap<string, readonly Report[]>;

/** Adds the latest reports. Instances that have ended go, and so do reports that are too old to compare with. */
export function addReports(reports: Reports, instances: readonly Instance[]): Reports {
  return new Map(
    instances.map(({ id, reportTime, metrics }) => {
      const known = reports.get(id) ?? [];
      const time = reportTime === undefined ? 0 : timestampMs(reportTime);
      const all = known.at(-1)?.time === time ? known : [...known, { time, metrics: parseMetrics(metrics) }];
      return [id, all.filter((report) => report.time >= time - WINDOW_MS)];
    }),
  );
}

/** What an instance has measured from one time to another. */
export interface Span {
  readonly now: Metrics;
  /** What it had measured when the span began; undefined when that is its start. */
  readonly before: Metrics | undefined;
  readonly seconds: number;
}

/** The time from each instance's start to its latest report. */
export function sinceStart(reports: Reports, instances: readonly Instance[]): Span[] {
  return instances.flatMap(({ id, startTime }) => {
    const latest = reports.get(id)?.at(-1);
    const start = startTime === undefined ? undefined : timestampMs(startTime);
    return latest === undefined || start === undefined
      ? []
      : [{ now: latest.metrics, before: undefined, seconds: Math.max(1, (latest.time - start) / 1000) }];
  });
}

/** The time from each instance's oldest report that is kept to its latest; none while there is only one. */
export function lately(reports: Reports): Span[] {
  return [...reports.values()].flatMap((kept) => {
    const [oldest] = kept;
    const latest = kept.at(-1);
    return oldest === undefined || latest === undefined || oldest === latest
      ? []
      : [{ now: latest.metrics, before: oldest.metrics, seconds: (latest.time - oldest.time) / 1000 }];
  });
}

type Matches = (labels: Labels) => boolean;

/** How much a counter has grown in all instances. */
export function growthOf(spans: readonly Span[], name: string, matches?: Matches): number {
  return spans.reduce((sum, { now, before }) => {
    return sum + sumOf(now, name, matches) - (before === undefined ? 0 : sumOf(before, name, matches));
  }, 0);
}

/** How much a counter has grown a second, in all instances together. */
export function rateOf(spans: readonly Span[], name: string, matches?: Matches): number {
  return spans.reduce((sum, span) => sum + growthOf([span], name, matches) / span.seconds, 0);
}

/** What a histogram of all instances has observed. */
export function observed(spans: readonly Span[], name: string, matches: Matches = () => true): Histogram {
  return addHistograms(
    spans.map(({ now, before }) =>
      since(histogramOf(now, name, matches), before && histogramOf(before, name, matches)),
    ),
  );
}
