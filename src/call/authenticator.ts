import { hash, timingSafeEqual } from "node:crypto";
import { StreakdError } from "../errors.ts";
import type { IncomingRequest } from "./incoming.ts";
import { ADMIN_TOKEN_HEADER, type Principal } from "./principal.ts";

/** Says who sends a request. Rejects with OVERLOADED when that can't be told now. */
export type Authenticate = (request: Pick<IncomingRequest, "headers" | "peer">) => Promise<Principal>;

const TOKEN_HEADER = ADMIN_TOKEN_HEADER.toLowerCase();

/** Recognises root by the admin token. Everyone else is anonymous. */
export class Authenticator {
  #rootTokenHash: Buffer | undefined;

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
   * Says who calls; see {@link Authenticate}. A caller whose token is missing, empty, repeated or wrong is anonymous.
   */
  readonly authenticate: Authenticate = async ({ headers, peer: address }) => {
    const { origin } = headers;
    // Node joins a repeated header to "a, b", which is not a token.
    const token = headers[TOKEN_HEADER];
    const hasToken = typeof token === "string" && token !== "";
    if (!hasToken) {
      return { kind: "anonymous", origin, address };
    }
    return this.#isRootToken(token)
      ? { kind: "root", origin, address }
      : { kind: "anonymous", tokenProblem: "unknown", origin, address };
  };

  /**
   * Compares digests, in constant time: the time of an answer must tell neither a prefix of the token nor its length.
   */
  #isRootToken(token: string): boolean {
    if (this.#rootTokenHash === undefined) {
      throw new StreakdError("OVERLOADED", "The server is starting. Send the request again later.");
    }
    return timingSafeEqual(hash("sha256", token, "buffer"), this.#rootTokenHash);
  }
}

/**
 * Returns the SHA-256 of an admin token, in hex. This is what is stored; a token is random, so it needs no salt or slow
 * hash.
 */
export function hashAdminToken(token: string): string {
  return hash("sha256", token);
}
