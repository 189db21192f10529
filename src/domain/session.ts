/** How long a sign-in session lasts at most, in milliseconds: 12 hours, a working day with its breaks. */
export const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;

/** How many random bytes the secret of a sign-in session has. */
export const SESSION_SECRET_BYTES = 32;

/**
 * How many sign-in sessions a token has at most. Whoever has a token can sign in again and again: without a bound, that
 * could fill the store. A further session ends the oldest.
 */
export const MAX_SESSIONS_OF_TOKEN = 20;

/**
 * A sign-in session as a store keeps it, with hashes and no secret. Times are epoch milliseconds. What it allows is not
 * kept: its token says that, each time that it is used.
 */
export interface Session {
  /** The SHA-256 of the cookie's secret, in hex. */
  readonly secretHash: string;
  /** The SHA-256 of the token that it was made with, in hex: the admin token, or the secret of another. */
  readonly tokenHash: string;
  readonly createTime: number;
  /** From when on it is refused. */
  readonly expireTime: number;
}
