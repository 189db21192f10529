import type { RateLimit } from "../../domain/rate-limit.ts";

/** Buckets that several instances have in common. */
export interface SharedBuckets {
  /**
   * Takes tokens, even more than the bucket has: it is in debt then, until time has paid the debt. Resolves to how many
   * tokens it has afterwards, or to `undefined` when it can't be told in time. Never rejects.
   */
  take(name: string, limit: RateLimit, tokens: number): Promise<number | undefined>;
  /** Releases the connection. */
  close(): Promise<void>;
}
