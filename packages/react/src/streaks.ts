import type { Client, Recorded, State, StateQuery, StreakdError } from "@streakd/web";

/** Whose streak it is, and what reads it. */
export interface Which {
  readonly client: Client;
  /** Where streakd is, if it is known. */
  readonly baseUrl: string | undefined;
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
export function streakOf(which: Which): Streak {
  const { baseUrl, projectId, event, userHash, tz } = which;
  // As the widgets name the streak to each other.
  const key = JSON.stringify([baseUrl, projectId, event, userHash, tz]);
  const known = streaks.get(which.client) ?? new Map<string, Streak>();
  streaks.set(which.client, known);
  const streak = known.get(key) ?? createStreak(which.client, { projectId, event, userHash, tz }, key);
  known.set(key, streak);
  return streak;
}

/** On this channel tabs and widgets tell each other which streaks they have changed. */
const CHANNEL = "streakd";

function createStreak(client: Client, query: StateQuery, key: string): Streak {
  const listeners = new Set<() => void>();
  let snapshot = NOTHING;
  let newest = 0;
  let end: AbortController | undefined;
  let others: BroadcastChannel | undefined;

  function change(to: Snapshot): void {
    snapshot = to;
    for (const listener of listeners) {
      listener();
    }
  }

  const fail = (error: unknown) => change({ state: snapshot.state, error: error as StreakdError });

  async function refresh(): Promise<void> {
    // An answer that a newer read has overtaken is dropped.
    const read = ++newest;
    try {
      const state = await client.getState(query, { signal: end?.signal });
      if (read === newest) {
        change({ state, error: undefined });
      }
    } catch (error) {
      if (read === newest) {
        fail(error);
      }
    }
  }

  async function record(): Promise<Recorded | undefined> {
    try {
      const recorded = await client.recordEvent(query);
      if (!recorded.queued) {
        others?.postMessage(key);
        await refresh();
      }
      return recorded;
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  /** Reads the streak now, and whenever it may have changed: by another day, events that waited, a widget, a tab. */
  function start(): void {
    end = new AbortController();
    const { signal } = end;
    document.addEventListener("visibilitychange", () => document.hidden || refresh(), { signal });
    addEventListener("online", () => client.flush().then(refresh, refresh), { signal });
    try {
      others = new BroadcastChannel(CHANNEL);
      others.onmessage = ({ data }) => data === key && refresh();
    } catch {
      // A browser without it reads when the page is shown again.
    }
    refresh();
  }

  function stop(): void {
    newest++;
    end?.abort();
    end = undefined;
    others?.close();
    others = undefined;
  }

  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (end === undefined) {
        start();
      }
      return () => {
        listeners.delete(listener);
        // Not at once: in StrictMode, or where one component replaces another, the next listener comes in the same turn.
        queueMicrotask(() => listeners.size === 0 && stop());
      };
    },
    refresh,
    record,
  };
}
