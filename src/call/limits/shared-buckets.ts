import type { RateLimit } from "../../domain/rate-limit.ts";

/** Buckets that several instances have in common. */
export interface SharedBuckets {
  /**
   * Takes tokens, even more than the bucket has: then the bucket is in debt until enough tokens have come. Resolves to
   * how many tokens the bucket has afterwards, or to `undefined` when the answer does not come in time. Never rejects.
   */
  take(name: string, limit: RateLimit, tokens: number): Promise<number | undefined>;
  /** Releases the connection. */
  close(): Promise<void>;
}
