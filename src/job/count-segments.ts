import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { LeaseStore } from "../store/leases.ts";
import { StoreUnavailableError } from "../store/unavailable.ts";
import { type CountedParts, createRound } from "./counting-round.ts";
import type { Job } from "./job.ts";

/** The pause between two rounds, in milliseconds. */
const PAUSE_MS = 10_000;

/**
 * How long the lease lasts, in milliseconds. The holder renews it three times as often. When it is over, another instance
 * goes on.
 */
const LEASE_MS = 60_000;

const LEASE = "count-segments";

/** How many times as long as it counts it rests: so it takes 0.2 % of the time, of this process and of its database. */
const REST = 500;

/** What the job works on. */
interface Parts extends Omit<CountedParts, "rest"> {
  readonly leases: LeaseStore;
}

/**
 * Counts in the background what has changed since it was counted, so that reads find little to count. One instance at a
 * time does it. Reads are right without it, but slower, and older for large projects.
 *
 * @param clock the server's time in epoch milliseconds
 * @param pauseMs the pause between two rounds, in milliseconds
 */
export function startCounting(parts: Parts, clock: () => number, log: Logger, pauseMs = PAUSE_MS): Job {
  const closing = new AbortController();
  const holder = randomUUID();
  const round = createRound({ ...parts, rest: REST }, clock, closing.signal);
  let isHolder = false;

  async function takeLease(): Promise<boolean> {
    return await parts.leases.takeLease(LEASE, holder, LEASE_MS);
  }

  async function runRound(): Promise<void> {
    const wasHolder = isHolder;
    isHolder = await takeLease();
    if (!isHolder) {
      return;
    }
    const renewal = setInterval(() => takeLease().catch(() => {}), LEASE_MS / 3).unref();
    try {
      await round(!wasHolder);
    } finally {
      clearInterval(renewal);
    }
  }

  async function run(): Promise<void> {
    while (await pause(pauseMs, closing.signal)) {
      await runRound().catch((error: unknown) => {
        if (!closing.signal.aborted && !(error instanceof StoreUnavailableError)) {
          log.warn({ err: error }, "counting for analytics failed; the next round tries it again");
        }
      });
    }
  }

  const ended = run();
  return {
    async close() {
      closing.abort();
      await ended;
      await parts.leases.releaseLease(LEASE, holder).catch(() => {});
    },
  };
}

/** Waits for the next round. Returns false when the job ends. */
async function pause(ms: number, closing: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal: closing, ref: false }).catch(() => {});
  return !closing.aborted;
}
