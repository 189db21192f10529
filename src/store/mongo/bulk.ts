import {
  type AnyBulkWriteOperation,
  type ClientBulkWriteModel,
  type ClientUpdateResult,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoClientBulkWriteError,
} from "mongodb";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** How many events are few. With more, two commands that insert at once were faster than one that does each by itself. */
const TOGETHER_AT_MOST = 8;

/** An update of one document. */
export interface Update {
  readonly filter: Document;
  readonly update: Document;
  readonly upsert: boolean;
  /** What the upsert would insert, where it is likely that there is nothing yet: many inserts at once cost far less. */
  readonly document?: Document;
}

/** What a bulk came to. */
export interface Sent {
  /** Of each event, whether it was inserted: false means that it was there. */
  readonly inserted: readonly boolean[];
  /** The streaks, by position, that were refused because of a key, or whose filter matched though it need not. */
  readonly doubtful: readonly number[];
}

/**
 * Writes events, then streaks. No streak is written before the last event: that order is what the linking of users
 * counts on. An update that finds its key taken fails alone.
 */
export type SendBulk = (events: readonly Update[], streaks: readonly Update[]) => Promise<Sent>;

/** Sends all in one command, and so in one round trip. For MongoDB 8 and later, and not for routers. */
export function sendTogether({ client, events, streaks }: Connection): SendBulk {
  const modelOf =
    (namespace: string) =>
    ({ filter, update, upsert }: Update) =>
      ({ namespace, name: "updateOne", filter, update, upsert }) as unknown as ClientBulkWriteModel;

  return async (eventUpdates, streakUpdates) => {
    const models = [...eventUpdates.map(modelOf(events.namespace)), ...streakUpdates.map(modelOf(streaks.namespace))];
    const inserted = eventUpdates.map(() => false);
    const doubtful: number[] = [];

    let next = 0;
    while (next < models.length) {
      const first = next;
      // Streaks are free of order among themselves.
      const ordered = first < eventUpdates.length;
      const { results, refused } = await send(models.slice(first), ordered);
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
      const { updateResults } = await client.bulkWrite(models, { ordered, verboseResults: true });
      return { results: updateResults ?? new Map(), refused: [] };
    } catch (error) {
      if (!(error instanceof MongoClientBulkWriteError && isDuplicateKey(error))) {
        throw error;
      }
      const results = error.partialResult?.updateResults ?? new Map();
      return { results, refused: [...error.writeErrors.keys()] };
    }
  }
}

interface BulkResults {
  readonly results: ReadonlyMap<number, ClientUpdateResult>;
  readonly refused: readonly number[];
}

function isDoubtful({ upsert }: Update, { matchedCount }: ClientUpdateResult): boolean {
  return !upsert && matchedCount > 0;
}

/** Sends a command for each collection. For every MongoDB, and for routers, which then ask the shards side by side. */
export function sendApart({ events, streaks }: Connection): SendBulk {
  return async (eventUpdates, streakUpdates) => {
    const { inserted } = await sendUpdates(events as unknown as Collection, eventUpdates);
    const { refused } = await sendUpdates(streaks as unknown as Collection, streakUpdates);
    // The server tells how many matched, not which.
    const unsaid = streakUpdates.flatMap(({ upsert }, index) => (upsert ? [] : [index]));
    return { inserted: eventUpdates.map((_, index) => inserted.has(index)), doubtful: [...refused, ...unsaid] };
  };
}

/**
 * Sends a few in one command, so that a lone event waits for one round trip, and many apart: a command for one collection
 * can insert them all at once, where one for several does each by itself.
 */
export function sendBySize(connection: Connection): SendBulk {
  const together = sendTogether(connection);
  const apart = sendApart(connection);
  return (events, streaks) => (events.length > TOGETHER_AT_MOST ? apart : together)(events, streaks);
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
