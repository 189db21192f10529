import { LRUCache } from "lru-cache";
import { homeOf, isAbroad } from "../day-kinds.ts";
import type { Outcome, StoredEvent } from "../events.ts";
import { isLaterZone, type UserKey, type UserZone } from "../streaks.ts";
import type { FoundUser, Linked, Recorded } from "./ports.ts";

/**
 * How many users are known; beyond it the least recently used is forgotten. A user takes 200 to 300 bytes as a rule,
 * and 1 KB when its names are as long as the contract allows: together some 30 MB, and 100 MB at worst.
 */
const MAX_KNOWN_USERS = 100_000;

/** What is known of a name: that it is an alias, or a user's zones. */
type Known = { readonly aliasOf: string } | Omit<FoundUser, "userHash">;

/**
 * Who users are, without asking SQLite's thread. What is known is exact, because nobody else writes to the folder and
 * the thread answers in the order in which it did its work: each answer is taken in before its caller has it, and says
 * everything that has changed.
 */
export class KnownUsers {
  readonly #known = new LRUCache<string, Known>({ max: MAX_KNOWN_USERS });

  /** Returns who a user is by now, or undefined when that isn't known. */
  get({ projectId, userHash }: UserKey): FoundUser | undefined {
    let name = userHash;
    let known = this.#known.get(keyOf(projectId, name));
    while (known !== undefined && "aliasOf" in known) {
      name = known.aliasOf;
      known = this.#known.get(keyOf(projectId, name));
    }
    return known && { userHash: name, ...known };
  }

  /** Takes in who a user is. */
  set({ projectId, userHash }: UserKey, { userHash: user, ...zones }: FoundUser): void {
    if (user !== userHash) {
      this.#known.set(keyOf(projectId, userHash), { aliasOf: user });
    }
    this.#known.set(keyOf(projectId, user), zones);
  }

  /** Takes in what a batch has changed, event by event. */
  learn(events: readonly StoredEvent[], { outcomes, users }: Recorded): void {
    const userOf = new Map(users);
    for (const [index, event] of events.entries()) {
      const user = userOf.get(index) ?? this.#userAfter(event, outcomes[index] as Outcome);
      if (user !== undefined) {
        this.set(event, user);
      }
    }
  }

  /**
   * The user after an event of whose user the thread said nothing: an unverified user was verified, a known one is as
   * before.
   */
  #userAfter(event: StoredEvent, outcome: Outcome): FoundUser | undefined {
    const { userHash, type, tz, at } = event;
    if (outcome === "moved") {
      return undefined;
    }
    const before: FoundUser | undefined = event.unverified === undefined ? this.get(event) : { userHash };
    const isRefused = outcome === "full" || outcome === "unopened";
    if (before === undefined || isRefused || type !== "streak_interaction") {
      return before;
    }
    const named: UserZone | undefined = tz === undefined ? undefined : { name: tz, at };
    const zone = named !== undefined && isLaterZone(named, before.zone) ? named : before.zone;
    const home = isAbroad(event, homeOf(before)) ? homeOf(before) : before.home;
    return {
      userHash,
      ...(zone && { zone }),
      ...(home !== undefined && { home }),
      ...(before.isRedated && { isRedated: before.isRedated }),
    };
  }

  /** Forgets what a link may have changed. */
  forgetLinked(projectId: string, anonymousId: string, { user, wasAlias }: Linked): void {
    if (wasAlias) {
      // Names that lead to this one are known as aliases of its former user, and can't be found from here.
      this.clear();
    } else if (user !== undefined) {
      this.#known.delete(keyOf(projectId, anonymousId));
      this.#known.delete(keyOf(projectId, user));
    }
  }

  /** Forgets every user. */
  clear(): void {
    this.#known.clear();
  }
}

/**
 * No name holds a line break. Joined, because V8 hashes a template more slowly: it keeps the parts apart until then.
 */
function keyOf(projectId: string, userHash: string): string {
  return [projectId, userHash].join("\n");
}
