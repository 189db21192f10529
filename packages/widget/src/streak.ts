import { type Client, createClient, type State } from "@streakd/web";

/** Whose streak it is, and where it is kept. */
export interface StreakOptions {
  /** Where streakd is: the origin that the script comes from, unless the page says otherwise. */
  readonly base: string;
  readonly project: string;
  readonly event: string;
  readonly user: string;
  readonly tz?: string | undefined;
  /** A user token. */
  readonly token?: string | undefined;
}

/** One user's streak of one event. All widgets and functions of a page that name the same one share it. */
export interface Streak {
  /** As last read; undefined before the first answer. */
  readonly state: State | undefined;
  /** Records that the user did it now, and reads the state again. */
  record(): Promise<void>;
  /** Reads the state. */
  refresh(): Promise<void>;
  /** Reports what happened to the widget, for analytics. Never fails. */
  report(eventType: "widget_impression" | "widget_interaction", meta?: Record<string, unknown>): void;
  /**
   * Calls a listener after each read, with the state before it. A listener that comes when there is a state already is
   * called with it at once.
   *
   * @returns what ends it
   */
  subscribe(listener: (state: State, previous: State | undefined) => void): () => void;
}

const streaks = new Map<string, Streak>();

/** Returns the page's streak for these options. */
export function streakOf(options: StreakOptions): Streak {
  const key = JSON.stringify([options.base, options.project, options.event, options.user, options.tz]);
  let streak = streaks.get(key);
  if (streak === undefined) {
    streak = createStreak(createClient({ baseUrl: options.base, userToken: options.token }), options);
    streaks.set(key, streak);
  }
  return streak;
}

function createStreak(client: Client, { project, event, user, tz }: StreakOptions): Streak {
  const who = { projectId: project, event, userHash: user, ...(tz !== undefined && { tz }) };
  const listeners = new Set<(state: State, previous: State | undefined) => void>();
  let state: State | undefined;

  async function refresh(): Promise<void> {
    const previous = state;
    const current = await client.getState(who);
    state = current;
    for (const listener of listeners) {
      listener(current, previous);
    }
  }

  return {
    get state() {
      return state;
    },
    async record() {
      await client.recordEvent(who);
      await refresh();
    },
    refresh,
    report(eventType, meta) {
      client.recordEvent({ ...who, eventType, meta }).catch(() => {});
    },
    subscribe(listener) {
      listeners.add(listener);
      if (state !== undefined) {
        listener(state, undefined);
      }
      return () => listeners.delete(listener);
    },
  };
}
