import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Deadline } from "#src/deadline.ts";
import { countDays } from "#src/domain/months.ts";
import type { DedupeCache, DedupeEntry } from "#src/ingest/dedupe/dedupe-cache.ts";
import { createInProcessDedupeCache } from "#src/ingest/dedupe/in-process.ts";
import type { AcceptedEvent } from "#src/ingest/events.ts";
import { Ingest } from "#src/ingest/ingest.ts";
import type { EventStore, StoredEvent } from "#src/store/events.ts";
import type { SeatStore } from "#src/store/seats.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Ports, Stores } from "#src/store/stores.ts";
import type { UserKey } from "#src/store/streaks.ts";
import { silentLog } from "../support/log.ts";

/** The server's time in these tests, unless a test sets another clock. */
export const NOW = Date.parse("2024-01-12T12:00:00Z");

/** A deadline that no test reaches. */
export const ample = () => new Deadline(10_000);

/** A check-in of the event `like` by this user. */
export function like(userHash: string, more: Partial<AcceptedEvent> = {}): AcceptedEvent {
  return { projectId: "p", userHash, event: "like", type: "streak_interaction", at: NOW, projectZone: "UTC", ...more };
}

/** What a test can change about the ingest that it opens. */
export interface IngestOptions {
  readonly maxQueued?: number;
  readonly clock?: () => number;
  /** Runs before each batch is recorded, counted from 1. When it throws, the store fails with that error. */
  readonly before?: (batch: number) => void | Promise<void>;
  /** Replaces methods of the store of events. */
  readonly changed?: Partial<EventStore>;
  /** Replaces the opening of months. */
  readonly openMonth?: (open: SeatStore["openMonth"]) => SeatStore["openMonth"];
  /** How many turns of the event loop the store has batches wait. */
  readonly coalesceTurns?: number;
}

/** Opens an ingest on a real store and a real cache, and notes what it asks them. All is closed with the test. */
export async function openIngest(options: IngestOptions = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-ingest-"));
  let store = await openSqliteStores(dataDir, silentLog);
  const lookUps: (readonly UserKey[])[] = [];
  const batches: number[] = [];
  const tries: (readonly StoredEvent[])[] = [];
  const watchedStores = (): Stores => ({
    ...store,
    coalesceTurns: options.coalesceTurns ?? store.coalesceTurns,
    seats: { openMonth: options.openMonth?.(store.seats.openMonth) ?? store.seats.openMonth },
    events: {
      resolveUsers(users) {
        const toVerify = users.filter(({ verify }) => verify);
        if (toVerify.length > 0) {
          lookUps.push(toVerify);
        }
        return store.events.resolveUsers(users);
      },
      async record(events, now) {
        batches.push(events.length);
        tries.push(events);
        await options.before?.(batches.length);
        return store.events.record(events, now);
      },
      ...options.changed,
    },
  });
  const clock = options.clock ?? (() => NOW);
  const cache = createInProcessDedupeCache(clock);
  const added: DedupeEntry[] = [];
  const asked: string[] = [];
  const watchedCache: DedupeCache = {
    ...cache,
    has(keys) {
      asked.push(...keys);
      return cache.has(keys);
    },
    add(entries) {
      added.push(...entries);
      return cache.add(entries);
    },
  };
  const observer = { committed() {}, recorded() {}, blocked() {} };
  const open = () => new Ingest(watchedStores(), watchedCache, clock, options.maxQueued ?? 1000, observer);
  const ingest = open();
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
    await rm(dataDir, { recursive: true });
  });
  return {
    ingest,
    /** The ports of the store that is open now. */
    store: new Proxy({} as Ports, { get: (_, name) => store[name as keyof Ports] }),
    /** The sizes of the batches that were recorded. */
    batches,
    /** The batches that were recorded, failed ones too. */
    tries,
    /** The users that were to be verified, by call. */
    lookUps,
    /** What was added to the dedupe cache. */
    added,
    /** The keys that the dedupe cache was asked for. */
    asked,
    /** How many days a user has done. */
    days: async (userHash: string) =>
      countDays((await store.streaks.readStreak({ projectId: "p", userHash }, "like")).days),
    /** Opens the store and the ingest again, as a restart does. The dedupe cache keeps its entries. */
    async reopen(): Promise<Ingest> {
      await store.close();
      store = await openSqliteStores(dataDir, silentLog);
      return open();
    },
  };
}
