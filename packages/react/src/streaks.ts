import { type Client, type Recorded, type State, type StateQuery, StreakdError } from "@streakd/web";
import { createWatch, nameOf } from "@streakd/web/watch";

/** Whose streak it is, and what reads it. */
export interface StreakRef {
  readonly client: Client;
  readonly projectId: string;
  readonly event: string;
  readonly userHash: string;
  readonly tz: string | undefined;
}

/** What is known of a streak. */
export interface Snapshot {
  /** As last read; undefined before the first answer. */
  readonly state: State | undefined;
  /** Why the latest call failed; undefined when it did not. */
  readonly error: StreakdError | undefined;
}

const NOTHING: Snapshot = { state: undefined, error: undefined };

/** One streak, which all components that name it share. */
export interface Streak {
  readonly snapshot: Snapshot;
  /**
   * Calls a listener after each change. The first listener has the streak read.
   *
   * @returns what ends it
   */
  subscribe(listener: () => void): () => void;
  /** Reads the state. Never rejects: the snapshot says what went wrong. */
  refresh(): Promise<void>;
  /** Records the event, and reads the state. Never rejects: undefined says that it failed, the snapshot why. */
  record(): Promise<Recorded | undefined>;
}

/** The streak while a server renders: nothing is known, and nothing is called. */
export const SERVER_STREAK: Streak = {
  snapshot: NOTHING,
  subscribe: () => () => {},
  refresh: async () => {},
  record: async () => undefined,
};

const streaks = new WeakMap<Client, Map<string, Streak>>();

/** Returns the page's streak for these arguments. */
export function streakOf({ client, projectId, event, userHash, tz }: StreakRef): Streak {
  const name = nameOf(client.baseUrl, projectId, event, userHash, tz);
  const known = streaks.get(client) ?? new Map<string, Streak>();
  streaks.set(client, known);
  const streak = known.get(name) ?? createStreak(client, { projectId, event, userHash, tz }, name);
  known.set(name, streak);
  return streak;
}

function createStreak(client: Client, query: StateQuery, name: string): Streak {
  const listeners = new Set<() => void>();
  let snapshot = NOTHING;
  let end: (() => void) | undefined;

  function change(to: Snapshot): void {
    snapshot = to;
    for (const listener of listeners) {
      listener();
    }
  }

  function failed(reason: unknown): void {
    const error =
      reason instanceof StreakdError ? reason : new StreakdError("USER_TOKEN_FAILED", `userToken failed: ${reason}`);
    change({ state: snapshot.state, error });
  }
  const watch = createWatch({
    name,
    read: () => client.getState(query),
    record: async () => (await client.recordEvent(query)).queued,
    flush: client.flush,
    failed,
  });

  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (end === undefined) {
        end = watch.subscribe((state) => change({ state, error: undefined }));
        watch.refresh().catch(failed);
      }
      return () => {
        listeners.delete(listener);
        // Not at once: in StrictMode, or where one component replaces another, the next listener comes in the same turn.
        queueMicrotask(() => {
          if (listeners.size === 0) {
            end?.();
            end = undefined;
          }
        });
      };
    },
    refresh: () => watch.readChanged().catch(failed),
    async record() {
      try {
        const queued = await watch.record();
        if (queued) {
          // Nothing was read that would tell.
          change({ state: snapshot.state, error: undefined });
        }
        return { ok: true, queued };
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
  };
}
