import { type Calls, createCalls } from "../../web/src/calls.ts";
import { addressOf, bare, browserZone } from "../../web/src/environment.ts";
import { createWatch, type Listener, nameOf, type Watch } from "../../web/src/watch.ts";
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
  /** A user token. The latest one of a project's user counts; giving an older one again changes nothing. */
  readonly token?: string | undefined;
}

/** The event of a tag or an element that names none. */
export const DEFAULT_EVENT = "visit";

/** One user's streak of one event. All widgets and functions of a page that name the same one share it. */
export interface Streak extends Watch {
  /** Names it in this browser. */
  readonly name: string;
  /** Reports what happened to the widget, for analytics. Never fails. */
  report(eventType: "widget_impression" | "widget_interaction", meta?: Record<string, unknown>): void;
  /** Dispatches the DOM events on the document as long as no widget of the page shows the streak. */
  tellPage(): void;
}

const streaks = new Map<string, Streak>();
/** By project and user, since each project signs with secrets of its own. */
const tokens = new Map<string, string>();
/** Every token that was given, by project and user: one that is given again is not the latest. */
const givenTokens = new Set<string>();
/** By project and user, too: all streaks of a user share a queue. */
const callers = new Map<string, Calls>();

/** Returns the page's streak for these options. */
export function streakOf({ project, event, user, tz, token, base: address }: StreakOptions): Streak {
  const base = addressOf(address);
  const owner = nameOf(base, project, "", user, "");
  const name = nameOf(base, project, event, user, tz);
  if (token && !givenTokens.has(owner + token)) {
    givenTokens.add(owner + token);
    tokens.set(owner, token);
    // What the token before it was refused may be allowed now. Pages seldom have another user's streaks as well.
    for (const streak of streaks.values()) {
      streak.catchUp();
    }
  }
  let streak = streaks.get(name);
  if (streak === undefined) {
    const zone = tz ?? browserZone();
    const who = bare({ siteKey: project, event, userHash: user, ...(zone && { tz: zone }) });
    const calls = callers.get(owner) ?? createCalls(base, async () => headersFor(tokens.get(owner)));
    callers.set(owner, calls);
    streak = createStreak(calls, name, who);
    streaks.set(name, streak);
  }
  return streak;
}

function headersFor(token: string | undefined): Headers {
  return new Headers(bare({ ...(token && { "X-User-Token": token }) }));
}

function createStreak(calls: Calls, name: string, who: Readonly<Record<string, string>>): Streak {
  const watch = createWatch({
    name,
    read: () => calls.readState(who),
    record: () => calls.record(who),
    flush: calls.flush,
    failed: warn,
  });
  const tell: Listener = (state, previous) => {
    if (watch.listeners.size === 1) {
      announce(document, state, previous);
    }
  };
  return Object.assign(watch, {
    name,
    report(eventType: string, meta?: Record<string, unknown>) {
      calls.record(bare({ ...who, eventType, meta })).catch(warn);
    },
    tellPage: () => void watch.subscribe(tell),
  });
}
