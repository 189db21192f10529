import type { Logger } from "pino";
import { Counter, Histogram, type Registry } from "prom-client";
import type { EventStore } from "../store/events.ts";
import type { StoreObserver } from "../store/observe.ts";
import { DURATION_BUCKETS, memoize } from "./instruments.ts";
import { throttle } from "./throttle.ts";

/** How long a commit may take, in seconds, before the log tells of it: ten times what one takes under full load. */
export const SLOW_COMMIT_SECONDS = 0.5;

/** The port's method that commits a batch of events. */
const COMMIT = "record" satisfies keyof EventStore;

/** Measures the calls of the store. */
export interface StoreMetrics {
  readonly storeCalled: StoreObserver;
}

/** Registers the metrics of the store. The log tells of slow commits, and at level debug of each call. */
export function createStoreMetrics(registry: Registry, log: Logger): StoreMetrics {
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
  const logSlow = throttle((count, seconds: number, events: number | undefined) =>
    log.warn({ ms: Math.round(seconds * 1000), events, count }, "commits are slow; this is the last one"),
  );
  const logsAll = log.isLevelEnabled("debug");
  return {
    storeCalled({ method, seconds, outcome, events }) {
      secondsOf(method).observe(seconds);
      if (outcome !== "done") {
        errors.inc({ reason: outcome });
      }
      if (method === COMMIT && seconds > SLOW_COMMIT_SECONDS) {
        logSlow(seconds, events);
      }
      if (logsAll) {
        log.debug({ method, ms: Math.round(seconds * 1e6) / 1000, outcome, events }, "store call");
      }
    },
  };
}
