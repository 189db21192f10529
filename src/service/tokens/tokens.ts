import type { FindToken } from "../../call/authenticator.ts";
import { type Principal, type PrincipalToken, reaches } from "../../call/principal.ts";
import { isExpired, MAX_TOKENS_OF_PROJECT, type Token } from "../../domain/token.ts";
import { StreakdError } from "../../errors.ts";
import type { TokenStore } from "../../store/tokens.ts";
import { LookUps } from "../look-ups.ts";
import { createTimeOrderedIds } from "../time-ordered-ids.ts";
import { LastUses } from "./last-uses.ts";

/** How often the last uses are written, in milliseconds. */
const UPKEEP_EVERY_MS = 60_000;

/** How long an expired token is kept, in milliseconds, so that its holder is told that it has expired: 30 days. */
export const EXPIRED_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** A token that was found, and the part of it that principals have. */
interface Found {
  readonly token: Token;
  readonly principal: PrincipalToken;
}

/**
 * The tokens. A secret that was looked up is remembered for half a second, and callers who send the same secret share a
 * look-up. Every change goes through this class, so it holds for the next call on this instance. Other instances learn
 * of a change within a second.
 */
export class Tokens {
  readonly #store: TokenStore;
  readonly #clock: () => number;
  readonly #onFailure: (error: unknown) => void;
  readonly #uses = new LastUses();
  readonly #nextId: () => string;
  /** By the hash of the secret. */
  readonly #found: LookUps<Found>;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param clock the server's time in epoch milliseconds
   * @param onFailure is called when the upkeep fails, unless the store can't be reached, which callers notice. The next
   *   upkeep makes up for the failure
   */
  constructor(store: TokenStore, clock: () => number, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#nextId = createTimeOrderedIds(clock);
    this.#onFailure = onFailure;
    this.#found = new LookUps(async (secretHash) => {
      const token = await store.findToken(secretHash);
      return token && { token, principal: principalOf(token) };
    });
    this.#timer = setInterval(() => void this.#upkeep(), UPKEEP_EVERY_MS).unref();
  }

  /** Finds the token with a secret; see {@link FindToken}. */
  readonly find: FindToken = async (secretHash) => {
    const found = await this.#found.get(secretHash);
    if (found === undefined) {
      return "unknown";
    }
    const now = this.#clock();
    if (isExpired(found.token, now)) {
      return "expired";
    }
    this.#uses.add(found.token.id, now);
    return found.principal;
  };

  /** Returns the id of a token that is made now. */
  newId(): string {
    return `tok_${this.#nextId()}`;
  }

  /**
   * Adds a token. Returns false when its project is gone.
   *
   * @throws StreakdError TOO_MANY_TOKENS when the project has no room for it
   */
  async create(token: Token): Promise<boolean> {
    return isAdded(await this.#store.createToken(token));
  }

  /**
   * Returns the token with this id.
   *
   * @throws StreakdError NOT_FOUND when there is no such token, or the principal does not reach its project: a
   *   principal
   *   must not learn that the token of another project exists
   */
  async read(id: string, principal: Principal): Promise<Token> {
    const token = await this.#store.readToken(id);
    if (token === undefined || !reaches(principal, token.project)) {
      throw noToken();
    }
    return token;
  }

  /** Returns the first `limit` tokens after an id, the oldest first: the tokens of a project, or all tokens. */
  list(projectId: string | undefined, after: string, limit: number): Promise<Token[]> {
    return this.#store.listTokens(projectId, after, limit);
  }

  /**
   * Adds the successor of a token. The old token then expires at `expireTime`, unless it expires sooner.
   *
   * @throws StreakdError NOT_FOUND when the token is gone, TOO_MANY_TOKENS when its project has no room for a successor
   */
  async rotate(old: Token, successor: Token, expireTime: number): Promise<void> {
    if (
      !isAdded(await this.#found.changing(old.secretHash, () => this.#store.rotateToken(old.id, successor, expireTime)))
    ) {
      throw noToken();
    }
  }

  /**
   * Removes a token.
   *
   * @throws StreakdError NOT_FOUND when it is gone
   */
  async revoke(token: Token): Promise<void> {
    if (!(await this.#found.changing(token.secretHash, () => this.#store.deleteToken(token.id)))) {
      throw noToken();
    }
  }

  /** Writes the last uses. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#upkeep();
  }

  /** Writes the last uses, and removes the tokens that expired long ago. */
  async #upkeep(): Promise<void> {
    try {
      await this.#uses.write(this.#store);
      await this.#store.deleteExpiredTokens(this.#clock() - EXPIRED_KEPT_MS);
    } catch (error) {
      if (!(error instanceof StreakdError)) {
        this.#onFailure(error);
      }
    }
  }
}

function principalOf({ id, name, project, scopes, expireTime }: Token): PrincipalToken {
  return { id, name, project, scopes, ...(expireTime !== undefined && { expireTime }) };
}

/**
 * Whether a token was added; false when what it depends on is gone.
 *
 * @throws StreakdError TOO_MANY_TOKENS
 */
function isAdded(outcome: "added" | "full" | undefined): boolean {
  if (outcome === "full") {
    throw new StreakdError(
      "TOO_MANY_TOKENS",
      `The project has ${MAX_TOKENS_OF_PROJECT} tokens, which is as many as it may have. Revoke one first: a list shows when each was used last.`,
    );
  }
  return outcome === "added";
}

function noToken(): StreakdError {
  return new StreakdError("NOT_FOUND", "No token has this tokenId. GET /admin/tokens lists the tokens with their IDs.");
}
