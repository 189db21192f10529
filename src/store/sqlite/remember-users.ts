import { coalesceCalls } from "../coalesce-calls.ts";
import type { EventStore, ResolvedUser, Unverified } from "../events.ts";
import type { LedgerStore } from "../ledger.ts";
import type { ProjectStore } from "../projects.ts";
import type { Stores } from "../stores.ts";
import type { StreakStore, UserKey } from "../streaks.ts";
import type { ZoneStore } from "../zones.ts";
import { KnownUsers } from "./known-users.ts";
import type { FoundUser, SqliteStores } from "./ports.ts";

/** A user who is not known here. `record` looks the user up in the transaction that stores the event. */
export const NOT_LOOKED_UP = "not looked up" as Unverified;

/**
 * Makes the store's ports from the ports that SQLite's thread serves. They remember users, so that an event asks the
 * thread once, not twice: a known user is resolved without the thread, and any other user is returned unverified.
 */
export function rememberUsers(sqlite: SqliteStores): Stores {
  const users = new KnownUsers();
  return {
    ...sqlite,
    projects: createProjects(sqlite.projects, users),
    streaks: createStreaks(sqlite.streaks, users),
    ledger: createLedger(sqlite.ledger),
    events: createEvents(sqlite.events, users),
    zones: createZones(sqlite.zones, users),
    // Resolving costs nothing here, and a commit takes longer the more events it has.
    coalesceTurns: 0,
  };
}

function createProjects(sqlite: SqliteStores["projects"], users: KnownUsers): ProjectStore {
  return {
    ...sqlite,
    async deleteProject(key) {
      try {
        return await sqlite.deleteProject(key);
      } finally {
        users.clear();
      }
    },
  };
}

function createStreaks(sqlite: SqliteStores["streaks"], users: KnownUsers): StreakStore {
  // A message to the thread costs more than the read that it asks for.
  const readStreak = coalesceCalls(sqlite.readStreaks);
  return {
    readStreak: ({ projectId, userHash }, event, actions) =>
      readStreak({ projectId, userHash, event, ...(actions !== undefined && { actions }) }),

    async linkUser(projectId, anonymousId, userHash) {
      const linked = await sqlite.linkUser(projectId, anonymousId, userHash);
      users.forgetLinked(projectId, anonymousId, linked);
      return linked.isLinked;
    },
  };
}

function createLedger({ addLedgerEntries, readLedger }: SqliteStores["ledger"]): LedgerStore {
  // Entries that come together share a sync of the disk.
  const add = coalesceCalls(addLedgerEntries);
  return { addLedgerEntry: (user, entry, size) => add({ user, entry, size }), readLedger };
}

function createEvents(sqlite: SqliteStores["events"], users: KnownUsers): EventStore {
  return {
    async resolveUsers(asked) {
      const resolved = asked.map(
        (user): ResolvedUser => users.get(user) ?? { userHash: user.userHash, unverified: NOT_LOOKED_UP },
      );
      if (asked.some(({ verify }) => verify)) {
        const open = [...asked.keys()].filter((index) => asked[index]?.verify && resolved[index]?.unverified);
        const found = await sqlite.resolveUsers(
          open.map((index) => {
            const { projectId, userHash } = asked[index] as UserKey;
            return { projectId, userHash };
          }),
        );
        for (const [position, index] of open.entries()) {
          const user = found[position] as FoundUser;
          users.set(asked[index] as UserKey, user);
          resolved[index] = user;
        }
      }
      return resolved;
    },

    async record(events, now) {
      const recorded = await sqlite.record(events, now);
      users.learn(events, recorded);
      return recorded.outcomes;
    },
  };
}

function createZones(sqlite: SqliteStores["zones"], users: KnownUsers): ZoneStore {
  return {
    readDated: sqlite.readDated,

    async redate(user, redating) {
      const found = await sqlite.redate(user, redating);
      if (found === undefined) {
        return false;
      }
      users.set(user, found);
      return true;
    },
  };
}
