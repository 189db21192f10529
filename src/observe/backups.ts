import { Counter, Gauge, type Registry } from "prom-client";

/** Is told how scheduled backups went. */
export interface BackupObserver {
  /** A backup of this time has succeeded: made by this process, or found at its start. Epoch milliseconds. */
  succeeded(at: number): void;
  /** A backup has failed. */
  failed(): void;
}

/** Measures scheduled backups. */
export interface BackupMetrics {
  /**
   * Registers the metrics of backups: only a server that makes some has them, so that no alert sees 0 elsewhere.
   *
   * @param everyMs how long after one backup the next one is due, in milliseconds
   */
  observeBackups(everyMs: number): BackupObserver;
}

/** The metrics of backups, which are registered when they are asked for. */
export function createBackupMetrics(registry: Registry): BackupMetrics {
  const registers = [registry];
  return {
    observeBackups(everyMs) {
      const lastSuccess = new Gauge({
        name: "streakd_backup_last_success_timestamp_seconds",
        help: "When the newest scheduled backup began, as a Unix time; 0 when there is none.",
        registers,
      });
      new Gauge({
        name: "streakd_backup_interval_seconds",
        help: "How long after one scheduled backup the next one is due: BACKUP_EVERY_HOURS.",
        registers,
      }).set(everyMs / 1000);
      const failures = new Counter({
        name: "streakd_backup_failures_total",
        help: "Scheduled backups that failed.",
        registers,
      });
      return {
        succeeded: (at) => lastSuccess.set(at / 1000),
        failed: () => failures.inc(),
      };
    },
  };
}
