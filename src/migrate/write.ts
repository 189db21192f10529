import { type AnyBulkWriteOperation, type Collection, type Document, MongoBulkWriteError } from "mongodb";
import type { Connection } from "../store/mongo/connection.ts";
import {
  beginningWith,
  eventDocument,
  fieldOf,
  intentDocument,
  oneOf,
  type StreakDocument,
  streakId,
  unionWith,
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
function bringUpToDate(user: User): Operation {
  const { projectId, userHash, aliasOf } = user;
  const filter = oneOf(projectId, userHash);
  const update =
    aliasOf === undefined
      ? unionWith(streakDocument(user))
      : { $set: { aliasOf }, $unset: { days: "", zone: "", merging: "" } };
  return { updateOne: { filter, update } };
}

/** Deletes all events of users. */
function eventsOf(users: readonly User[]): Operation[] {
  return users.map(({ projectId, userHash }) => ({ deleteMany: { filter: beginningWith(projectId, userHash) } }));
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
