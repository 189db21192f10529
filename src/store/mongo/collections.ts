import {
  type CollectionInfo,
  type CreateIndexesOptions,
  type Db,
  type Document,
  type IndexSpecification,
  MongoServerError,
} from "mongodb";

/** The collection exists, and with other options. */
const NAMESPACE_EXISTS = 48;

interface CollectionPlan {
  readonly name: string;
  /** The JSON Schema of its documents, so that a mistake made by hand or by a bug fails where it is made. */
  readonly schema: Document;
  readonly indexes: readonly { readonly key: IndexSpecification; readonly options?: CreateIndexesOptions }[];
}

const STRING = { bsonType: "string" };
const DATE = { bsonType: "date" };
const INT = { bsonType: "int" };

/** An object with any fields, all of this kind. */
const objectOf = (additionalProperties: Document) => ({ bsonType: "object", additionalProperties });

const EVENT_FIELDS = {
  p: STRING,
  u: STRING,
  event: STRING,
  type: { enum: ["streak_interaction", "widget_impression", "widget_interaction"] },
  day: INT,
  at: DATE,
  action: STRING,
  vacated: { enum: [true] },
};
const NOTE_FIELDS = {
  project: STRING,
  at: DATE,
  ranges: {
    bsonType: "array",
    items: { bsonType: "object", required: ["from"], properties: { from: STRING, to: STRING } },
  },
  ended: { enum: [true] },
};
const LEDGER_ENTRY = {
  bsonType: "object",
  required: ["id", "reason", "actor", "at", "kind"],
  properties: { id: STRING, reason: STRING, actor: STRING, at: DATE, kind: STRING },
};
const EVENT_REQUIRED = ["p", "u", "event", "type", "day", "at"];

/**
 * Every collection. The path of an event finds documents by `_id` alone, and an `_id` is made so that it also finds all
 * documents of a user or a project: each further index on `streaks` or `events` would cost the database half as much
 * again for a new user. The other indexes are for linking and aliases, for expiry, and for small collections.
 *
 * `intents` holds the idempotency keys; its name is older than that word. `streaks`, `events` and `intents` can be
 * sharded on `{_id: 1}`; the others are small.
 */
const COLLECTIONS: readonly CollectionPlan[] = [
  {
    name: "projects",
    schema: {
      required: ["id", "name", "allowedOrigins", "timeZone", "live", "widgets"],
      properties: { id: STRING, name: STRING, timeZone: STRING, live: { bsonType: "bool" } },
    },
    indexes: [{ key: { id: 1 }, options: { unique: true } }],
  },
  {
    name: "streaks",
    schema: {
      required: ["p", "u"],
      properties: {
        p: STRING,
        u: STRING,
        days: objectOf(objectOf(INT)),
        others: objectOf(objectOf(objectOf(INT))),
        zone: { bsonType: "object", required: ["at", "tz"], properties: { at: DATE, tz: STRING } },
        home: STRING,
        redated: INT,
        unfinished: { bsonType: "object", required: ["from", "to"], properties: { from: INT, to: INT } },
        ledger: { bsonType: "array", items: LEDGER_ENTRY },
        aliasOf: STRING,
        merging: { enum: [true] },
        emptied: { enum: [true] },
        linkedAt: DATE,
        swept: { enum: [true] },
      },
    },
    indexes: [
      { key: { linkedAt: 1 }, options: { sparse: true } },
      // Only tombstones are in this index, so a user who is no alias costs nothing.
      { key: { p: 1, aliasOf: 1 }, options: { partialFilterExpression: { aliasOf: { $exists: true } } } },
    ],
  },
  {
    name: "events",
    // Events, and notes that users are about to change: see notes.ts.
    schema: {
      anyOf: [
        { required: EVENT_REQUIRED, properties: EVENT_FIELDS },
        { required: ["project", "at", "ranges"], properties: NOTE_FIELDS },
      ],
    },
    indexes: [],
  },
  {
    name: "intents",
    schema: {
      required: [...EVENT_REQUIRED, "id", "expiresAt"],
      properties: { ...EVENT_FIELDS, id: STRING, expiresAt: DATE },
    },
    indexes: [{ key: { expiresAt: 1 }, options: { expireAfterSeconds: 0 } }],
  },
  {
    name: "deletions",
    schema: { required: ["siteKey"], properties: { siteKey: STRING, at: DATE, emptied: { enum: [true] } } },
    indexes: [{ key: { siteKey: 1 } }],
  },
  {
    name: "settings",
    schema: { required: ["value"], properties: { value: STRING } },
    indexes: [],
  },
  {
    name: "tokens",
    schema: {
      required: ["secretHash", "name", "scopes", "prefix", "createTime"],
      properties: {
        ...{ p: STRING, siteKey: STRING, secretHash: STRING, name: STRING, prefix: STRING },
        scopes: { bsonType: "array", items: STRING },
        ...{ createTime: DATE, expireTime: DATE, lifetime: { bsonType: "number" }, lastUseTime: DATE },
      },
    },
    indexes: [
      { key: { secretHash: 1 }, options: { unique: true } },
      { key: { p: 1 }, options: { sparse: true } },
      { key: { expireTime: 1 }, options: { sparse: true } },
    ],
  },
  {
    name: "sessions",
    schema: {
      required: ["tokenHash", "createTime", "expireTime"],
      properties: { tokenHash: STRING, createTime: DATE, expireTime: DATE },
    },
    indexes: [{ key: { tokenHash: 1, createTime: -1 } }, { key: { expireTime: 1 } }],
  },
  {
    name: "audit",
    schema: {
      required: ["at", "series", "outcome", "actor", "method"],
      properties: {
        ...{ at: DATE, series: STRING, outcome: { enum: ["unknown", "done", "refused"] }, projectId: STRING },
        ...{ siteKey: STRING, actor: STRING, actorName: STRING, address: STRING, method: STRING, requestId: STRING },
        ...{ resource: STRING, before: STRING, after: STRING, code: STRING, count: INT },
        clipped: { bsonType: "array", items: STRING },
      },
    },
    // For trimming, and for the filters of the list. Old entries need no index: an `_id` begins with the time.
    indexes: [
      { key: { series: 1, _id: -1 } },
      { key: { projectId: 1, _id: -1 } },
      { key: { siteKey: 1, _id: -1 } },
      { key: { actor: 1, _id: -1 } },
    ],
  },
  {
    name: "seats",
    schema: { required: ["s"], properties: { s: STRING, claimedAt: DATE } },
    indexes: [
      { key: { s: 1 }, options: { unique: true } },
      { key: { claimedAt: 1 }, options: { sparse: true } },
    ],
  },
  {
    name: "seatOpenings",
    schema: {
      required: ["since", "openedAt", "unseated"],
      properties: { since: DATE, openedAt: DATE, unseated: { bsonType: "array", items: STRING } },
    },
    indexes: [],
  },
  {
    name: "rejections",
    schema: { required: ["month", "events"], properties: { month: STRING, events: { bsonType: "number" } } },
    indexes: [],
  },
  {
    name: "segments",
    schema: {
      required: ["first", "changes", "revision"],
      properties: {
        ...{ first: STRING, changes: { bsonType: "number" }, revision: { bsonType: "number" } },
        ...{ counted: { bsonType: "object" }, tallies: { bsonType: "binData" } },
      },
    },
    indexes: [],
  },
  {
    name: "leases",
    schema: { required: ["holder", "expiresAt"], properties: { holder: STRING, expiresAt: DATE } },
    indexes: [],
  },
  {
    name: "instances",
    schema: {
      required: ["host", "processId", "version", "nodeVersion", "startTime", "reportTime", "metrics"],
      properties: {
        ...{ host: STRING, processId: INT, version: STRING, nodeVersion: STRING, startTime: DATE, reportTime: DATE },
        ...{ store: { enum: ["sqlite", "mongodb"] }, dedupeCache: { enum: ["in-process", "redis"] }, metrics: STRING },
      },
    },
    // A handful of documents.
    indexes: [],
  },
];

/** Makes the collections, validators and indexes that are missing. Any number of instances may do so at once. */
export async function ensureCollections(database: Db): Promise<void> {
  await Promise.all(COLLECTIONS.map((plan) => ensureCollection(database, plan)));
}

async function ensureCollection(database: Db, { name, schema, indexes }: CollectionPlan): Promise<void> {
  const validator = { $jsonSchema: { bsonType: "object", ...schema } };
  const [found] = await database.listCollections<CollectionInfo>({ name }).toArray();
  // Setting a validator takes the collection's exclusive lock, which every write of every instance then waits for.
  if (JSON.stringify(found?.options?.validator) !== JSON.stringify(validator)) {
    await setValidator(database, name, validator);
  }
  for (const { key, options } of indexes) {
    await database.createIndex(name, key, options);
  }
}

async function setValidator(database: Db, name: string, validator: Document): Promise<void> {
  try {
    // When another instance has just made the same collection, the server reports success.
    await database.createCollection(name, { validator });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) {
      throw error;
    }
    await database.command({ collMod: name, validator });
  }
}
