/** How long an instance waits between two reports, in milliseconds. */
export const REPORT_INTERVAL_MS = 15_000;

/** How long a report counts, in milliseconds. An instance that has not reported for so long has ended. */
export const REPORT_LIFE_MS = 4 * REPORT_INTERVAL_MS;

/** What an instance says about itself. */
export interface InstanceReport {
  /** Made anew at each start. */
  readonly id: string;
  readonly host: string;
  readonly processId: number;
  /** The version of streakd. */
  readonly version: string;
  readonly nodeVersion: string;
  readonly store: "sqlite" | "mongodb";
  readonly dedupeCache: "in-process" | "redis";
  /** When the instance started, in epoch milliseconds of its own clock, as `reportTime`. */
  readonly startTime: number;
  readonly reportTime: number;
  /** The metrics of this process, in Prometheus's text format. */
  readonly metrics: string;
}

/** The running instances. A report need not outlive the instances: a store that only one uses may forget it at its end. */
export interface InstanceStore {
  /** Keeps the report of an instance, instead of its last. Drops those that are `REPORT_LIFE_MS` older than this one. */
  reportInstance(report: InstanceReport): Promise<void>;
  /** Returns the reports that were made at this time or later, in epoch milliseconds, ordered by their ids. */
  listInstances(since: number): Promise<InstanceReport[]>;
  /** Drops the report of an instance that ends. */
  removeInstance(id: string): Promise<void>;
}
