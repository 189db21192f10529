import type { State } from "@streakd/web";
import { createCalls } from "../../web/src/calls.ts";
import { bare, browserZone } from "../../web/src/environment.ts";
import { announce } from "./announce.ts";
import { warn } from "./warn.ts";

/** Whose streak it is, and where it is kept. */
export interface StreakOptions {
  /** Where streakd is: the origin that the script comes from, unless the page says otherwise. */
  readonly base: string;
  readonly project: string;
  readonly event: string;
  readonly user: string;
  readonly tz?: string | undefined;
  /** A user token. The latest one of a streak counts. */
  readonly token?: string | undefined;
}

/** One user's streak of one event. All widgets and functions of a page that name the same one share it. */
export interface Streak {
  /** As last read; undefined before the first answer. */
  readonly state: State | undefined;
  /** Records that the user did it now, and reads the state again. Rejects when the event is refused. */
  record(): Promise<void>;
  /** Reads the state. */
  refresh(): Promise<void>;
  /** Reports what happened to the widget, for analytics. Never fails. */
  report(eventType: "widget_impression" | "widget_interaction", meta?: Record<string, unknown>): void;
  /**
   * Calls a listener after each read, with the state before it. A listener that comes when there is a state already is
   * called with it at once. As long as there is no listener, the DOM events are dispatched on the document.
   *
   * @returns what ends it
   */
  subscribe(listener: (state: State, previous: State | undefined) => void): () => void;
}

/** A streak, with what the page does to all of them. */
interface PageStreak extends Streak {
  /** Sends what waits, and reads the state. */
  catchUp(): void;
  /** Reads the state if it is old. */
  freshen(): void;
}

/** After this time a state is read again when the page comes into sight, in milliseconds. */
const OLD_MS = 5 * 60_000;
/** How long after an event that waits to be sent the state is read again, in milliseconds. */
const WAITING_MS = 30_000;

const streaks = new Map<string, PageStreak>();
/** The headers of a streak's calls, with the latest user token. */
const tokens = new Map<string, Record<string, string>>();
const otherTabs = openChannel();

addEventListener("online", () => each((streak) => streak.catchUp()));
addEventListener("pageshow", () => each((streak) => streak.freshen()));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    each((streak) => streak.freshen());
  }
});

/** Returns the page's streak for these options. */
export function streakOf(options: StreakOptions): Streak {
  const { base, project, event, user, tz, token } = options;
  const key = JSON.stringify([base, project, event, user, tz]);
  if (token) {
    tokens.set(key, bare({ "X-User-Token": token }));
  }
  let streak = streaks.get(key);
  if (streak === undefined) {
    streak = createStreak(key, options);
    streaks.set(key, streak);
  }
  return streak;
}

function createStreak(key: string, { base, project, event, user, tz }: StreakOptions): PageStreak {
  const calls = createCalls(base, async () => tokens.get(key));
  const who = bare({ siteKey: project, event, userHash: user, tz: tz ?? (browserZone() as string) });
  const listeners = new Set<(state: State, previous: State | undefined) => void>();
  let state: State | undefined;
  let readAt = 0;
  let reading: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  async function read(): Promise<void> {
    const current = await calls.readState(who);
    const previous = state;
    state = current;
    readAt = Date.now();
    if (listeners.size === 0) {
      announce(document, current, previous);
    }
    for (const listener of listeners) {
      listener(current, previous);
    }
  }

  function refresh(): Promise<void> {
    if (reading === undefined) {
      reading = read().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    // The read that has begun may not see what was recorded since. One more follows, for all who ask meanwhile.
    following ??= reading
      .catch(() => {})
      .then(() => {
        following = undefined;
        return refresh();
      });
    return following;
  }

  function catchUp(): void {
    calls.flush().then(refresh).catch(warn);
  }

  return {
    get state() {
      return state;
    },
    async record() {
      if (await calls.record(who)) {
        setTimeout(catchUp, WAITING_MS);
        return;
      }
      otherTabs?.postMessage(key);
      // The event is recorded, whatever becomes of this.
      await refresh().catch(warn);
    },
    refresh,
    report(eventType, meta) {
      calls.record(bare({ ...who, eventType, meta })).catch(warn);
    },
    subscribe(listener) {
      listeners.add(listener);
      if (state !== undefined) {
        listener(state, undefined);
      }
      return () => listeners.delete(listener);
    },
    catchUp,
    freshen() {
      if (state !== undefined && reading === undefined && Date.now() - readAt > OLD_MS) {
        refresh().catch(warn);
      }
    },
  };
}

function each(act: (streak: PageStreak) => void): void {
  for (const streak of streaks.values()) {
    act(streak);
  }
}

/** Tabs tell each other which streaks they have changed. */
function openChannel(): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel("streakd");
    channel.onmessage = ({ data }) => void streaks.get(data)?.refresh().catch(warn);
    return channel;
  } catch {
    return undefined;
  }
}
