import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Project } from "../domain/project.ts";
import type { Analytics } from "../service/analytics/analytics.ts";
import type { AnalyticsStore } from "../store/analytics.ts";
import type { LeaseStore } from "../store/leases.ts";
import type { ProjectStore } from "../store/projects.ts";
import { StoreUnavailableError } from "../store/unavailable.ts";

/** The pause between two rounds, in milliseconds. */
const PAUSE_MS = 10_000;

/** How long a round counts at most, in milliseconds. Then it looks again what has changed. */
const ROUND_MS = 60_000;

/** How long the lease lasts, in milliseconds: a round, and time to spare. When it is over, another instance may go on. */
const LEASE_MS = 2 * ROUND_MS;

const LEASE = "count-segments";

/** How many times as long as it counts it rests: so counting takes at most a fiftieth of a processor. */
const REST = 50;

/** How many noted changes are folded at a time. */
const NOTES_AT_ONCE = 500;

/** How many projects are read at a time. */
const PROJECTS_AT_ONCE = 100;

/** A job that runs until it is closed. */
export interface Job {
  /** Ends it, and gives its lease back. Another round does again what it was doing. */
  close(): Promise<void>;
}

/** What the job works on. */
interface Parts {
  readonly store: AnalyticsStore;
  readonly leases: LeaseStore;
  readonly projects: ProjectStore;
  readonly analytics: Analytics;
}

/**
 * Counts in the background what has changed since it was counted, so that reads find little to count. One instance at a
 * time does it. Reads are right without it, but slower, and older for large projects.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function startCounting(parts: Parts, clock: () => number, log: Logger): Job {
  const closing = new AbortController();
  const holder = randomUUID();
  const round = createRound(parts, clock, closing.signal);

  async function run(): Promise<void> {
    while (await pause(closing.signal)) {
      try {
        if (await parts.leases.takeLease(LEASE, holder, LEASE_MS)) {
          await round();
        }
      } catch (error) {
        if (!closing.signal.aborted && !(error instanceof StoreUnavailableError)) {
          log.warn({ err: error }, "counting for analytics failed; the next round tries it again");
        }
      }
    }
  }

  void run();
  return {
    async close() {
      closing.abort();
      await parts.leases.releaseLease(LEASE, holder).catch(() => {});
    },
  };
}

function createRound({ store, projects, analytics }: Parts, clock: () => number, closing: AbortSignal) {
  /** The projects that may have something to count. At first all of them: nobody knows what an earlier process left. */
  let changed: Set<string> | undefined;
  /** The `siteKey` after which a round goes on, so that a large project keeps no other one waiting. */
  let after = "";

  return async (): Promise<void> => {
    const until = clock() + ROUND_MS;
    changed ??= new Set(await idsOf(projects));
    for (const id of await foldAll(store, closing)) {
      changed.add(id);
    }
    for await (const project of projectsAfter(projects, after)) {
      if (closing.aborted || clock() >= until) {
        return;
      }
      after = project.siteKey;
      if (changed.has(project.id) && (await analytics.count(project, { rest: REST, until }))) {
        changed.delete(project.id);
      }
    }
    after = "";
  };
}

/** Folds all settled notes. Returns the projects that they are of. */
async function foldAll(store: AnalyticsStore, closing: AbortSignal): Promise<Set<string>> {
  const found = new Set<string>();
  for (let hasMore = true; hasMore && !closing.aborted; ) {
    const folded = await store.foldChanges(undefined, NOTES_AT_ONCE);
    for (const id of folded.projectIds) {
      found.add(id);
    }
    hasMore = folded.hasMore;
  }
  return found;
}

async function idsOf(projects: ProjectStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of projectsAfter(projects, "")) {
    ids.push(id);
  }
  return ids;
}

async function* projectsAfter(projects: ProjectStore, after: string): AsyncGenerator<Project> {
  let page = await projects.listProjects(after, PROJECTS_AT_ONCE);
  while (page.length > 0) {
    yield* page;
    page = await projects.listProjects((page.at(-1) as Project).siteKey, PROJECTS_AT_ONCE);
  }
}

/** Waits for the next round. Returns false when the job ends. */
async function pause(closing: AbortSignal): Promise<boolean> {
  await sleep(PAUSE_MS, undefined, { signal: closing, ref: false }).catch(() => {});
  return !closing.aborted;
}
