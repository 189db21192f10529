import { IDEMPOTENCY_WINDOW_MS } from "../events.ts";
import type { Connection } from "./connection.ts";

/**
 * How many expired keys are deleted for each new one. More than one, so that the table shrinks back after a burst; few,
 * so that no batch pays for many.
 */
const SWEPT_PER_CLAIM = 2;

/**
 * The idempotency keys in use. A key is claimed in the same transaction that stores its event. So neither is ever there
 * without the other, and the key need not say what its event was.
 */
export interface IdempotencyKeys {
  /** Claims a key for 24 hours from `now`, in epoch milliseconds. Returns false while another event holds it. */
  claim(projectId: string, key: string, now: number): boolean;
}

/** Prepares the statements on idempotency keys. They are for use inside a transaction. */
export function createIdempotencyKeys(connection: Connection): IdempotencyKeys {
  const claim = connection.prepare(`
    INSERT INTO idempotency_keys (project_id, key, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= ?4
  `);
  const deleteExpired = connection.prepare(`
    DELETE FROM idempotency_keys WHERE (project_id, key) IN
      (SELECT project_id, key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
  `);

  return {
    claim(projectId, key, now) {
      if (claim.run(projectId, key, now + IDEMPOTENCY_WINDOW_MS, now) === 0) {
        return false;
      }
      // Sweeping with each claim bounds the table by the claims of a day, without a timer.
      deleteExpired.run(now, SWEPT_PER_CLAIM);
      return true;
    },
  };
}
