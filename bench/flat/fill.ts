import { pino } from "pino";
import { dayOf } from "#src/domain/day.ts";
import type { StoredEvent, Unverified } from "#src/store/events.ts";
import { NOT_FOUND } from "#src/store/mongo/effects.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { NOT_LOOKED_UP } from "#src/store/sqlite/remember-users.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { EVENT, SITE_KEY } from "../load/load.ts";
import type { Place } from "./place.ts";

/** A store to fill, and what it takes at its quickest. */
interface Filling {
  readonly stores: Stores;
  /** What the store says of a user whom it does not have. */
  readonly unverified: Unverified;
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
  const { stores, unverified, batch } = await open(place);
  try {
    const project = await stores.projects.readProject(SITE_KEY);
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
      unverified,
    });
    for (let from = 0; from < users; from += ORDERED) {
      const names = namesInOrder(from, Math.min(from + ORDERED, users));
      for (let done = 0; done < names.length; done += batch) {
        await recordPatiently(stores, Array.from(names.subarray(done, done + batch), event), now);
      }
    }
  } finally {
    await stores.close();
  }
}

/** Records a batch however long the store takes; giving it the same one again is safe. */
async function recordPatiently({ events: store }: Stores, events: readonly StoredEvent[], now: number): Promise<void> {
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
  const log = pino({ level: "warn" });
  if ("MONGODB_URI" in env) {
    return { stores: await openMongoStores(env.MONGODB_URI, log), unverified: NOT_FOUND, batch: 1_000 };
  }
  // The more there are in a transaction, the more of them share a page that is written.
  return { stores: await openSqliteStores(env.DATA_DIR, log), unverified: NOT_LOOKED_UP, batch: 100_000 };
}

/** The names, as numbers, of the users after the first `from`, up to the number `to`. */
function namesInOrder(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, index) => ((from + index + 1) * SCATTER) % 2 ** 32).sort();
}
