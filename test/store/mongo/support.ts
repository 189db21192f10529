import type { Collection, Document } from "mongodb";
import { expect, onTestFinished } from "vitest";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import type { Mongo, MongoServer } from "../../support/mongo-server.ts";

/** Opens the store with options of the URI, and closes it with the test. */
export async function openStore(uri: string, options: Record<string, string> = {}): Promise<Stores> {
  const given = new URL(uri);
  for (const [name, value] of Object.entries(options)) {
    given.searchParams.set(name, value);
  }
  const store = await openMongoStores(`${given}`, silentLog);
  onTestFinished(() => store.close());
  return store;
}

/** Connects past the ports, until the end of the test. */
export function connect(uri: string): Connection {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  onTestFinished(() => connection.close());
  return connection;
}

/** Collections as they are stored, past the ports. */
export interface StoredCollections {
  readonly streaks: Collection<StoredDocument>;
  readonly events: Collection<StoredDocument>;
  readonly intents: Collection<StoredDocument>;
}

/** Finds all events, and not the notes of changes, which are kept among them. */
export const ANY_EVENT = { p: { $exists: true } };

/** Any document. */
export type StoredDocument = Document & { _id: string };

/** Returns the collections of what is recorded. */
export function collectionsOf(server: Mongo, uri: string): StoredCollections {
  const database = server.client.db(databaseOf(uri));
  return {
    streaks: database.collection<StoredDocument>("streaks"),
    events: database.collection<StoredDocument>("events"),
    intents: database.collection<StoredDocument>("intents"),
  };
}

/** How an instance can lose its server in the middle of its work: before the server does a command, or after. */
export const CUTS = [
  { when: "before it takes effect", how: { closeConnection: true } },
  { when: "after it took effect", how: { writeConcernError: { code: 64, errmsg: "no majority in time" } } },
];

/** The commands that an instance's work consists of. */
const COMMANDS = ["find", "insert", "update", "delete", "bulkWrite"];

/**
 * Has an instance begin some work again and again, and cuts it off at its first command, at its second, and so on until
 * the work is done without a cut. The instance's `appName` must be `cut`. Returns how many cuts there were.
 *
 * @param check is called after each cut
 */
export async function cutAtEveryCommand(
  server: MongoServer,
  how: Document,
  attempt: (round: number) => Promise<unknown>,
  check: (round: number) => Promise<void>,
): Promise<number> {
  for (let round = 0; ; round++) {
    await server.failCommand({ skip: round }, { failCommands: COMMANDS, appName: "cut", ...how });
    const error = await attempt(round).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await server.failCommand("off");
    await check(round);
    if (error === undefined) {
      return round;
    }
    expect(error).toBeInstanceOf(StoreUnavailableError);
  }
}
