import { hash, randomBytes } from "node:crypto";
import type { Principal } from "../../call/principal.ts";
import { prefixOf, SECRET_BYTES } from "../../domain/secret.ts";
import type { Token } from "../../domain/token.ts";
import { secretOf } from "../../domain/token-secret.ts";
import { StreakdError } from "../../errors.ts";

/** A token that was just made, with its secret. */
export interface MadeToken {
  readonly token: Token;
  readonly secret: string;
}

/**
 * Makes a token.
 *
 * @param id one that `Tokens.newId` has made
 * @param now the server's time in epoch milliseconds
 */
export function makeToken(
  id: string,
  fields: Pick<Token, "name" | "project" | "scopes">,
  expireTime: number | undefined,
  now: number,
): MadeToken {
  const secret = secretOf(randomBytes(SECRET_BYTES));
  const token: Token = {
    id,
    name: fields.name,
    project: fields.project,
    scopes: fields.scopes,
    secretHash: hash("sha256", secret),
    prefix: prefixOf(secret),
    createTime: now,
    expireTime,
    lifetime: expireTime === undefined ? undefined : expireTime - now,
    lastUseTime: undefined,
  };
  return { token, secret };
}

/**
 * Keeps a token from making a token that lives longer than itself. Otherwise a thief could keep its rights for ever.
 *
 * @throws StreakdError FORBIDDEN when the new token would live longer
 */
export function requireShorterLife({ token }: Principal, expireTime: number | undefined): void {
  const end = token?.expireTime;
  if (end !== undefined && (expireTime === undefined || expireTime > end)) {
    const until = new Date(end).toISOString();
    throw new StreakdError(
      "FORBIDDEN",
      `The token "${token?.name}" expires at ${until}, and can't make a token that lives longer. Give an expireTime that is not after that.`,
    );
  }
}
