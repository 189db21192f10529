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
import { isAction, type NoteDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { sendUnions, type Union } from "./unions.ts";

/** An update of one document. */
export interface Update {
  readonly filter: Document;
  readonly update: Document;
  readonly upsert: boolean;
  /** What the upsert would insert. Set where the document is likely missing: many inserts at once cost far less. */
  readonly document?: Document;
}

/** Returns the update that writes a note. */
function writeNote(note: NoteDocument): Update {
  const { _id, ...fields } = note;
  return { filter: { _id }, update: { $setOnInsert: fields }, upsert: true, document: note };
}

/** An update of a user's document. */
export interface StreakUpdate extends Update {
  /**
   * What it adds. Set where the user likely has a document: many such updates cost far less when they share statements.
   */
  readonly union?: Union;
}

/** The result of a bulk. */
export interface Sent {
  /** For each event, whether it was inserted: false means that it was there. */
  readonly inserted: readonly boolean[];
  /**
   * The positions of the streaks that were refused because their key is taken, or whose filter matched a tombstone, or
   * that are not known to have matched.
   */
  readonly doubtful: readonly number[];
}

/**
 * Writes notes, then events, then streaks. Nothing else is written before the last note, which must be there whatever
 * cuts the bulk short. No days are written before the last event, because links rely on that order. An update that
 * finds its key taken fails alone.
 */
export type SendBulk = (
  notes: readonly NoteDocument[],
  events: readonly Update[],
  streaks: readonly StreakUpdate[],
) => Promise<Sent>;

/** Sends everything in one command, and so in one round trip. For MongoDB 8 and later, and not for routers. */
export function sendTogether({ client, events, streaks }: Connection): SendBulk {
  const modelOf =
    (namespace: string, isNew: boolean) =>
    ({ filter, update, upsert, document }: Update) =>
      (isNew
        ? { namespace, name: "insertOne", document }
        : { namespace, name: "updateOne", filter, update, upsert }) as unknown as ClientBulkWriteModel;

  return async (notes, eventsToKeep, streakUpdates) => {
    // New users have hardly any events. A refused insert says the same as an upsert that matched.
    const areNew = streakUpdates.every(({ document }) => document !== undefined);
    const eventUpdates = [...notes.map(writeNote), ...eventsToKeep];
    const models = [
      ...eventUpdates.map(modelOf(events.namespace, areNew)),
      ...streakUpdates.map(modelOf(streaks.namespace, areNew)),
    ];
    const inserted = eventUpdates.map(() => false);
    const doubtful: number[] = [];

    let next = 0;
    while (next < models.length) {
      const first = next;
      // The order of streaks among themselves does not matter.
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
      // An ordered bulk ends at the statement that was refused. The statements after it are still to be sent.
      next = ordered && refused.length > 0 ? first + (refused[0] as number) + 1 : models.length;
    }
    return { inserted: inserted.slice(notes.length), doubtful };
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
  /** The results of updates, by position. */
  readonly results: ReadonlyMap<number, ClientUpdateResult>;
  /** The positions of the inserts that were done. */
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
 * A server inserts the documents of a command in their order, so the notes go first in the command of the events. A
 * router divides a command among shards, which keep no order together: there the notes go in a command before that.
 *
 * Where many users share statements, the days go last: a tombstone refuses an effect by its days. A zone that got
 * through before is merged like everything else that the tombstone holds.
 *
 * @param areShared whether users share statements. They must not on routers: while shards exchange documents, a
 *   statement about several users can miss some, or change the copies that are left where they were
 */
export function sendApart(connection: Connection, areShared: boolean): SendBulk {
  const events = connection.events as unknown as Collection;
  const streaks = connection.streaks as unknown as Collection;

  return async (notes, eventUpdates, streakUpdates) => {
    const { shared, single } = divide(streakUpdates, areShared);
    const unions = shared.map((index) => streakUpdates[index]?.union as Union);
    const first = notes.map(writeNote);
    if (!areShared) {
      await sendUpdates(events, first);
    }
    const together = areShared ? [...first, ...eventUpdates] : eventUpdates;
    const { inserted } = await sendUpdates(events, together);
    const [{ refused }, areDone] = await Promise.all([
      sendUpdates(
        streaks,
        single.map((index) => streakUpdates[index] as StreakUpdate),
      ),
      sendUnions(streaks, unions),
    ]);
    // The server says how many matched, not which.
    const unsaid = single.filter((index) => !streakUpdates[index]?.upsert);
    const missed = areDone ? [] : shared;
    const doubtful = [...refused.map((position) => single[position] as number), ...unsaid, ...missed];
    const before = together.length - eventUpdates.length;
    return { inserted: eventUpdates.map((_, index) => inserted.has(before + index)), doubtful };
  };
}

/** Returns the positions of the updates that can share statements, and of the other updates. */
function divide(updates: readonly StreakUpdate[], areShared: boolean) {
  const indexes = [...updates.keys()];
  const shared = indexes.filter((index) => updates[index]?.union !== undefined);
  // A lone update is better sent as its upsert, which the driver tries twice.
  return areShared && shared.length > 1
    ? { shared, single: indexes.filter((index) => updates[index]?.union === undefined) }
    : { shared: [], single: indexes };
}

/**
 * Returns how bulks are sent to a deployment. A lone event goes in one command where the server can do that, so that it
 * waits for one round trip; so does a lone action with the first event of its day. Several events go in a command for
 * each collection: such a command does them all at once, while a command for several collections does them one by one.
 */
export function sendBulkFor(connection: Connection, { isRouter, hasOrderedBulk }: Deployment): SendBulk {
  const apart = sendApart(connection, !isRouter);
  if (!hasOrderedBulk) {
    return apart;
  }
  const together = sendTogether(connection);
  return (notes, events, streaks) => (isLone(events) ? together : apart)(notes, events, streaks);
}

function isLone(events: readonly Update[]): boolean {
  return events.length === 1 || (events.length === 2 && isAction(events[0]?.document ?? {}));
}

/** Sends updates to one collection, in no order. Returns which inserted a document, and which found their key taken. */
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
