import { dayOf } from "#src/domain/day.ts";
import { openMongoStore } from "#src/store/mongo/open.ts";
import { openEmbeddedStore } from "#src/store/sqlite/open.ts";
import { type StoredEvent, StoreUnavailableError, type StreakStore } from "#src/store/streak-store.ts";
import { EVENT, SITE_KEY } from "../load/load.ts";
import type { Place } from "./place.ts";

/** A store to fill, and what it takes at its quickest. */
interface Filling {
  readonly store: StreakStore;
  /** How many events to record at once. */
  readonly batch: number;
}

/** Scatters users over the store as real names are; load/events.lua says why this one. */
const SCATTER = 387_420_489;

/**
 * How many users at a time come in the order of their names. Without any order each would cost a database that has more than
 * fits into its cache a page read and a page written; if all came in order, its pages would be fuller than users leave them.
 */
const ORDERED = 2_000_000;

/**
 * Fills a store, in which there is nothing but the demo project, with users who have done today: through the store itself,
 * as a server would, but in far larger batches.
 */
export async function fill(place: Place, users: number): Promise<void> {
  const { store, batch } = await open(place);
  try {
    const project = await store.readProject(SITE_KEY);
    if (project === undefined) {
      throw new Error(`there is no project ${SITE_KEY} to fill`);
    }
    const now = Date.now();
    const day = dayOf(now, project.timeZone);
    const event = (name: number): StoredEvent => ({
      projectId: project.id,
      userHash: name.toString(16).padStart(8, "0"),
      event: EVENT,
      type: "streak_interaction",
      day,
      at: now,
      id: `fill-${name}`,
      isNew: true,
    });
    for (let from = 0; from < users; from += ORDERED) {
      const names = namesInOrder(from, Math.min(from + ORDERED, users));
      for (let done = 0; done < names.length; done += batch) {
        await recordPatiently(store, Array.from(names.subarray(done, done + batch), event), now);
      }
    }
  } finally {
    await store.close();
  }
}

/** Records a batch however long the store takes; giving it the same one again is safe. */
async function recordPatiently(store: StreakStore, events: readonly StoredEvent[], now: number): Promise<void> {
  for (;;) {
    try {
      await store.record(events, now);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) {
        throw error;
      }
    }
  }
}

async function open({ env }: Place): Promise<Filling> {
  if ("MONGODB_URI" in env) {
    return { store: await openMongoStore(env.MONGODB_URI), batch: 1_000 };
  }
  // The more there are in a transaction, the more of them share a page that is written.
  return { store: await openEmbeddedStore(env.DATA_DIR), batch: 100_000 };
}

/** The names, as numbers, of the users after the first `from`, up to the number `to`. */
function namesInOrder(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, index) => ((from + index + 1) * SCATTER) % 2 ** 32).sort();
}
