import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { AnswerCode } from "../http/answer.ts";
import type { RecordedOutcome } from "../ingest/observer.ts";

/** The upper bounds of durations, in seconds. The last is how long a caller waits at most that does not say. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The upper bounds of a batch's events; the last is the most that a batch takes. */
const EVENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * What operators can measure. docs/operations.md says what each metric means. Labels hold only what the program itself
 * names: never a project, a user, or anything else that callers choose.
 */
export interface Metrics {
  /** Counts a request to a method of the API. */
  answered(protocol: string, method: string, code: AnswerCode, seconds: number): void;
  /** Counts a commit: the store took so many events. */
  committed(events: number): void;
  /** Counts events that are durable: new ones, repeats that the store told, and repeats that were known without it. */
  recorded(outcome: RecordedOutcome, events: number): void;
  /** Counts a call of a store's method, by how it ended. */
  storeCalled(method: string, seconds: number, outcome: "done" | "away" | "failed"): void;
  /** Counts an outage of the shared dedupe cache, when it begins. */
  dedupeOutage(): void;
  /** What {@link page} is. */
  readonly contentType: string;
  /** Everything, as Prometheus reads it. */
  page(): Promise<string>;
}

/**
 * Makes the metrics, all at zero, and those of the process.
 *
 * @param queued answers how many events wait for a commit
 * @param pageOfAll answers the page of all processes that serve the port; without it this process is alone
 */
export function createMetrics(queued: () => number, pageOfAll?: () => Promise<string>): Metrics {
  const registry = new Registry();
  AggregatorRegistry.setRegistries(registry);
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: "streakd_requests_total",
    help: "Requests to a method of the API, by the error's code or OK.",
    labelNames: ["protocol", "method", "code"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "streakd_request_seconds",
    help: "From when a request was read, its headers at least, to its answer.",
    labelNames: ["protocol", "method"],
    buckets: SECONDS,
    registers,
  });
  const events = new Counter({
    name: "streakd_events_total",
    help: "Accepted events: stored are new, repeat and seen are duplicates that the store or the memory before it told.",
    labelNames: ["outcome"],
    registers,
  });
  const batchEvents = new Histogram({
    name: "streakd_batch_events",
    help: "How many events a commit took.",
    buckets: EVENTS,
    registers,
  });
  const storeSeconds = new Histogram({
    name: "streakd_store_seconds",
    help: "How long the store took to answer, errors included; record is the commit of a batch.",
    labelNames: ["method"],
    buckets: SECONDS,
    registers,
  });
  const storeErrors = new Counter({
    name: "streakd_store_errors_total",
    help: "Calls of the store that failed: away is one that can't answer now, failed is anything else.",
    labelNames: ["reason"],
    registers,
  });
  const seenOutages = new Counter({
    name: "streakd_seen_outages_total",
    help: "How often Redis went away.",
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

  // What has not happened yet is 0 rather than missing, so that the first time is a rise that an alert can see.
  for (const outcome of ["stored", "repeat", "seen"]) {
    events.inc({ outcome }, 0);
  }
  for (const reason of ["away", "failed"]) {
    storeErrors.inc({ reason }, 0);
  }

  // Looking a metric up by its labels costs more than counting does.
  const requestsOf = remember((key: string) => {
    const [protocol, method, code] = key.split(" ") as [string, string, string];
    return { count: requests.labels(protocol, method, code), seconds: requestSeconds.labels(protocol, method) };
  });
  const eventsOf = remember((outcome: string) => events.labels(outcome));
  const storeSecondsOf = remember((method: string) => storeSeconds.labels(method));

  return {
    answered(protocol, method, code, seconds) {
      const { count, seconds: histogram } = requestsOf(`${protocol} ${method} ${code}`);
      count.inc();
      histogram.observe(seconds);
    },
    committed: (size) => batchEvents.observe(size),
    // `seen` is what the dedupe cache was called when the metric was published; operators' dashboards use it.
    recorded: (outcome, count) => eventsOf(outcome === "cached" ? "seen" : outcome).inc(count),
    storeCalled(method, seconds, outcome) {
      storeSecondsOf(method).observe(seconds);
      if (outcome !== "done") {
        storeErrors.inc({ reason: outcome });
      }
    },
    dedupeOutage: () => seenOutages.inc(),
    contentType: registry.contentType,
    page: pageOfAll ?? (() => registry.metrics()),
  };
}

/** The same function, which makes what it makes of a key only once. */
function remember<Made>(make: (key: string) => Made): (key: string) => Made {
  const made = new Map<string, Made>();
  return (key) => {
    let one = made.get(key);
    if (one === undefined) {
      one = make(key);
      made.set(key, one);
    }
    return one;
  };
}
