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
