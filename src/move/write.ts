import { type AnyBulkWriteOperation, type Collection, type Document, MongoBulkWriteError } from "mongodb";
import type { Connection } from "../store/mongo/connection.ts";
import {
  eventDocument,
  fieldOf,
  intentDocument,
  oneOf,
  type StreakDocument,
  streakId,
  zoneField,
} from "../store/mongo/documents.ts";
import { isDuplicateKey } from "../store/mongo/errors.ts";
import type { Kind, Records, User } from "./records.ts";

/**
 * How records of each kind become the documents that the MongoDB store would have made of the same history. They are
 * inserted, which is much faster than an upsert; those that are there already, because an earlier run was cut short, are
 * brought up to date. So writing again, in part or as a whole, changes nothing.
 */
const WRITERS: { readonly [K in Kind]: (connection: Connection, records: readonly Records[K][]) => Promise<void> } = {
  projects: ({ projects }, records) =>
    update(
      projects,
      records.map(({ siteKey, ...fields }) => {
        return { replaceOne: { filter: { _id: siteKey }, replacement: fields, upsert: true } };
      }),
    ),

  async settings({ settings }, records) {
    // Of settings the value never changes; of events nothing does.
    await insert(
      settings,
      records.map(({ name, value }) => ({ _id: name, value })),
    );
  },

  async users({ streaks, events }, records) {
    const known = await insert(streaks, records.map(streakDocument));
    await update(
      streaks,
      known.map((index) => bringUpToDate(records[index] as User)),
    );
    // Since an earlier run a user may have become an alias, and its events another's.
    await update(events, eventsOf(records.filter(({ aliasOf }) => aliasOf !== undefined)));
  },

  async events({ events }, records) {
    await insert(events, records.map(eventDocument));
  },

  async keys({ intents }, records) {
    const documents = records.map(({ key, expiresAt, event }) => intentDocument(event, key, expiresAt));
    const known = (await insert(intents, documents)).map((index) => documents[index] as Document);
    // Since an earlier run a key may have expired and been used anew, or the event that it was to mean become another's.
    await update(
      intents,
      known.map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement } })),
    );
  },
};

/** Writes records of a kind. Answers when they are on the disks of most members. */
export async function write<K extends Kind>(
  connection: Connection,
  kind: K,
  records: readonly Records[K][],
): Promise<void> {
  await WRITERS[kind](connection, records);
}

function streakDocument({ projectId, userHash, aliasOf, zone, days }: User): StreakDocument {
  const fields = Object.fromEntries(Array.from(days, ([event, months]) => [fieldOf(event), months]));
  return {
    ...{ _id: streakId(projectId, userHash), p: projectId, u: userHash },
    ...(days.size > 0 && { days: fields }),
    ...(zone !== undefined && { zone: zoneField(zone) }),
    ...(aliasOf !== undefined && { aliasOf }),
  };
}

/** Since an earlier run a user may have done more days, named another zone, or become an alias. */
function bringUpToDate({ projectId, userHash, aliasOf, zone, days }: User): Operation {
  const filter = oneOf(projectId, userHash);
  if (aliasOf !== undefined) {
    return { updateOne: { filter, update: { $set: { aliasOf }, $unset: { days: "", zone: "", merging: "" } } } };
  }
  const bits = Array.from(days, ([event, months]) =>
    Object.entries(months).map(([month, or]) => [`days.${fieldOf(event)}.${month}`, { or }] as const),
  ).flat();
  const changes = {
    ...(bits.length > 0 && { $bit: Object.fromEntries(bits) }),
    ...(zone !== undefined && { $max: { zone: zoneField(zone) } }),
  };
  return { updateOne: { filter, update: changes } };
}

/** The field order is what `$max` compares by. */

/** Deletes all events of users; a statement for each project, since names mean something only in one. */
function eventsOf(users: readonly User[]): Operation[] {
  const names = Map.groupBy(users, ({ projectId }) => projectId);
  return Array.from(names, ([p, named]) => {
    return { deleteMany: { filter: { p, u: { $in: named.map(({ userHash }) => userHash) } } } };
  });
}

/** The driver's operations, less its knowledge of what each collection holds. */
type Operation = Readonly<Record<string, Document>>;

async function update(collection: unknown, operations: readonly Operation[]): Promise<void> {
  if (operations.length > 0) {
    await (collection as Collection).bulkWrite(operations as unknown as AnyBulkWriteOperation[], { ordered: false });
  }
}

/** Inserts documents, in no order. Answers the positions of those whose `_id` is there already, which are left as they are. */
async function insert(collection: unknown, documents: readonly object[]): Promise<number[]> {
  try {
    if (documents.length > 0) {
      await (collection as Collection).insertMany(documents as Document[], { ordered: false });
    }
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError && isDuplicateKey(error))) {
      throw error;
    }
    return [error.writeErrors].flat().map(({ index }) => index);
  }
}
