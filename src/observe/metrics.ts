import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { IngestObserver } from "../ingest/observer.ts";
import { type BackupMetrics, createBackupMetrics } from "./backups.ts";
import { registerBuildInfo } from "./build-info.ts";
import { type CallMetrics, createCallMetrics } from "./calls.ts";
import { type ConnectionMetrics, createConnectionMetrics } from "./connections.ts";
import { createDedupeMetrics, type DedupeMetrics } from "./dedupe.ts";
import { createIngestMetrics } from "./ingest.ts";
import { registerDroppedLines } from "./log-output.ts";
import { createRateLimitMetrics, type RateLimitMetrics } from "./rate-limits.ts";
import { createRefusalMetrics, type RefusalMetrics } from "./refusals.ts";
import { shareRendering } from "./shared-rendering.ts";
import { createStoreMetrics, type StoreMetrics } from "./store.ts";
import { shareWithWorkers } from "./worker-metrics.ts";

/**
 * What operators can measure. docs/operations.md says what each metric means. A subject has a file of its own in this
 * folder; a new subject is added here by one line in the type and one in `createMetrics`.
 *
 * Labels hold only what the program or the operator has named: never a user, or anything else that callers choose. A
 * project is the operator's, if it exists; only so many have a label. What has not happened yet is 0 rather than
 * missing, so that an alert sees the first time as a rise.
 */
export interface Metrics
  extends CallMetrics,
    IngestObserver,
    DedupeMetrics,
    StoreMetrics,
    RefusalMetrics,
    RateLimitMetrics,
    ConnectionMetrics,
    BackupMetrics {
  /** The media type of {@link page}. */
  readonly contentType: string;
  /**
   * Returns all metrics in Prometheus's text format, in UTF-8: those of all workers if this process is a worker.
   * Callers who ask very often share a page that may be 200 ms old. Rejects when the workers do not reply.
   */
  page(): Promise<Uint8Array>;
  /** Returns the metrics of this process alone, in the same format. Shared in the same way. */
  pageOfProcess(): Promise<Uint8Array>;
}

/** What is measured when somebody asks. */
export interface Gauges {
  /** Returns how many events wait for a commit. */
  queued(): number;
  /** Returns how many connections are open. */
  connections(): number;
  /** Returns how many lines of the log were dropped since the start. */
  droppedLines(): number;
}

/**
 * Creates the metrics, all at zero, together with those of the process.
 *
 * @param gauges return what there is now
 */
export function createMetrics({ queued, connections, droppedLines }: Gauges, log: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerBuildInfo(registry);
  registerDroppedLines(registry, droppedLines);
  const pageOfProcess = shareRendering(() => registry.metrics());
  const askWorkers = shareWithWorkers(registry);
  return {
    ...createCallMetrics(registry),
    ...createIngestMetrics(registry, queued, log),
    ...createDedupeMetrics(registry),
    ...createStoreMetrics(registry, log),
    ...createRefusalMetrics(registry, log),
    ...createRateLimitMetrics(registry, log),
    ...createConnectionMetrics(registry, connections, log),
    ...createBackupMetrics(registry),
    contentType: registry.contentType,
    page: askWorkers === undefined ? pageOfProcess : shareRendering(askWorkers),
    pageOfProcess,
  };
}
