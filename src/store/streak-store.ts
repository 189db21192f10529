import type { Day } from "../domain/day.ts";
import type { Months } from "../domain/months.ts";
import type { Project, ProjectChange } from "../domain/project.ts";
import { StreakdError } from "../errors.ts";

/**
 * Where streaks are kept. Every implementation passes the same conformance suite, `test/store/conformance.ts`.
 *
 * The truth is a set of done days for each (project, user, event), so recording is a union: idempotent and free of
 * order. A promise that resolves means that the change is durable and that every later read sees it.
 *
 * `projectId` is a `Project.id`. A method rejects with `StoreUnavailableError` when the store can't answer now; asking
 * again is then always safe.
 */
export interface StreakStore {
  /** Adds a project. Answers false, and changes nothing, when its `siteKey` is taken. */
  createProject(project: Project): Promise<boolean>;
  /** The project with this `siteKey`. */
  readProject(siteKey: string): Promise<Project | undefined>;
  /** The first `limit` projects whose `siteKey` is greater than `after`, ordered by `siteKey` in code unit order. */
  listProjects(after: string, limit: number): Promise<Project[]>;
  /** Changes the given fields at once, and answers the project as it is then; undefined when there is none. */
  updateProject(siteKey: string, change: ProjectChange): Promise<Project | undefined>;
  /**
   * Removes a project, then everything recorded for it, which a rejection may cut short: asking again goes on with it, and
   * so does the store by itself, when it is opened again or sooner. Answers false when there is nothing to remove.
   */
  deleteProject(siteKey: string): Promise<boolean>;

  /** Who each of these user IDs is by now, in the same order. */
  resolveUsers(users: readonly UserKey[]): Promise<ResolvedUser[]>;
  /**
   * The same for events that are on their way to `record`, which verifies it: a store may answer what it would have to look
   * up with a guess, and so do with one round trip instead of two.
   */
  guessUsers(users: readonly UserKey[]): Promise<GuessedUser[]>;
  /**
   * Stores a batch of events, and answers each one's outcome in the same order. After a rejection any part of the batch
   * may be stored; giving the same events again, with the `id` and `day` that they had, is safe and completes it.
   *
   * @param now the server's clock in epoch milliseconds, from which idempotency keys expire
   */
  record(events: readonly StoredEvent[], now: number): Promise<Outcome[]>;
  /** The days that a user has done, and the user's zone. Follows aliases; empty for a user never seen. */
  readStreak(user: UserKey, event: string): Promise<StreakRecord>;
  /**
   * Makes `anonymousId` another name of `userHash`: merges what it has gathered so far into the user's, for every
   * event, and sends what comes later there too. Answers false, and changes nothing, when `userHash` is, by its own
   * aliases, `anonymousId` itself. Of links that are made at once and close a circle together, one answers false; its
   * `anonymousId` is then a user, whatever it was before.
   */
  linkUser(projectId: string, anonymousId: string, userHash: string): Promise<boolean>;

  /** A value of the installation, such as the hash of its admin token. */
  readSetting(name: string): Promise<string | undefined>;
  /** Sets a value unless it is set. Answers whether it was this call that set it. */
  claimSetting(name: string, value: string): Promise<boolean>;

  /**
   * How many turns of the event loop a batch of events should wait for others to join it. A turn with nothing to do takes
   * microseconds. More than none is for a store to which what a batch costs depends little on how many share it.
   */
  readonly gatherTurns: number;

  /** Waits for what is under way, but for deletions, which it cuts short; then lets go of the storage. */
  close(): Promise<void>;
}

/** A user as an app reports it, before aliases are followed. */
export interface UserKey {
  readonly projectId: string;
  readonly userHash: string;
}

/** Who a user is after aliases are followed. */
export interface ResolvedUser {
  readonly userHash: string;
  /** The zone of the user's latest event that named one. */
  readonly zone?: UserZone;
}

/** Who a user is, or who it is most likely. */
export interface GuessedUser extends ResolvedUser {
  /** Set when the user was not looked up: it is taken for one that is no alias and has no zone. */
  readonly isGuess?: boolean;
  /** Set when the store was asked and has no day and no zone of the user. */
  readonly isNew?: boolean;
}

/** A user's zone. Of two, the later `at` holds, and of two equally late ones the greater name: any order ends the same. */
export interface UserZone {
  /** IANA name. */
  readonly name: string;
  /** When the event happened that named it, in epoch milliseconds. */
  readonly at: number;
}

/** Whether a zone holds against the one that is known: see {@link UserZone}. */
export function isLaterZone(zone: UserZone, known: UserZone | undefined): boolean {
  return known === undefined || zone.at > known.at || (zone.at === known.at && zone.name > known.name);
}

/** The three documented types of events. Only a streak interaction counts; the others are kept for analytics. */
export type EventType = "streak_interaction" | "widget_impression" | "widget_interaction";

/** An accepted event, with its day fixed. */
export interface StoredEvent {
  readonly projectId: string;
  /** The user after aliases were followed. */
  readonly userHash: string;
  /** Set when `userHash` is a guess of `guessUsers`, and so `day`, unless the event names the zone. */
  readonly isGuess?: boolean;
  /** Set when the store had no day and no zone of the user a moment ago. It tells what is worth a try, and may be wrong by now. */
  readonly isNew?: boolean;
  readonly event: string;
  readonly type: EventType;
  /** The user's local day of `at`. */
  readonly day: Day;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /** The IANA zone that the event named. A streak interaction's becomes the user's, unless a later event's has. */
  readonly tz?: string;
  /** Custom metadata, as JSON. */
  readonly meta?: string;
  readonly sessionId?: string;
  readonly idempotencyKey?: string;
  /** Made at acceptance; tells analytics events apart, and lets a batch be tried again without storing one twice. */
  readonly id: string;
}

/**
 * What became of an event.
 *
 * - `stored`: it is new, and its day is done. If it has an idempotency key, it is the key's first use.
 * - `repeat`: the idempotency key was used within 24 hours, and what it means is done; or the user's day was done already, and
 *   nothing changed but the user's zone, which follows the latest event whichever day that is on, and the
 *   idempotency key, which such an event uses up too.
 * - `moved`: `userHash` has become an alias of another user since it was resolved. Nothing changed; resolve it again. An
 *   event with a key never meets this: its key says what it means, and that is done for whoever the user is by now.
 *   Any event whose user was guessed meets it when that was wrong: the user is an alias, or has the zone that decides
 *   the day of an event that names none. Resolve the user, and fix the day again.
 */
export type Outcome = "stored" | "repeat" | "moved";

/** What a streak is computed from. */
export interface StreakRecord {
  readonly days: Months;
  readonly zone?: UserZone;
}

/**
 * How long a call lasts at the most, in milliseconds, whatever its caller says: longer ones would fill the queue. So what a
 * batch was told of users and projects is no older than that.
 */
export const MAX_CALL_MS = 30_000;

/** How long an idempotency key is kept from its first use, in milliseconds; the contract says 24 hours. */
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;

/**
 * The store can't answer now: it is full, locked, away or closed. Why is in the cause. What was asked for may be done, in
 * part or whole; asking again is safe and completes it.
 */
export class StoreUnavailableError extends StreakdError {
  override readonly name = "StoreUnavailableError";

  constructor(options: { readonly cause: unknown }) {
    super("OVERLOADED", "The store can't be reached now. Send the request again later.", options);
  }
}
