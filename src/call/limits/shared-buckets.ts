import type { RateLimit } from "../../domain/rate-limit.ts";

/** Buckets that several instances have in common. */
export interface SharedBuckets {
  /**
   * Takes the calls of each report from its bucket, even more than the bucket has: it is in debt then, until time has
   * paid the debt. Calls that an earlier report of the same reporter has counted are not taken again, so a report whose
   * outcome is unknown can be repeated. Resolves to what each bucket is afterwards, in the same order; `undefined` when
   * that can't be told in time. Never rejects.
   */
  report(reports: readonly Report[]): Promise<(SharedLevel | undefined)[]>;
}

/** What one instance has let through by one bucket. */
export interface Report {
  /** The name of the bucket. */
  readonly name: string;
  readonly limit: RateLimit;
  /** Who reports: the bucket of one instance. Its counts never go back. */
  readonly reporter: string;
  /** The calls after this one are reported, counted from the reporter's first... */
  readonly after: number;
  /** ... up to this one. */
  readonly upTo: number;
}

/** What a shared bucket is after a report. */
export interface SharedLevel {
  /** How many calls it has; below zero when it is in debt. */
  readonly level: number;
  /** Whether nobody but the reporter has reported the bucket within the last second. */
  readonly isSole: boolean;
}
