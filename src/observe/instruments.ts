import { Counter, type CounterConfiguration } from "prom-client";

/** The upper bounds of durations, in seconds. The last is the longest that a call without a deadline lasts. */
export const DURATION_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/**
 * Returns the same function, which makes each key's value only once. For metrics with labels: prom-client takes longer
 * to find a metric by its labels than to count. Nothing is ever dropped, so the keys must be few.
 */
export function memoize<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}

/** How often something has happened. Whoever sees it happen adds to it. */
export interface Count {
  value: number;
}

/**
 * Registers a counter, and returns a function that makes the count of a set of labels; call it once for each set.
 * prom-client gets the counts when somebody asks for them: its own counters take some 250 ns each time, which is too
 * much for what happens with every call.
 */
export function createCounts<Label extends string>(
  configuration: CounterConfiguration<Label>,
): (...labels: string[]) => Count {
  const counts: { readonly labels: string[]; readonly count: Count }[] = [];
  new Counter({
    ...configuration,
    collect() {
      this.reset();
      for (const { labels, count } of counts) {
        this.labels(...labels).inc(count.value);
      }
    },
  });
  return (...labels) => {
    const count = { value: 0 };
    counts.push({ labels, count });
    return count;
  };
}
