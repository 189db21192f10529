import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { hasMark, isSecret } from "../domain/token-secret.ts";
import { StreakdError } from "../errors.ts";
import type { MethodContract } from "./contract.ts";
import type { IncomingRequest } from "./incoming.ts";
import { hasOwnOrigin, mayUseSession } from "./own-page.ts";
import {
  ADMIN_TOKEN_HEADER,
  type Principal,
  type PrincipalToken,
  type TokenProblem,
  USER_TOKEN_HEADER,
} from "./principal.ts";
import type { SessionCookies } from "./session-cookie.ts";
import type { FindSession, SignIn } from "./sign-in.ts";

/**
 * Returns who sends a request for a method. Rejects with OVERLOADED when the sender's token or sign-in session can't be
 * looked up now.
 */
export type Authenticate = (
  request: Pick<IncomingRequest, "headers" | "peer">,
  contract: Pick<MethodContract, "access" | "method">,
) => Promise<Principal>;

/** Who a caller is by a token or a sign-in session. */
export type Caller = Pick<Principal, "kind" | "token" | "tokenProblem" | "signIn">;

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

/** How callers are recognised by their sign-in sessions. */
export interface SignIns {
  readonly cookies: SessionCookies;
  readonly findSession: FindSession;
  /** Finds the token of a session, as it is now, by its hash. */
  findTokenOf(tokenHash: string): Promise<PrincipalToken | "unknown" | "expired">;
}

const TOKEN_HEADER = ADMIN_TOKEN_HEADER.toLowerCase();
const USER_HEADER = USER_TOKEN_HEADER.toLowerCase();

/**
 * Recognises root by the admin token, and other callers by their tokens or by the sign-in sessions of these. A caller
 * without a valid one is anonymous.
 */
export class Authenticator {
  readonly #findToken: FindToken;
  readonly #signIns: SignIns | undefined;
  #rootTokenHash: Buffer | undefined;

  /** @param signIns undefined means that no cookie counts */
  constructor(findToken: FindToken, signIns?: SignIns) {
    this.#findToken = findToken;
    this.#signIns = signIns;
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
   *
   * A cookie counts only for methods that need a scope, in requests without a token, and for those that are about the
   * sign-in session itself. So what pages send to the methods for anyone is not changed by who has signed in.
   */
  readonly authenticate: Authenticate = async (request, contract) => {
    const { headers, peer: address } = request;
    const { origin } = headers;
    const userToken = headers[USER_HEADER] as string | undefined;
    const secret = contract.access === "own session" ? undefined : secretIn(headers);
    if (secret !== undefined) {
      const caller = await this.recognise(secret, address);
      const ownPage = caller.kind !== "anonymous" && hasOwnOrigin(headers) ? { hasOwnOrigin: true } : undefined;
      return { ...(isForeign(secret, headers) ? foreign(caller) : caller), origin, address, userToken, ...ownPage };
    }
    if (contract.access === "anyone" || (contract.access !== "own session" && headers.cookie === undefined)) {
      return { kind: "anonymous", origin, address, userToken };
    }
    return { ...(await this.#bySession(request, contract)), origin, address, userToken };
  };

  /** Returns whose token this is. Rejects with OVERLOADED when it can't be looked up now. */
  async recognise(secret: string, address: string | undefined): Promise<Caller> {
    const digest = hash("sha256", secret, "buffer");
    if (this.#isRootToken(digest)) {
      return { kind: "root" };
    }
    return callerOf(isSecret(secret) ? await this.#findToken(digest.toString("hex"), address) : "mistyped");
  }

  /** Returns who a caller is by the cookie of a sign-in session. */
  async #bySession(
    { headers, peer }: Parameters<Authenticate>[0],
    contract: Parameters<Authenticate>[1],
  ): Promise<Caller> {
    if (this.#signIns === undefined) {
      return { kind: "anonymous" };
    }
    const { cookies, findSession, findTokenOf } = this.#signIns;
    const secret = cookies.secretIn(headers);
    if (secret === undefined && contract.access !== "own session") {
      return { kind: "anonymous" };
    }
    const isSecure = cookies.isSecure(headers);
    const secretHash = secret && hash("sha256", secret);
    const isOwn = mayUseSession(headers, contract, isSecure, secret !== undefined);
    const signIn: SignIn = { isSecure, mayUseSession: isOwn, secretHash };
    const session = secretHash === undefined ? undefined : await findSession(secretHash, peer);
    if (session === undefined || session === "unknown") {
      return { kind: "anonymous", signIn, ...(session && { tokenProblem: "signed out" }) };
    }
    const caller: Caller = this.#isRootToken(Buffer.from(session.tokenHash, "hex"))
      ? { kind: "root" }
      : callerOf(await findTokenOf(session.tokenHash));
    return caller.kind === "anonymous"
      ? { kind: "anonymous", signIn, tokenProblem: "session over" }
      : { ...caller, signIn: { ...signIn, session } };
  }

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

function callerOf(found: PrincipalToken | TokenProblem): Caller {
  return typeof found === "string" ? { kind: "anonymous", tokenProblem: found } : { kind: "token", token: found };
}

/** Whether a token that is not valid may be an app's own: a bearer token that does not begin as those of a server do. */
function isForeign(secret: string, headers: IncomingHttpHeaders): boolean {
  return !hasMark(secret) && headers[TOKEN_HEADER] !== secret;
}

function foreign(caller: Caller): Caller {
  return caller.tokenProblem === "mistyped" ? { ...caller, tokenProblem: "foreign" } : caller;
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
 * Returns the SHA-256 of an admin token, in hex. This is what is stored; a token is random, so it needs no salt or slow
 * hash.
 */
export function hashAdminToken(token: string): string {
  return hash("sha256", token);
}
