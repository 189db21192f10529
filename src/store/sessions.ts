import type { Session } from "../domain/session.ts";

/** The sign-in sessions. */
export interface SessionStore {
  /** Adds a session. A token that then has more than `MAX_SESSIONS_OF_TOKEN` loses its oldest. */
  createSession(session: Session): Promise<void>;
  /** Returns the session whose secret has this hash, also when it has expired. */
  findSession(secretHash: string): Promise<Session | undefined>;
  /** Removes the session whose secret has this hash, if it is there. */
  deleteSession(secretHash: string): Promise<void>;
  /** Removes the sessions that expired before this time, in epoch milliseconds. */
  deleteExpiredSessions(before: number): Promise<void>;
}
