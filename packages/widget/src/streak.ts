import { getVisitorId } from "@streakd/web";
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

/** What to do about a tag or an element that names no project. */
export const NO_PROJECT = "needs data-project";

/**
 * Returns what a tag or an element says of its streak, and what holds where it says nothing.
 *
 * @param get returns the value of an attribute
 * @param base where streakd is if no attribute says it
 * @throws Error when no project is named
 */
export function optionsOf(get: (name: string) => string | undefined, base = ""): StreakOptions {
  const project = get("project");
  if (!project) {
    throw new Error(NO_PROJECT);
  }
  return {
    base: get("base") ?? base,
    project,
    event: get("event") ?? DEFAULT_EVENT,
    user: get("user") ?? getVisitorId(),
    tz: get("tz"),
    token: get("token"),
  };
}

/** One user's streak of one event. All widgets and functions of a page that name the same one share it. */
export interface Streak extends Watch {
  /** Names it in this browser. */
  readonly name: string;
  /** Whether it was told that somebody has seen it in this page. */
  wasSeen?: boolean;
  /** Reports what happened to the widget, for analytics. Never fails. */
  report(what: "impression" | "interaction", meta?: Record<string, unknown>): void;
  /** Dispatches the DOM events on the document as long as no widget of the page shows the streak. */
  tellPage(): void;
}

const streaks = new Map<string, Streak>();
/** The headers with the latest token, by project and user, since each project signs with secrets of its own. */
const tokens = new Map<string, [name: string, value: string][]>();
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
    tokens.set(owner, [["X-User-Token", token]]);
    // What the token before it was refused may be allowed now. Pages seldom have another user's streaks as well.
    for (const streak of streaks.values()) {
      streak.catchUp();
    }
  }
  let streak = streaks.get(name);
  if (!streak) {
    const zone = tz ?? browserZone();
    const who = bare({ siteKey: project, event, userHash: user, ...(zone && { tz: zone }) });
    const calls = callers.get(owner) ?? createCalls(base, async () => new Headers(tokens.get(owner)));
    callers.set(owner, calls);
    streak = createStreak(calls, name, who);
    streaks.set(name, streak);
  }
  return streak;
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
  return {
    ...watch,
    name,
    report(what: string, meta?: Record<string, unknown>) {
      calls.record(bare({ ...who, eventType: `widget_${what}`, meta })).catch(warn);
    },
    tellPage: () => void watch.subscribe(tell),
  };
}
