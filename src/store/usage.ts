import type { MonthUsage } from "../domain/usage.ts";

/** What projects use, by month. Counted from what is recorded whenever it is asked for, so it is always exact. */
export interface UsageStore {
  /**
   * Returns what was recorded for a project in each of these months, in the same order. It reads everything of the
   * project, a slice at a time, so what changes meanwhile may be counted before or after the change.
   */
  countUsage(projectId: string, months: readonly string[]): Promise<MonthUsage[]>;
  /** Adds to the number of events of a month that were rejected. Called again after a rejection, it may add twice. */
  addRejected(projectId: string, month: string, events: number): Promise<void>;
}
