import { Counter, type Registry } from "prom-client";

/** Measures the dedupe cache. */
export interface DedupeMetrics {
  /** Counts an outage of the shared dedupe cache, when it begins. */
  dedupeOutage(): void;
}

/** Registers the metrics of the dedupe cache. */
export function createDedupeMetrics(registry: Registry): DedupeMetrics {
  const outages = new Counter({
    // `seen` is what the dedupe cache was called when the metric was published; operators' dashboards use it.
    name: "streakd_seen_outages_total",
    help: "How often Redis went away.",
    registers: [registry],
  });
  return { dedupeOutage: () => outages.inc() };
}
