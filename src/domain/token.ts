import { base62 } from "./token-secret.ts";

/** The scopes, from the least to the most. */
export const SCOPES = ["events:record", "states:read", "users:manage", "project:manage", "everything"] as const;

/** What a token allows; the contract's enum says what each means. */
export type Scope = (typeof SCOPES)[number];

/** A token as a store keeps it, with the hash of its secret and not the secret. Times are epoch milliseconds. */
export interface Token {
  /** See {@link tokenId}. */
  readonly id: string;
  readonly name: string;
  /** The project that the token is for; undefined when it is for all projects. */
  readonly project: TokenProject | undefined;
  readonly scopes: readonly Scope[];
  /** The SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  /** The first characters of the secret, by which people recognise it. */
  readonly prefix: string;
  readonly createTime: number;
  /** From when on the token is refused; undefined when it does not expire. */
  readonly expireTime: number | undefined;
  /**
   * The lifetime that the token was made with, in milliseconds; undefined means for ever. A rotation brings
   * `expireTime` forward, and leaves the lifetime.
   */
  readonly lifetime: number | undefined;
  /** The last minute in which the token was used, as far as the store knows; undefined until its first use. */
  readonly lastUseTime: number | undefined;
}

/** The project of a token. */
export interface TokenProject {
  /**
   * The project's internal id. The token does not reach a later project with the same `siteKey`, since its id differs.
   */
  readonly id: string;
  readonly siteKey: string;
}

/** The bytes of an id: six bytes of time, and 64 random bits. */
const TIME_BYTES = 6;
export const ID_RANDOM_BYTES = 8;
const ID_DIGITS = 19;

/**
 * Returns the id of a token that is made now. Ids sort by when they were made, so a list of tokens is ordered by age.
 *
 * @param now epoch milliseconds
 * @param random {@link ID_RANDOM_BYTES} random bytes
 */
export function tokenId(now: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(TIME_BYTES + ID_RANDOM_BYTES);
  bytes.writeUIntBE(now, 0, TIME_BYTES);
  bytes.set(random, TIME_BYTES);
  return `tok_${base62(bytes, ID_DIGITS)}`;
}

/** Whether a token has expired. `now` is in epoch milliseconds. */
export function isExpired({ expireTime }: Pick<Token, "expireTime">, now: number): boolean {
  return expireTime !== undefined && expireTime <= now;
}
