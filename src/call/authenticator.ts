import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { hasMark, isSecret } from "../domain/token-secret.ts";
import { StreakdError } from "../errors.ts";
import type { IncomingRequest } from "./incoming.ts";
import { ADMIN_TOKEN_HEADER, type Principal, type PrincipalToken, USER_TOKEN_HEADER } from "./principal.ts";

/** Returns who sends a request. Rejects with OVERLOADED when the sender's token can't be looked up now. */
export type Authenticate = (request: Pick<IncomingRequest, "headers" | "peer">) => Promise<Principal>;

/**
 * Finds a valid token by the SHA-256 of its secret, in hex; otherwise says what is wrong. Rejects with OVERLOADED when it
 * can't be looked up now.
 *
 * @param address of the caller who sends the token
 */
export type FindToken = (
  secretHash: string,
  address: string | undefined,
) => Promise<PrincipalToken | "unknown" | "expired">;

const TOKEN_HEADER = ADMIN_TOKEN_HEADER.toLowerCase();
const USER_HEADER = USER_TOKEN_HEADER.toLowerCase();

/**
 * Recognises root by the admin token, and other callers by their tokens. A caller without a valid token is anonymous.
 */
export class Authenticator {
  readonly #findToken: FindToken;
  #rootTokenHash: Buffer | undefined;

  constructor(findToken: FindToken) {
    this.#findToken = findToken;
  }

  /**
   * Sets root's token. Until then a caller with a token gets OVERLOADED.
   *
   * @param tokenHash what {@link hashAdminToken} made of the token
   */
  setRootToken(tokenHash: string): void {
    const bytes = Buffer.from(tokenHash, "hex");
    if (bytes.length !== 32) {
      throw new Error("The admin token's hash must be a SHA-256 in hex, 64 digits.");
    }
    this.#rootTokenHash = bytes;
  }

  /**
   * Returns who calls; see {@link Authenticate}. A caller whose token is missing, empty or wrong is anonymous. The
   * store is not asked for the admin token, for a missing token, and for a mistyped token.
   */
  readonly authenticate: Authenticate = async ({ headers, peer: address }) => {
    const { origin } = headers;
    const userToken = headers[USER_HEADER] as string | undefined;
    const secret = secretIn(headers);
    if (secret === undefined) {
      return { kind: "anonymous", origin, address, userToken };
    }
    const digest = hash("sha256", secret, "buffer");
    const ownPage = isOwnPage(headers) ? { isOwnPage: true } : undefined;
    if (this.#isRootToken(digest)) {
      return { kind: "root", origin, address, userToken, ...ownPage };
    }
    const found = isSecret(secret)
      ? await this.#findToken(digest.toString("hex"), address)
      : hasMark(secret) || headers[TOKEN_HEADER] === secret
        ? "mistyped"
        : "foreign";
    return typeof found === "string"
      ? { kind: "anonymous", tokenProblem: found, origin, address, userToken }
      : { kind: "token", token: found, origin, address, userToken, ...ownPage };
  };

  /**
   * Compares digests, in constant time: the time of an answer must tell neither a prefix of the token nor its length.
   */
  #isRootToken(digest: Buffer): boolean {
    if (this.#rootTokenHash === undefined) {
      throw new StreakdError("OVERLOADED", "The server is starting. Send the request again later.");
    }
    return timingSafeEqual(digest, this.#rootTokenHash);
  }
}

/**
 * Returns the token that a request carries; undefined when it has none. Our own header goes first: `Authorization` may
 * be for a proxy in front, which then passes it on.
 */
function secretIn(headers: IncomingHttpHeaders): string | undefined {
  // Node joins a repeated header to "a, b", which is not a token.
  const own = headers[TOKEN_HEADER];
  if (typeof own === "string" && own !== "") {
    return own;
  }
  const { authorization } = headers;
  return authorization === undefined ? undefined : bearerOf(authorization);
}

/** Returns the token of an `Authorization` header; undefined for another scheme than `Bearer`, which proxies use. */
function bearerOf(authorization: string): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

/**
 * Whether a request comes from a page of this server's own origin. No page can set these headers. Browsers send
 * `Sec-Fetch-Site` over TLS and to this machine; without it the origin must be of the host that the request is for.
 */
function isOwnPage(headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  const host = headers[":authority"] ?? headers.host;
  const site = headers["sec-fetch-site"];
  return (
    origin !== undefined &&
    (host !== undefined || site !== undefined) &&
    (site === undefined ? [`http://${host}`, `https://${host}`].includes(origin) : site === "same-origin")
  );
}

/**
 * Returns the SHA-256 of an admin token, in hex. This is what is stored; a token is random, so it needs no salt or slow
 * hash.
 */
export function hashAdminToken(token: string): string {
  return hash("sha256", token);
}
