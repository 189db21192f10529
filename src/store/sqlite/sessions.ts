import { MAX_SESSIONS_OF_TOKEN, type Session } from "../../domain/session.ts";
import type { SessionStore } from "../sessions.ts";
import type { Connection } from "./connection.ts";

interface SessionRow {
  readonly secret_hash: string;
  readonly token_hash: string;
  readonly created_at: number;
  readonly expires_at: number;
}

/** The sign-in sessions, each a row. */
export function createSessions(connection: Connection): SessionStore {
  const insert = connection.prepare(
    "INSERT INTO sessions (secret_hash, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?)",
  );
  // Of those that were made in the same millisecond, the last to be added is the newest.
  const removeOldest = connection.prepare(`
    DELETE FROM sessions WHERE secret_hash IN (
      SELECT secret_hash FROM sessions WHERE token_hash = ?
      ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ${MAX_SESSIONS_OF_TOKEN}
    )
  `);
  const select = connection.prepare<SessionRow>("SELECT * FROM sessions WHERE secret_hash = ?");
  const remove = connection.prepare("DELETE FROM sessions WHERE secret_hash = ?");
  const removeExpired = connection.prepare("DELETE FROM sessions WHERE expires_at < ?");

  return {
    createSession: ({ secretHash, tokenHash, createTime, expireTime }) =>
      connection.write(() => {
        insert.run(secretHash, tokenHash, createTime, expireTime);
        removeOldest.run(tokenHash);
      }),

    findSession: (secretHash) => connection.read(() => sessionOf(select.get(secretHash))),

    deleteSession: (secretHash) => connection.write(() => void remove.run(secretHash)),

    deleteExpiredSessions: (before) => connection.write(() => void removeExpired.run(before)),
  };
}

function sessionOf(row: SessionRow | undefined): Session | undefined {
  return (
    row && {
      secretHash: row.secret_hash,
      tokenHash: row.token_hash,
      createTime: row.created_at,
      expireTime: row.expires_at,
    }
  );
}
