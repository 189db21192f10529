import { type AnyBulkWriteOperation, type Collection, type Document, MongoBulkWriteError } from "mongodb";
import type { Months } from "../domain/months.ts";
import { type KindLabel, kindsOf } from "../store/day-kinds.ts";
import { inOrder } from "../store/ledger.ts";
import { auditDocument } from "../store/mongo/audit.ts";
import type { Connection } from "../store/mongo/connection.ts";
import { beginningWith, streakId } from "../store/mongo/document-ids.ts";
import {
  actionDocument,
  eventDocument,
  fieldOf,
  keyDocument,
  ledgerField,
  oneOf,
  repeatDocument,
  type StreakDocument,
  tokenDocument,
  zoneField,
} from "../store/mongo/documents.ts";
import { isDuplicateKey } from "../store/mongo/errors.ts";
import { rejectionId } from "../store/mongo/seat-documents.ts";
import { unionWith } from "../store/mongo/streak-documents.ts";
import type { Kind, Records, User } from "./records.ts";

/** Stands for the home zone of each user: a record has a `dayZone` only where that is not the home zone. */
const ELSEWHERE = "";

/**
 * Writes the records of each kind as the documents that the MongoDB store would have made of the same history. They are
 * inserted, which is much faster than an upsert. Documents that an earlier run has left are brought up to date. So
 * writing again, in part or as a whole, changes nothing.
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
    // The value of a setting never changes, so a setting that is there is right. The same holds for events.
    await insert(
      settings,
      records.map(({ name, value }) => ({ _id: name, value })),
    );
  },

  tokens: ({ tokens }, records) =>
    update(
      tokens,
      records.map((token) => {
        const { _id, ...replacement } = tokenDocument(token);
        return { replaceOne: { filter: { _id }, replacement, upsert: true } };
      }),
    ),

  async users({ streaks, events, idempotencyKeys }, records) {
    const known = await insert(streaks, records.map(streakDocument));
    await update(
      streaks,
      known.map((index) => bringUpToDate(records[index] as User)),
    );
    // Since an earlier run a user may have become an alias. Then its events and idempotency keys belong to another
    // user. Or its events may have been redated: they are copied after the users.
    const ofAliases = records.filter(({ aliasOf }) => aliasOf !== undefined);
    await update(events, allOf([...ofAliases, ...records.filter(({ isRedated }) => isRedated)]));
    await update(idempotencyKeys, allOf(ofAliases));
  },

  async events({ events }, records) {
    await insert(
      events,
      records.map((event) => eventDocument(event, ELSEWHERE)),
    );
  },

  async repeats({ events }, records) {
    await insert(events, records.map(repeatDocument));
  },

  async actions({ events }, records) {
    await insert(events, records.map(actionDocument));
  },

  async keys({ idempotencyKeys }, records) {
    const documents = records.map(({ key, expiresAt, event }) => keyDocument(event, key, expiresAt));
    const known = (await insert(idempotencyKeys, documents)).map((index) => documents[index] as Document);
    // Since an earlier run a key may have expired and been used again, or its user may have another first event.
    await update(
      idempotencyKeys,
      known.map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement } })),
    );
  },

  audit: ({ audit }, records) =>
    update(
      audit,
      records.map(auditDocument).map(({ _id, ...replacement }) => {
        // Since an earlier run an entry may have been confirmed.
        return { replaceOne: { filter: { _id }, replacement, upsert: true } };
      }),
    ),

  rejections: ({ rejections }, records) =>
    update(
      rejections,
      records.map(({ projectId, month, events }) => {
        return {
          replaceOne: { filter: { _id: rejectionId(projectId, month) }, replacement: { month, events }, upsert: true },
        };
      }),
    ),
};

/** Writes records of a kind. Resolves when they are on the disks of most members. */
export async function write<K extends Kind>(
  connection: Connection,
  kind: K,
  records: readonly Records[K][],
): Promise<void> {
  await WRITERS[kind](connection, records);
}

function streakDocument(user: User): StreakDocument {
  const { projectId, userHash, aliasOf, zone, home, isRedated, days, ledger } = user;
  return {
    ...{ _id: streakId(projectId, userHash), p: projectId, u: userHash },
    ...dayFields(days),
    ...(zone !== undefined && { zone: zoneField(zone) }),
    ...(home !== undefined && { home }),
    ...(isRedated && { redated: 1 }),
    ...(ledger.length > 0 && { ledger: inOrder(ledger).map(ledgerField) }),
    ...(aliasOf !== undefined && { aliasOf }),
  };
}

/** Returns the fields of a document for done days, without those that would be empty. */
function dayFields(byEvent: User["days"]): Pick<StreakDocument, "days" | "others"> {
  const days: Record<string, Months> = {};
  const others: Record<string, Record<KindLabel, Months>> = {};
  for (const [event, checkIns] of byEvent) {
    const [ordinary, ...otherKinds] = kindsOf(checkIns);
    if (ordinary !== undefined && Object.keys(ordinary.days).length > 0) {
      days[fieldOf(event)] = ordinary.days;
    }
    if (otherKinds.length > 0) {
      others[fieldOf(event)] = Object.fromEntries(otherKinds.map(({ label, days }) => [label, days]));
    }
  }
  return { ...(Object.keys(days).length > 0 && { days }), ...(Object.keys(others).length > 0 && { others }) };
}

/**
 * Returns an update for what may have changed since an earlier run: more days, another zone, a home zone, more entries
 * of the ledger, or that the user is an alias. The events of a user may have been redated, and then days may not be
 * done any more.
 */
function bringUpToDate(user: User): Operation {
  const { projectId, userHash, aliasOf } = user;
  const filter = oneOf(projectId, userHash);
  const { ledger, ...document } = streakDocument(user);
  if (user.isRedated) {
    const { _id, ...replacement } = { ...document, ...(ledger && { ledger }) };
    return { replaceOne: { filter, replacement } };
  }
  const { $set, ...union } = unionWith(document);
  const fields = { ...$set, ...(ledger && { ledger }) };
  const update =
    aliasOf === undefined
      ? { ...union, ...(Object.keys(fields).length > 0 && { $set: fields }) }
      : {
          $set: { aliasOf },
          $unset: { days: "", others: "", zone: "", home: "", redated: "", ledger: "", merging: "" },
        };
  return { updateOne: { filter, update } };
}

/** Returns deletions of everything that users have in a collection. */
function allOf(users: readonly User[]): Operation[] {
  return users.map(({ projectId, userHash }) => ({ deleteMany: { filter: beginningWith(projectId, userHash) } }));
}

/** An operation of the driver, without the types of the collections' documents. */
type Operation = Readonly<Record<string, Document>>;

async function update(collection: unknown, operations: readonly Operation[]): Promise<void> {
  if (operations.length > 0) {
    await (collection as Collection).bulkWrite(operations as unknown as AnyBulkWriteOperation[], { ordered: false });
  }
}

/**
 * Inserts documents, in no order. Returns the positions of those whose `_id` exists already; they are left as they are.
 */
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
