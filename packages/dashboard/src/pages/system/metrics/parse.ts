/** The labels of a sample, by their names. */
export type Labels = Readonly<Record<string, string>>;

/** A sample of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Samples, by the name on their lines, such as `streakd_request_seconds_bucket`. */
export type Metrics = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** Reads metrics in Prometheus's text format. Comments, and lines that can't be read, are passed over. */
export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = (line.startsWith("#") ? null : LINE.exec(line)) ?? [];
    if (name !== undefined && value !== undefined) {
      const sample = { labels: parseLabels(labels), value: numberOf(value) };
      const samples = metrics.get(name);
      samples === undefined ? metrics.set(name, [sample]) : samples.push(sample);
    }
  }
  return metrics;
}

/** Adds up the samples of a metric; 0 when there are none. */
export function sumOf(metrics: Metrics, name: string, matches: (labels: Labels) => boolean = () => true): number {
  return (metrics.get(name) ?? []).filter(({ labels }) => matches(labels)).reduce((sum, { value }) => sum + value, 0);
}

/** The only sample of a metric, or the first; undefined when there is none. */
export function firstOf(metrics: Metrics, name: string): number | undefined {
  return metrics.get(name)?.[0]?.value;
}

/** The different values that a label of a metric has, ordered. */
export function labelValues(metrics: Metrics, name: string, label: string): string[] {
  return [...new Set((metrics.get(name) ?? []).flatMap(({ labels }) => labels[label] ?? []))].sort();
}

function parseLabels(text: string): Record<string, string> {
  const labels = text.matchAll(LABEL);
  return Object.fromEntries(
    Array.from(labels, ([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\./g, (each) => ESCAPES[each] ?? each),
    ]),
  );
}

function numberOf(text: string): number {
  if (/^[+-]?inf$/i.test(text)) {
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(text);
}
