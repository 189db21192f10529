import type { Logger } from "pino";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { IngestObserver, RecordedOutcome } from "../ingest/observer.ts";

/** The upper bounds of a batch's events. The last is the most that a batch holds. */
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Tells the operator at once when the store takes no events any more, and when it takes them again. */
function logOutages(log: Logger): IngestObserver["blocked"] {
  let isBlocked = false;
  return (reason) => {
    if (reason !== undefined && !isBlocked) {
      log.warn({ err: reason }, "events can't be stored");
    } else if (reason === undefined && isBlocked) {
      log.info("events can be stored again");
    }
    isBlocked = reason !== undefined;
  };
}

/**
 * Registers the metrics of events.
 *
 * @param queued returns how many events wait for a commit
 */
export function createIngestMetrics(registry: Registry, queued: () => number, log: Logger): IngestObserver {
  const registers = [registry];
  const events = new Counter({
    name: "streakd_events_total",
    help: "Accepted events: stored are new, repeat and seen are duplicates that the store or the memory before it told.",
    labelNames: ["outcome"],
    registers,
  });
  const batchEvents = new Histogram({
    name: "streakd_batch_events",
    help: "How many events a commit took.",
    buckets: BATCH_BUCKETS,
    registers,
  });
  new Gauge({
    name: "streakd_queue_events",
    help: "Events that wait for a commit.",
    registers,
    collect() {
      this.set(queued());
    },
  });
  const counters: Readonly<Record<RecordedOutcome, Counter.Internal>> = {
    stored: events.labels("stored"),
    repeat: events.labels("repeat"),
    // `seen` is what the dedupe cache was called when the metric was published; operators' dashboards use it.
    cached: events.labels("seen"),
  };
  for (const counter of Object.values(counters)) {
    counter.inc(0);
  }
  return {
    committed: (size) => batchEvents.observe(size),
    recorded: (outcome, count) => counters[outcome].inc(count),
    blocked: logOutages(log),
  };
}
