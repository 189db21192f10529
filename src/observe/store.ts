import { Counter, Histogram, type Registry } from "prom-client";
import type { StoreObserver } from "../store/observe.ts";
import { DURATION_BUCKETS, memoize } from "./instruments.ts";

/** Measures the calls of the store. */
export interface StoreMetrics {
  readonly storeCalled: StoreObserver;
}

/** Registers the metrics of the store. */
export function createStoreMetrics(registry: Registry): StoreMetrics {
  const registers = [registry];
  const callSeconds = new Histogram({
    name: "streakd_store_seconds",
    help: "How long the store took to answer, errors included; record is the commit of a batch.",
    labelNames: ["method"],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: "streakd_store_errors_total",
    help: "Calls of the store that failed: away is one that can't answer now, failed is anything else.",
    labelNames: ["reason"],
    registers,
  });
  for (const reason of ["away", "failed"]) {
    errors.inc({ reason }, 0);
  }
  const secondsOf = memoize((method) => callSeconds.labels(method));
  return {
    storeCalled(method, seconds, outcome) {
      secondsOf(method).observe(seconds);
      if (outcome !== "done") {
        errors.inc({ reason: outcome });
      }
    },
  };
}
