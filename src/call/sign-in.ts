/** What a request says about the caller's sign-in session. */
export interface SignIn {
  /** Whether the browser has sent the request over TLS. The cookie is another one then. */
  readonly isSecure: boolean;
  /** Whether the session counts: the request comes from a page that this server serves itself, or from no page. */
  readonly mayUseSession: boolean;
  /** The SHA-256 of the cookie's secret, in hex; undefined without a cookie. */
  readonly secretHash: string | undefined;
  /** The session that the cookie names, while it and its token are valid. */
  readonly session?: FoundSession;
}

/** A sign-in session that was found. Times are epoch milliseconds. */
export interface FoundSession {
  /** The SHA-256 of its token, in hex. */
  readonly tokenHash: string;
  readonly createTime: number;
  readonly expireTime: number;
}

/**
 * Finds a valid sign-in session by the SHA-256 of its secret, in hex. Rejects with OVERLOADED when it can't be looked up
 * now.
 *
 * @param address of the caller who sends the cookie
 */
export type FindSession = (secretHash: string, address: string | undefined) => Promise<FoundSession | "unknown">;
