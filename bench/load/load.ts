/** What a generator measured in one run. */
export interface Load {
  /** How many requests were answered. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** The latency that half of the requests stayed below, and that 99 of 100 did, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What was wrong with the answers, in a few words. Then the numbers above mean nothing. */
  readonly wrong?: string;
}

/** How the requests are written. */
export type Protocol = "rest" | "connect-json" | "connect-binary" | "grpc";

/**
 * What the requests ask for: a script beside this file, which says more, and the zone that every event names, if any. In the
 * order in which they are measured: the more new users there are, the later, since a store that took more of them in the same
 * time is the larger one afterwards.
 */
export const SCENARIOS = {
  repeats: { script: "repeats" },
  state: { script: "state" },
  mix: { script: "mix" },
  "mix, with tz": { script: "mix", zone: "America/New_York" },
  unique: { script: "unique" },
  links: { script: "links" },
} as const satisfies Record<string, { readonly script: string; readonly zone?: string }>;

export type Scenario = keyof typeof SCENARIOS;

/** How hard, and how long, to load a server. */
export interface Pressure {
  /** Each sends its next request when the last one is answered. */
  readonly connections: number;
  readonly seconds: number;
  /** The generator's threads. */
  readonly threads: number;
}

/** The project and the event that all load is for: those of the demo project that a first start of streakd makes. */
export const SITE_KEY = "proj_demo";
export const EVENT = "visit";

/** The admin token of each server. load/links.lua says it too. */
export const ADMIN_TOKEN = "the-admin-token-of-the-bench";

/** How many users have done today before a measurement begins. load/events.lua says it too. */
export const KNOWN_USERS = 200;

/** One of them. */
export function knownUser(number: number): string {
  return `known-${number}`;
}
