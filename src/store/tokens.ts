import type { Token } from "../domain/token.ts";

/** When a token was used last. */
export interface TokenUse {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The tokens. A project's tokens are deleted with their project. A token whose project is gone is never found or read,
 * also while the deletion of the project is not finished, or was cut short. Only lists may still have it until then.
 */
export interface TokenStore {
  /**
   * Adds a token, unless its project has `MAX_TOKENS_OF_PROJECT`: then it is `full`. Tokens that have expired before the new
   * one was made are removed where they are in the way. Returns undefined, and changes nothing, when the project is gone.
   */
  createToken(token: Token): Promise<"added" | "full" | undefined>;
  /** Returns the token with this id. */
  readToken(id: string): Promise<Token | undefined>;
  /** Returns the token whose secret has this hash. */
  findToken(secretHash: string): Promise<Token | undefined>;
  /**
   * Returns the first `limit` tokens whose id is greater than `after`, in the order of ids.
   *
   * @param projectId the project whose tokens to return; undefined for all tokens
   */
  listTokens(projectId: string | undefined, after: string, limit: number): Promise<Token[]>;
  /**
   * Adds the successor of a token, and lets that token expire at `expireTime`, in epoch milliseconds, unless it expires
   * sooner. A successor takes up room as every new token does: where the project is `full`, nothing changes. Returns
   * undefined when the token is not there any more; then the successor is not there either.
   */
  rotateToken(id: string, successor: Token, expireTime: number): Promise<"added" | "full" | undefined>;
  /** Removes a token. Returns false when there is none. */
  deleteToken(id: string): Promise<boolean>;
  /** Stores when tokens were used last. Never goes back to an earlier time. Tokens that are gone stay gone. */
  noteTokenUses(uses: readonly TokenUse[]): Promise<void>;
  /** Removes the tokens that expired before this time, in epoch milliseconds. */
  deleteExpiredTokens(before: number): Promise<void>;
}
