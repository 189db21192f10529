import type { Connection } from "../store/mongo/connection.ts";
import type { Say } from "./report.ts";
import type { Retry } from "./retry.ts";
import type { Source } from "./source.ts";

/** What a migration that has begun works with. */
export interface Run {
  /** The data folder, as an absolute path. */
  readonly dataDir: string;
  readonly source: Source;
  readonly target: Connection;
  readonly retry: Retry;
  /** The time in epoch milliseconds, by which idempotency keys expire. */
  readonly clock: () => number;
  readonly say: Say;
}
