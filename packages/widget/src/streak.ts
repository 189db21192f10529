import type { State } from "@streakd/web";
import { createCalls } from "../../web/src/calls.ts";
import { addressOf, bare, browserZone } from "../../web/src/environment.ts";
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
  /** A user token. The latest one of a project's user counts. */
  readonly token?: string | undefined;
}

/** The event of a tag or an element that names none. */
export const DEFAULT_EVENT = "visit";

/** One user's streak of one event. All widgets and functions of a page that name the same one share it. */
export interface Streak {
  /** Records that the user did it now, and reads the state again. Rejects when the event is refused. */
  record(): Promise<void>;
  /** Reads the state. Who asks while it is read shares the read. */
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
  /** Whose user token its calls carry: a project's user. */
  readonly owner: string;
  /** Sends what waits, and reads the state. */
  catchUp(): void;
  /** Reads the state again, after a read that has begun. */
  readChanged(): Promise<void>;
  /** Reads the state if it was last asked for long ago. */
  freshen(): void;
}

/** After this time a state is read again when the page comes into sight, in milliseconds. */
const OLD_MS = 5 * 60_000;
/** How long after an event that waits to be sent the state is read again, in milliseconds. */
const WAITING_MS = 30_000;

const streaks = new Map<string, PageStreak>();
/** By project and user, since each project signs with secrets of its own. */
const tokens = new Map<string, string>();
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
  const { project, event, user, tz, token } = options;
  const base = addressOf(options.base);
  const owner = JSON.stringify([base, project, user]);
  // As `useStreak` of React names it to other tabs.
  const key = JSON.stringify([base, project, event, user, tz]);
  if (token && token !== tokens.get(owner)) {
    tokens.set(owner, token);
    // What the token before it was refused may be allowed now.
    each((streak) => streak.owner === owner && streak.catchUp());
  }
  let streak = streaks.get(key);
  if (streak === undefined) {
    streak = createStreak(key, owner, bare({ ...options, base }));
    streaks.set(key, streak);
  }
  return streak;
}

function createStreak(key: string, owner: string, { base, project, event, user, tz }: StreakOptions): PageStreak {
  const calls = createCalls(base, async () => {
    const token = tokens.get(owner);
    return new Headers(bare(token === undefined ? {} : { "X-User-Token": token }));
  });
  const who = bare({ siteKey: project, event, userHash: user, tz: tz ?? (browserZone() as string) });
  const listeners = new Set<(state: State, previous: State | undefined) => void>();
  let state: State | undefined;
  let readAt = 0;
  let reading: Promise<void> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    readAt = Date.now();
    const current = await calls.readState(who);
    const previous = state;
    state = current;
    if (listeners.size === 0) {
      announce(document, current, previous);
    }
    for (const listener of listeners) {
      listener(current, previous);
    }
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  /** A read that has begun may not see what was recorded since. */
  async function readChanged(): Promise<void> {
    await reading?.catch(() => {});
    await refresh();
  }

  function catchUp(): void {
    calls.flush().then(readChanged).catch(warn);
  }

  return {
    owner,
    async record() {
      if (await calls.record(who)) {
        clearTimeout(waiting);
        waiting = setTimeout(catchUp, WAITING_MS);
        return;
      }
      otherTabs?.postMessage(key);
      // The event is recorded, whatever becomes of this.
      await readChanged().catch(warn);
    },
    refresh,
    readChanged,
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
      if (Date.now() - readAt > OLD_MS) {
        refresh().catch(warn);
      }
    },
  };
}

function each(act: (streak: PageStreak) => unknown): void {
  for (const streak of streaks.values()) {
    act(streak);
  }
}

/** Tabs tell each other which streaks they have changed. */
function openChannel(): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel("streakd");
    channel.onmessage = ({ data }) => void streaks.get(data)?.readChanged().catch(warn);
    return channel;
  } catch {
    return undefined;
  }
}
