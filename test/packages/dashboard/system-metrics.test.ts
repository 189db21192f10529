import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Counter, Histogram as HistogramMetric, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { InstanceSchema } from "#gen/streak/v1/system_service_pb.ts";
import {
  addHistograms,
  countOf,
  histogramOf,
  quantile,
  since,
} from "../../../packages/dashboard/src/pages/system/metrics/histogram.ts";
import {
  firstOf,
  labelValues,
  parseMetrics,
  sumOf,
} from "../../../packages/dashboard/src/pages/system/metrics/parse.ts";
import {
  addReports,
  growthOf,
  lately,
  observed,
  type Reports,
  rateOf,
  sinceStart,
  WINDOW_MS,
} from "../../../packages/dashboard/src/pages/system/metrics/reports.ts";
import { formatDuration } from "../../../packages/dashboard/src/pages/system/units.ts";

const all = () => true;

describe("the text format", () => {
  test("of the server's own library is read: names, labels with every character, and values", async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: "calls_total",
      help: "Of \\ all\nkinds.",
      labelNames: ["a"],
      registers: [registry],
    });
    const strange = 'quote " backslash \\ newline \n brace } comma, a="b" é';
    counter.inc({ a: strange }, 3);
    counter.inc({ a: "" }, 0.5);
    const metrics = parseMetrics(await registry.metrics());
    expect(metrics.get("calls_total")).toEqual([
      { labels: { a: strange }, value: 3 },
      { labels: { a: "" }, value: 0.5 },
    ]);
    expect(labelValues(metrics, "calls_total", "a")).toEqual(["", strange]);
    expect(sumOf(metrics, "calls_total")).toBe(3.5);
    expect(sumOf(metrics, "calls_total", ({ a }) => a === "")).toBe(0.5);
  });

  test("has values without labels, with exponents, infinite ones, and times behind them", () => {
    const metrics = parseMetrics("a 1e+21\nb -3.5 1700000000000\nc +Inf\nd -Inf\ne NaN\n");
    expect(["a", "b", "c", "d", "e", "f"].map((name) => firstOf(metrics, name))).toEqual([
      1e21,
      -3.5,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      undefined,
    ]);
  });

  test("is read as far as it can be", () => {
    expect([...parseMetrics("# TYPE a counter\n\nwhat is this\na{ 1\nb 2")].map(([name]) => name)).toEqual(["b"]);
  });
});

describe("a histogram", () => {
  const histogram = { bounds: [1, 2, 4, Number.POSITIVE_INFINITY], counts: [2, 6, 10, 12] };

  test("of the server's own library is read, its labels added up", async () => {
    const registry = new Registry();
    const metric = new HistogramMetric({
      ...{ name: "seconds", help: "Help.", labelNames: ["m"], buckets: [1, 2], registers: [registry] },
    });
    for (const [m, value] of [
      ["a", 0.5],
      ["a", 3],
      ["b", 1.5],
    ] as const) {
      metric.observe({ m }, value);
    }
    const metrics = parseMetrics(await registry.metrics());
    const bounds = [1, 2, Number.POSITIVE_INFINITY];
    expect(histogramOf(metrics, "seconds", all)).toEqual({ bounds, counts: [1, 2, 3] });
    expect(histogramOf(metrics, "seconds", ({ m }) => m === "a")).toEqual({ bounds, counts: [1, 1, 2] });
  });

  test.each([
    // Half of the 12 are the 6 that are at most 2.
    [0.5, 2],
    // The third of the four between 1 and 2.
    [5 / 12, 1.75],
    [1 / 12, 0.5],
    [8 / 12, 3],
    // What lies above the last bound is taken for it.
    [11 / 12, 4],
  ])("has at %d the value %d, as Prometheus reckons", (part, expected) => {
    expect(quantile(part, histogram)).toBeCloseTo(expected, 10);
  });

  test("of too few observations to tell has no quantiles", () => {
    const few = (count: number) => ({ bounds: [1, Number.POSITIVE_INFINITY], counts: [count, count] });
    expect([quantile(0.95, few(19)), quantile(0.95, few(20))]).toEqual([undefined, 0.95]);
    expect([quantile(0.5, few(1)), quantile(0.5, few(2))]).toEqual([undefined, 0.5]);
    expect(quantile(0.95, { bounds: [1, Number.POSITIVE_INFINITY], counts: [0, 0] })).toBeUndefined();
    expect(quantile(0.95, { bounds: [], counts: [] })).toBeUndefined();
  });

  test("is added to others, and less what it was before, unless it began anew", () => {
    expect(addHistograms([histogram, { bounds: [], counts: [] }, histogram]).counts).toEqual([4, 12, 20, 24]);
    expect(addHistograms([])).toEqual({ bounds: [], counts: [] });
    const before = { bounds: histogram.bounds, counts: [1, 1, 1, 2] };
    expect(since(histogram, before).counts).toEqual([1, 5, 9, 10]);
    expect(since(before, histogram)).toEqual(before);
    expect(countOf(since(histogram, undefined))).toBe(12);
  });
});

describe("the reports of instances", () => {
  const START = 1_000_000;
  const instance = (id: string, at: number, calls: number) =>
    create(InstanceSchema, {
      id,
      startTime: timestampFromMs(START),
      reportTime: timestampFromMs(START + at),
      metrics: `calls_total ${calls}\nseconds_bucket{le="1"} ${calls}\nseconds_bucket{le="+Inf"} ${calls}\n`,
    });
  const reportsOf = (...reports: ReturnType<typeof instance>[][]): Reports =>
    reports.reduce<Reports>((kept, instances) => addReports(kept, instances), new Map());

  test("count from each instance's own start at first", () => {
    const instances = [instance("a", 10_000, 20), instance("b", 5_000, 5)];
    const spans = sinceStart(reportsOf(instances), instances);
    expect(growthOf(spans, "calls_total")).toBe(25);
    expect(rateOf(spans, "calls_total")).toBe(3);
  });

  test("count lately from the oldest that is kept, once there are two", () => {
    const first = [instance("a", 10_000, 20)];
    expect(lately(reportsOf(first))).toEqual([]);
    expect(lately(reportsOf(first, first))).toEqual([]);
    const spans = lately(reportsOf(first, [instance("a", 20_000, 50)], [instance("a", 30_000, 60)]));
    expect(growthOf(spans, "calls_total")).toBe(40);
    expect(rateOf(spans, "calls_total")).toBe(2);
    expect(countOf(observed(spans, "seconds"))).toBe(40);
  });

  test("are kept for two minutes, and go with their instance", () => {
    const spans = lately(reportsOf([instance("a", 0, 1)], [instance("a", 10, 2)], [instance("a", WINDOW_MS + 5, 10)]));
    expect(growthOf(spans, "calls_total")).toBe(8);
    expect([...reportsOf([instance("a", 0, 1), instance("b", 0, 1)], [instance("b", 1, 2)]).keys()]).toEqual(["b"]);
  });
});

test.each([
  [0.4, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3_661, "1 h 1 min"],
  [86_400 * 3 + 3_600 * 4 + 59, "3 d 4 h"],
])("%d seconds are %s", (seconds, expected) => {
  expect(formatDuration(seconds)).toBe(expected);
});
