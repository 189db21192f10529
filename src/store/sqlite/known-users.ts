import { LRUCache } from "lru-cache";
import {
  type GuessedUser,
  isLaterZone,
  type Outcome,
  type ResolvedUser,
  type StoredEvent,
  type StreakStore,
  type UserKey,
  type UserZone,
} from "../streak-store.ts";
import type { Linked, Recorded, SqliteStore } from "./store.ts";

/**
 * How many users are known; beyond it the least recently used is forgotten. One takes 200 to 300 bytes as a rule, and 1 KB
 * when its names are as long as the contract allows: together some 30 MB, and 100 MB at worst.
 */
export const MAX_KNOWN_USERS = 100_000;

/** What is known of a name: whose alias it is, or a user's zone. */
type Known = { readonly aliasOf: string } | { readonly zone?: UserZone };

/**
 * The same store, which knows who users are without asking SQLite's thread, and guesses the others.
 *
 * What is known is exact, since nobody else writes to the folder and the thread answers in the order in which it did
 * things: each answer is taken in before whoever asked has it, and says all that has changed.
 */
export function rememberUsers(store: SqliteStore): StreakStore {
  const users = new KnownUsers();

  async function resolveUsers(asked: readonly UserKey[]): Promise<ResolvedUser[]> {
    const unknown = asked.filter((user) => users.get(user) === undefined);
    if (unknown.length === 0) {
      return asked.map((user) => users.get(user) as ResolvedUser);
    }
    // All of them, so that each is as it was at one moment.
    const resolved = await store.resolveUsers(asked.map(({ projectId, userHash }) => ({ projectId, userHash })));
    for (const [index, user] of asked.entries()) {
      users.set(user, resolved[index] as ResolvedUser);
    }
    return resolved;
  }

  return {
    ...store,
    // Sorting asks memory alone, which costs nothing.
    gatherTurns: 0,
    resolveUsers,
    guessUsers: async (asked) =>
      asked.map((user): GuessedUser => users.get(user) ?? { userHash: user.userHash, isGuess: true }),
    async record(events, now) {
      const recorded = await store.record(events, now);
      users.learn(events, recorded);
      return recorded.outcomes;
    },
    async linkUser(projectId, anonymousId, userHash) {
      const linked = await store.linkUser(projectId, anonymousId, userHash);
      users.forgetLinked(projectId, anonymousId, linked);
      return linked.answer;
    },
    async deleteProject(siteKey) {
      try {
        return await store.deleteProject(siteKey);
      } finally {
        users.clear();
      }
    },
  };
}

/** Users by the names that events give them. */
class KnownUsers {
  readonly #known = new LRUCache<string, Known>({ max: MAX_KNOWN_USERS });

  /** Who a user is by now; undefined when that isn't known. */
  get({ projectId, userHash }: UserKey): ResolvedUser | undefined {
    let name = userHash;
    let known = this.#known.get(keyOf(projectId, name));
    while (known !== undefined && "aliasOf" in known) {
      name = known.aliasOf;
      known = this.#known.get(keyOf(projectId, name));
    }
    return known && { userHash: name, ...known };
  }

  set({ projectId, userHash }: UserKey, { userHash: user, zone }: ResolvedUser): void {
    if (user !== userHash) {
      this.#known.set(keyOf(projectId, userHash), { aliasOf: user });
    }
    this.#known.set(keyOf(projectId, user), zone === undefined ? {} : { zone });
  }

  /** Takes in what a batch has changed, event by event. */
  learn(events: readonly StoredEvent[], { outcomes, told }: Recorded): void {
    const toldOf = new Map(told);
    for (const [index, event] of events.entries()) {
      const user = toldOf.get(index) ?? this.#after(event, outcomes[index] as Outcome);
      if (user !== undefined) {
        this.set(event, user);
      }
    }
  }

  /** The user of an event of which nothing was told: then a guess was right, and what was known holds. */
  #after(event: StoredEvent, outcome: Outcome): ResolvedUser | undefined {
    const { userHash, type, tz, at } = event;
    const before = event.isGuess ? { userHash } : this.get(event);
    if (outcome === "moved" || before === undefined || tz === undefined || type !== "streak_interaction") {
      return outcome === "moved" ? undefined : before;
    }
    const named: UserZone = { name: tz, at };
    return isLaterZone(named, before.zone) ? { userHash, zone: named } : before;
  }

  /** Forgets what a link may have changed. */
  forgetLinked(projectId: string, anonymousId: string, { user, wasAlias }: Linked): void {
    if (wasAlias) {
      // Names that led to it were noted as their user's of then.
      this.clear();
    } else if (user !== undefined) {
      this.#known.delete(keyOf(projectId, anonymousId));
      this.#known.delete(keyOf(projectId, user));
    }
  }

  clear(): void {
    this.#known.clear();
  }
}

/** No name holds a line break. Joined, since V8 keeps a template's parts apart until it has to hash them, which takes longer. */
function keyOf(projectId: string, userHash: string): string {
  return [projectId, userHash].join("\n");
}
