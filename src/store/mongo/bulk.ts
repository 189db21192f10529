import {
  type AnyBulkWriteOperation,
  type ClientBulkWriteModel,
  type ClientBulkWriteResult,
  type ClientUpdateResult,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoClientBulkWriteError,
} from "mongodb";
import type { Connection, Deployment } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";
import { sendDays, sendZones, type Union } from "./unions.ts";

/** An update of one document. */
export interface Update {
  readonly filter: Document;
  readonly update: Document;
  readonly upsert: boolean;
  /** What the upsert would insert, where it is likely that there is nothing yet: many inserts at once cost far less. */
  readonly document?: Document;
}

/** An update of a user's document. */
export interface StreakUpdate extends Update {
  /** What it adds, where the user is likely to be there: many such cost far less when they share statements. */
  readonly union?: Union;
}

/** What a bulk came to. */
export interface Sent {
  /** Of each event, whether it was inserted: false means that it was there. */
  readonly inserted: readonly boolean[];
  /**
   * The streaks, by position, that were refused because of a key, or whose filter matched though it need not, or of which
   * it isn't known that they matched.
   */
  readonly doubtful: readonly number[];
}

/**
 * Writes events, then streaks. No days are written before the last event: that order is what the linking of users
 * counts on. An update that finds its key taken fails alone.
 */
export type SendBulk = (events: readonly Update[], streaks: readonly StreakUpdate[]) => Promise<Sent>;

/** Sends all in one command, and so in one round trip. For MongoDB 8 and later, and not for routers. */
export function sendTogether({ client, events, streaks }: Connection): SendBulk {
  const modelOf =
    (namespace: string, isNew: boolean) =>
    ({ filter, update, upsert, document }: Update) =>
      (isNew
        ? { namespace, name: "insertOne", document }
        : { namespace, name: "updateOne", filter, update, upsert }) as unknown as ClientBulkWriteModel;

  return async (eventUpdates, streakUpdates) => {
    // New users have hardly any events. An insert that is refused tells the same as an upsert that matched.
    const areNew = streakUpdates.every(({ document }) => document !== undefined);
    const models = [
      ...eventUpdates.map(modelOf(events.namespace, areNew)),
      ...streakUpdates.map(modelOf(streaks.namespace, areNew)),
    ];
    const inserted = eventUpdates.map(() => false);
    const doubtful: number[] = [];

    let next = 0;
    while (next < models.length) {
      const first = next;
      // Streaks are free of order among themselves.
      const ordered = first < eventUpdates.length;
      const { results, added, refused } = await send(models.slice(first), ordered);
      for (const offset of added) {
        if (first + offset < eventUpdates.length) {
          inserted[first + offset] = true;
        }
      }
      for (const [offset, result] of results) {
        const index = first + offset;
        if (index < eventUpdates.length) {
          inserted[index] = result.didUpsert;
        } else if (isDoubtful(streakUpdates[index - eventUpdates.length] as Update, result)) {
          doubtful.push(index - eventUpdates.length);
        }
      }
      for (const offset of refused) {
        if (first + offset >= eventUpdates.length) {
          doubtful.push(first + offset - eventUpdates.length);
        }
      }
      // An ordered bulk ends at what was refused; what comes after it is still to be sent.
      next = ordered && refused.length > 0 ? first + (refused[0] as number) + 1 : models.length;
    }
    return { inserted, doubtful };
  };

  async function send(models: readonly ClientBulkWriteModel[], ordered: boolean): Promise<BulkResults> {
    try {
      return { ...resultsOf(await client.bulkWrite(models, { ordered, verboseResults: true })), refused: [] };
    } catch (error) {
      if (!(error instanceof MongoClientBulkWriteError && isDuplicateKey(error))) {
        throw error;
      }
      return { ...resultsOf(error.partialResult), refused: [...error.writeErrors.keys()] };
    }
  }
}

interface BulkResults {
  /** Of updates. */
  readonly results: ReadonlyMap<number, ClientUpdateResult>;
  /** The inserts that were done. */
  readonly added: readonly number[];
  readonly refused: readonly number[];
}

function resultsOf(result: ClientBulkWriteResult | undefined): Omit<BulkResults, "refused"> {
  return { results: result?.updateResults ?? new Map(), added: [...(result?.insertResults?.keys() ?? [])] };
}

function isDoubtful({ upsert }: Update, { matchedCount }: ClientUpdateResult): boolean {
  return !upsert && matchedCount > 0;
}

/**
 * Sends commands for each collection. For every MongoDB, and for routers, which then ask the shards side by side.
 *
 * Of what many users share statements for, zones go beside the events and days last: it is by the days that a tombstone refuses an
 * effect. A zone that got through before is merged like whatever else it held.
 *
 * @param areShared whether users share statements. Not on routers: while shards exchange documents, a statement about
 *   several can miss some, or change what is left of them where they were
 */
export function sendApart(connection: Connection, areShared: boolean): SendBulk {
  const events = connection.events as unknown as Collection;
  const streaks = connection.streaks as unknown as Collection;

  return async (eventUpdates, streakUpdates) => {
    const { shared, single } = divide(streakUpdates, areShared);
    const unions = shared.map((index) => streakUpdates[index]?.union as Union);
    const [{ inserted }, areZoned] = await Promise.all([sendUpdates(events, eventUpdates), sendZones(streaks, unions)]);
    const [{ refused }, areDone] = await Promise.all([
      sendUpdates(
        streaks,
        single.map((index) => streakUpdates[index] as StreakUpdate),
      ),
      sendDays(streaks, unions),
    ]);
    // The server tells how many matched, not which.
    const unsaid = single.filter((index) => !streakUpdates[index]?.upsert);
    const missed = areZoned && areDone ? [] : shared;
    const doubtful = [...refused.map((position) => single[position] as number), ...unsaid, ...missed];
    return { inserted: eventUpdates.map((_, index) => inserted.has(index)), doubtful };
  };
}

/** The positions of updates that can share statements with others, and of those that can't. */
function divide(updates: readonly StreakUpdate[], areShared: boolean) {
  const indexes = [...updates.keys()];
  const shared = indexes.filter((index) => updates[index]?.union !== undefined);
  // One by itself is better off with its upsert, which the driver tries twice.
  return areShared && shared.length > 1
    ? { shared, single: indexes.filter((index) => updates[index]?.union === undefined) }
    : { shared: [], single: indexes };
}

/**
 * How bulks are sent to a deployment. A lone event goes in one command where it can, so that it waits for one round trip,
 * and more apart: a command for one collection can do them all at once, where one for several does each by itself.
 */
export function sendBulkFor(connection: Connection, { isRouter, hasOrderedBulk }: Deployment): SendBulk {
  const apart = sendApart(connection, !isRouter);
  if (!hasOrderedBulk) {
    return apart;
  }
  const together = sendTogether(connection);
  return (events, streaks) => (events.length === 1 ? together : apart)(events, streaks);
}

/** Sends updates to one collection, in no order. Answers which inserted a document, and which found their key taken. */
export async function sendUpdates(
  collection: Collection,
  updates: readonly Update[],
): Promise<{ inserted: ReadonlySet<number>; refused: readonly number[] }> {
  if (updates.length === 0) {
    return { inserted: new Set(), refused: [] };
  }
  const { upsertedIds, refused } = await send(collection, updates.map(modelOf));
  const inserted = new Set(Object.keys(upsertedIds).map(Number));
  for (const [index, { document }] of updates.entries()) {
    if (document !== undefined && !refused.has(index)) {
      inserted.add(index);
    }
  }
  return { inserted, refused: [...refused] };
}

function modelOf({ filter, update, upsert, document }: Update): AnyBulkWriteOperation {
  return document === undefined ? { updateOne: { filter, update, upsert } } : { insertOne: { document } };
}

async function send(
  collection: Collection,
  models: readonly AnyBulkWriteOperation[],
): Promise<{ upsertedIds: Record<number, unknown>; refused: ReadonlySet<number> }> {
  try {
    const { upsertedIds } = await collection.bulkWrite(models, { ordered: false });
    return { upsertedIds, refused: new Set() };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError && isDuplicateKey(error))) {
      throw error;
    }
    const refused = new Set([error.writeErrors].flat().map(({ index }) => index));
    return { upsertedIds: error.result.upsertedIds, refused };
  }
}
