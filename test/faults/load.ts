import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import type { Random } from "../support/random.ts";
import { type Ending, PROTOCOLS } from "./client.ts";
import { type Cluster, SITE_KEY } from "./cluster.ts";
import { eventOf, type History, type Report, type Variant } from "./history.ts";

/** How long a client tries to have something accepted, in milliseconds, before the service counts as broken. */
const ACCEPT_TIMEOUT_MS = 40_000;

/** After how many calls there are new people, while the load waits for something. */
const CALLS_OF_PEOPLE = 40;

/** The longest that a client waits before it sends again what was not accepted, in milliseconds. */
const BACKOFF_MS = 60;

export interface LoadOptions {
  /** How many clients there are, each waiting for an answer before it goes on. */
  readonly clients?: number;
  /** How long a client thinks between two reports, in milliseconds. */
  readonly thinkMs?: number;
  /** The most reports that the load makes; then it waits for its end. */
  readonly limit?: number;
  /** How many of a hundred turns are links of names instead of reports. */
  readonly links?: number;
  /** How long clients wait for some of their calls, in milliseconds. */
  readonly deadlines?: readonly number[];
}

/** Clients that report, and report again what was not accepted, as real clients do. */
export interface Load {
  /** How many calls were accepted. */
  readonly accepted: number;
  /** How many calls are waiting for their answer. */
  readonly waiting: number;
  /** How many calls ended how. */
  readonly endings: ReadonlyMap<Ending, number>;
  /** The longest that a call took to end, in milliseconds. */
  readonly slowest: number;
  /** Waits until so many more calls were accepted. */
  more(count: number): Promise<void>;
  /** Waits until something has happened. People are replaced meanwhile, so that there are always names to link. */
  until(happened: () => boolean): Promise<void>;
  /** Lets clients finish what they have begun. Then everything is accepted, except what some clients gave up. */
  end(): Promise<void>;
}

/** Has clients call both instances over both protocols, as the history says, and notes in it what they were told. */
export function startLoad(cluster: Cluster, history: History, random: Random, options: LoadOptions = {}): Load {
  const { clients = 24, thinkMs = 0, limit = 20_000, links = 2, deadlines = [] } = options;
  const endings = new Map<Ending, number>();
  let accepted = 0;
  let waiting = 0;
  let reported = 0;
  let slowest = 0;
  let ended = false;

  async function count(call: Promise<Ending>): Promise<Ending> {
    const start = performance.now();
    waiting += 1;
    const ending = await call;
    waiting -= 1;
    slowest = Math.max(slowest, performance.now() - start);
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
    accepted += ending === "ok" ? 1 : 0;
    return ending;
  }

  function instance() {
    return random.pick(cluster.instances).client;
  }

  async function untilAccepted(attempt: () => Promise<Ending>, givesUp = false): Promise<Ending> {
    const end = performance.now() + ACCEPT_TIMEOUT_MS;
    let ending = await attempt();
    while (ending !== "ok" && !givesUp && performance.now() < end) {
      await pause(1 + random.below(BACKOFF_MS));
      ending = await attempt();
    }
    if (ending !== "ok" && !givesUp) {
      throw new Error(`not accepted within ${ACCEPT_TIMEOUT_MS} ms; the last try: ${ending}`);
    }
    return ending;
  }

  async function send(report: Report, variant: Variant, givesUp: boolean): Promise<void> {
    const timeoutMs = random.chance(0.3) ? random.pick([undefined, ...deadlines]) : undefined;
    const ending = await untilAccepted(async () => {
      const client = instance();
      if (client === undefined) {
        return "lost";
      }
      report.sent.add(variant);
      return await count(client.record(random.pick(PROTOCOLS), eventOf(report, variant), timeoutMs));
    }, givesUp);
    if (ending === "ok") {
      report.acknowledged.add(variant);
    }
  }

  async function link(): Promise<void> {
    const [name, user] = history.nextLink();
    await untilAccepted(async () => {
      const client = instance();
      if (client === undefined) {
        return "lost";
      }
      history.links.set(name, user);
      return await count(client.link(SITE_KEY, name, user));
    });
  }

  async function client(): Promise<void> {
    while (!ended && reported < limit) {
      reported += 1;
      if (random.below(100) < links) {
        await link();
      } else {
        const report = history.next();
        const copies = random.chance(0.2) ? 3 : 1;
        const variants = Array.from({ length: copies }, () => random.pick(report.variants));
        await Promise.all(variants.map((variant) => send(report, variant, random.chance(0.05))));
      }
      if (thinkMs > 0) {
        await pause(thinkMs);
      }
    }
  }

  const running = Promise.all(Array.from({ length: clients }, client));
  onTestFinished(() => {
    ended = true;
  });
  let failure: unknown;
  running.catch((reason: unknown) => {
    failure = reason;
    ended = true;
  });

  async function more(count: number): Promise<void> {
    const wanted = accepted + count;
    await expect
      .poll(() => failure ?? accepted >= wanted, { timeout: ACCEPT_TIMEOUT_MS, interval: 2, message: "accepts events" })
      .toBe(true);
  }

  return {
    get accepted() {
      return accepted;
    },
    get waiting() {
      return waiting;
    },
    endings,
    get slowest() {
      return slowest;
    },
    more,
    async until(happened) {
      while (!happened()) {
        await more(CALLS_OF_PEOPLE);
        history.replacePeople();
      }
    },
    async end() {
      ended = true;
      await running;
    },
  };
}
