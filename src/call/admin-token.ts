import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The SHA-256 of an admin token, in hex. This is what is kept; a token is random, so it needs no salt or slow hash. */
export function hashAdminToken(token: string): string {
  return hash("sha256", token);
}

/**
 * Creates the check of the `X-Admin-Token` header against the hash that {@link hashAdminToken} made. A missing, empty
 * or repeated header is refused.
 *
 * Digests are compared, in constant time, so that the time of an answer tells neither a prefix of the token nor its
 * length.
 */
export function createAdminGuard(expectedHash: string): (headers: IncomingHttpHeaders) => boolean {
  const expected = Buffer.from(expectedHash, "hex");
  if (expected.length !== 32) {
    throw new Error("The admin token's hash must be a SHA-256 in hex, 64 digits.");
  }
  return (headers) => {
    // Node joins a repeated header to "a, b", which is no token either.
    const token = headers["x-admin-token"];
    if (typeof token !== "string" || token === "") {
      return false;
    }
    return timingSafeEqual(hash("sha256", token, "buffer"), expected);
  };
}
