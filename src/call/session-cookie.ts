import type { IncomingHttpHeaders } from "node:http";

/** The name of the cookie of a sign-in session, where it goes over cleartext. */
export const SESSION_COOKIE = "streakd_session";

/**
 * Its name over TLS. The prefix makes browsers refuse the cookie unless this very host has set it over TLS: so neither
 * another host of the domain nor anybody on a cleartext connection can plant one.
 */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;

/** The secret of a session: 32 bytes in base64url. Another value is not looked up. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Only our own pages send it, scripts can't read it, and it is for every path. */
const ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";

/** Reads and writes the cookie of a sign-in session. */
export class SessionCookies {
  readonly #isTls: boolean;

  /** @param isTls whether this server has TLS itself */
  constructor(isTls: boolean) {
    this.#isTls = isTls;
  }

  /**
   * Whether a browser has sent the request over TLS: this server has TLS, or a proxy says so in `X-Forwarded-Proto`.
   * Every proxy is believed. Whoever lies about their own request only gets a cookie that their browser refuses, and a
   * page can't set this header on another site's requests.
   */
  isSecure(headers: IncomingHttpHeaders): boolean {
    const forwarded = headers["x-forwarded-proto"];
    // The first proxy's is the first entry.
    return this.#isTls || (typeof forwarded === "string" && /^https\b/i.test(forwarded));
  }

  /** Returns the secret of the session that a request's cookie names; undefined without one, or one that is malformed. */
  secretIn(headers: IncomingHttpHeaders): string | undefined {
    const start = `${this.#nameFor(headers)}=`;
    const cookies = headers.cookie?.split(";").map((cookie) => cookie.trim());
    const secret = cookies?.find((cookie) => cookie.startsWith(start))?.slice(start.length);
    return secret !== undefined && SECRET.test(secret) ? secret : undefined;
  }

  /**
   * Returns the `Set-Cookie` of a session.
   *
   * @param secret empty to clear the cookie
   * @param seconds how long the browser keeps the cookie; 0 to clear it
   */
  cookieOf(secret: string, seconds: number, isSecure: boolean): string {
    const name = isSecure ? SECURE_SESSION_COOKIE : SESSION_COOKIE;
    return `${name}=${secret}; Max-Age=${seconds}${ATTRIBUTES}${isSecure ? "; Secure" : ""}`;
  }

  #nameFor(headers: IncomingHttpHeaders): string {
    return this.isSecure(headers) ? SECURE_SESSION_COOKIE : SESSION_COOKIE;
  }
}
