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
  /** Claims a user's key for 24 hours from `now`, in epoch milliseconds. Returns false while another event holds it. */
  claim(projectId: string, userHash: string, key: string, now: number): boolean;
  /** Gives the keys of an alias to its user; see `IDEMPOTENCY_WINDOW_MS`. */
  move(projectId: string, from: string, to: string): void;
  /** Takes back the claim of an event that is not stored after all. */
  release(projectId: string, userHash: string, key: string): void;
}

/** Prepares the statements on idempotency keys. They are for use inside a transaction. */
export function createIdempotencyKeys(connection: Connection): IdempotencyKeys {
  const claim = connection.prepare(`
    INSERT INTO idempotency_keys (project_id, user_hash, key, expires_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= ?5
  `);
  const deleteExpired = connection.prepare(`
    DELETE FROM idempotency_keys WHERE (project_id, user_hash, key) IN
      (SELECT project_id, user_hash, key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
  `);
  const copy = connection.prepare(`
    INSERT INTO idempotency_keys (project_id, user_hash, key, expires_at)
    SELECT project_id, ?3, key, expires_at FROM idempotency_keys WHERE project_id = ?1 AND user_hash = ?2
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at
      WHERE idempotency_keys.expires_at <= excluded.expires_at - ${IDEMPOTENCY_WINDOW_MS}
  `);
  const remove = connection.prepare("DELETE FROM idempotency_keys WHERE project_id = ? AND user_hash = ?");
  const release = connection.prepare("DELETE FROM idempotency_keys WHERE project_id = ? AND user_hash = ? AND key = ?");

  return {
    claim(projectId, userHash, key, now) {
      if (claim.run(projectId, userHash, key, now + IDEMPOTENCY_WINDOW_MS, now) === 0) {
        return false;
      }
      // Sweeping with each claim bounds the table by the claims of a day, without a timer.
      deleteExpired.run(now, SWEPT_PER_CLAIM);
      return true;
    },

    move(projectId, from, to) {
      copy.run(projectId, from, to);
      remove.run(projectId, from);
    },

    release(projectId, userHash, key) {
      release.run(projectId, userHash, key);
    },
  };
}
