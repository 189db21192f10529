import { hash, randomBytes } from "node:crypto";
import type { FindSession } from "../../call/sign-in.ts";
import { SESSION_LIFETIME_MS, SESSION_SECRET_BYTES, type Session } from "../../domain/session.ts";
import { StreakdError } from "../../errors.ts";
import type { SessionStore } from "../../store/sessions.ts";
import { LookUps } from "../look-ups.ts";

/** How often expired sessions are removed, in milliseconds. */
const UPKEEP_EVERY_MS = 60_000;

/** A new sign-in session, with the secret that only its cookie keeps. */
export interface NewSession {
  readonly secret: string;
  readonly session: Session;
}

/**
 * The sign-in sessions. Those of a token that is revoked stay until they expire, and count for nothing: so their pages
 * are told why. Every change goes through this class, so it holds for the next call on this instance; other
 * instances learn of it within a second.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: () => number;
  readonly #onFailure: (error: unknown) => void;
  readonly #found: LookUps<Session>;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param clock the server's time in epoch milliseconds
   * @param onFailure is called when expired sessions can't be removed, unless the store can't be reached, which callers
   *   notice. The next upkeep removes them
   */
  constructor(store: SessionStore, clock: () => number, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#found = new LookUps((secretHash) => store.findSession(secretHash));
    this.#timer = setInterval(() => void this.#upkeep(), UPKEEP_EVERY_MS).unref();
  }

  /** Finds a session that has not expired; see {@link FindSession}. */
  readonly find: FindSession = async (secretHash) => {
    const session = await this.#found.get(secretHash);
    return session === undefined || session.expireTime <= this.#clock() ? "unknown" : session;
  };

  /**
   * Makes a session.
   *
   * @param tokenHash the SHA-256 of the token, in hex
   * @param tokenExpireTime when the token expires, in epoch milliseconds; undefined when it does not
   */
  async create(tokenHash: string, tokenExpireTime = Number.POSITIVE_INFINITY): Promise<NewSession> {
    const secret = randomBytes(SESSION_SECRET_BYTES).toString("base64url");
    const createTime = this.#clock();
    const expireTime = Math.min(createTime + SESSION_LIFETIME_MS, tokenExpireTime);
    const session = { secretHash: hash("sha256", secret), tokenHash, createTime, expireTime };
    await this.#store.createSession(session);
    return { secret, session };
  }

  /** Ends a session, if it is there. */
  async end(secretHash: string): Promise<void> {
    await this.#found.changing(secretHash, () => this.#store.deleteSession(secretHash));
  }

  /** Stops the upkeep. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #upkeep(): Promise<void> {
    try {
      await this.#store.deleteExpiredSessions(this.#clock());
    } catch (error) {
      if (!(error instanceof StreakdError)) {
        this.#onFailure(error);
      }
    }
  }
}
