/** The scopes, from the least to the most. */
export const SCOPES = [
  "events:record",
  "states:read",
  "analytics:read",
  "users:manage",
  "project:manage",
  "everything",
] as const;

/** What a token allows; the contract's enum says what each means. */
export type Scope = (typeof SCOPES)[number];

/**
 * How many tokens a project has at most. A token can make tokens: without a bound, a leaked token could fill the store.
 * Expired tokens make room.
 */
export const MAX_TOKENS_OF_PROJECT = 100;

/** A token as a store keeps it, with the hash of its secret and not the secret. Times are epoch milliseconds. */
export interface Token {
  /** `tok_`, and digits that rise with time: a list of tokens is ordered by age. */
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

/** Whether a token has expired. `now` is in epoch milliseconds. */
export function isExpired({ expireTime }: Pick<Token, "expireTime">, now: number): boolean {
  return expireTime !== undefined && expireTime <= now;
}
