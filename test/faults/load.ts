import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { type Ending, PROTOCOLS } from "./client.ts";
import { type Cluster, SITE_KEY } from "./cluster.ts";
import { eventOf, type Ledger, type Report, type Saying } from "./ledger.ts";
import type { Random } from "./random.ts";

/** How long a client tries to have something accepted, in milliseconds, before the service counts as broken. */
const PATIENCE_MS = 40_000;

/** After how many calls there are new people, while something is waited for. */
const CALLS_OF_PEOPLE = 40;

/** How long a client leaves the service alone that did not accept something, in milliseconds, at most. */
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

/** Clients that report, and report again what was not accepted, as real ones do. */
export interface Load {
  /** How many calls were accepted. */
  readonly accepted: number;
  /** How many calls wait for their answer now. */
  readonly waiting: number;
  /** How many calls ended how. */
  readonly endings: ReadonlyMap<Ending, number>;
  /** The longest that a call took to end, in milliseconds. */
  readonly slowest: number;
  /** Waits until so many more calls were accepted. */
  more(count: number): Promise<void>;
  /** Waits until something has happened, with new people all the while, of whom there is something to link. */
  until(happened: () => boolean): Promise<void>;
  /** Lets clients finish what they are at; but for some that give up, all is then accepted. */
  end(): Promise<void>;
}

/** Has clients call both instances over both protocols, as the ledger says, and notes in it what they were told. */
export function startLoad(cluster: Cluster, ledger: Ledger, random: Random, options: LoadOptions = {}): Load {
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
    const end = performance.now() + PATIENCE_MS;
    let ending = await attempt();
    while (ending !== "ok" && !givesUp && performance.now() < end) {
      await pause(1 + random.below(BACKOFF_MS));
      ending = await attempt();
    }
    if (ending !== "ok" && !givesUp) {
      throw new Error(`not accepted within ${PATIENCE_MS} ms; the last try: ${ending}`);
    }
    return ending;
  }

  async function say(report: Report, saying: Saying, givesUp: boolean): Promise<void> {
    const timeoutMs = random.chance(0.3) ? random.pick([undefined, ...deadlines]) : undefined;
    const ending = await untilAccepted(async () => {
      const client = instance();
      if (client === undefined) {
        return "lost";
      }
      report.sent.add(saying);
      return await count(client.record(random.pick(PROTOCOLS), eventOf(report, saying), timeoutMs));
    }, givesUp);
    report.acknowledged ||= ending === "ok";
  }

  async function link(): Promise<void> {
    const [name, user] = ledger.nextLink();
    await untilAccepted(async () => {
      const client = instance();
      if (client === undefined) {
        return "lost";
      }
      ledger.links.set(name, user);
      return await count(client.link(SITE_KEY, name, user));
    });
  }

  async function client(): Promise<void> {
    while (!ended && reported < limit) {
      reported += 1;
      if (random.below(100) < links) {
        await link();
      } else {
        const report = ledger.next();
        const twins = random.chance(0.2) ? 3 : 1;
        const sayings = Array.from({ length: twins }, () => random.pick(report.sayings));
        await Promise.all(sayings.map((saying) => say(report, saying, random.chance(0.05))));
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
      .poll(() => failure ?? accepted >= wanted, { timeout: PATIENCE_MS, interval: 2, message: "accepts events" })
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
        ledger.moveOn();
      }
    },
    async end() {
      ended = true;
      await running;
    },
  };
}
