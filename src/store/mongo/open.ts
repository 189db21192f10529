import { MongoError } from "mongodb";
import { StartError } from "../../errors.ts";
import type { StreakStore } from "../streak-store.ts";
import { createAliases } from "./aliases.ts";
import { createApply } from "./apply.ts";
import { type SendBulk, sendApart, sendTogether } from "./bulk.ts";
import { ensureCollections } from "./collections.ts";
import { Connection, createClient, databaseOf, hasOrderedBulk } from "./connection.ts";
import { createDeletions } from "./deletions.ts";
import { orUnavailable } from "./errors.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createLinking } from "./linking.ts";
import { createProjects } from "./projects.ts";
import { createRecording } from "./record.ts";
import { createSettings } from "./settings.ts";
import { createUsers } from "./users.ts";

/**
 * Opens the store that any number of instances share: a database of a MongoDB replica set or sharded cluster. The
 * database is the one that the URI names, or else `streakd`; its collections and indexes are made as far as they are missing.
 *
 * @throws StartError when that MongoDB can't be used; its message says how to mend that
 * @throws StoreUnavailableError when it doesn't answer
 */
export async function openMongoStore(uri: string): Promise<StreakStore> {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  try {
    const ordered = await orUnavailable(() => prepare(connection));
    return createMongoStore(connection, ordered ? sendTogether(connection) : sendApart(connection));
  } catch (error) {
    await connection.close();
    if (error instanceof MongoError) {
      const problem = `The MongoDB of MONGODB_URI refuses: ${error.message}. Check the URI, and what its user may do.`;
      throw new StartError(problem, { cause: error });
    }
    throw error;
  }
}

async function prepare(connection: Connection): Promise<boolean> {
  const ordered = await hasOrderedBulk(connection);
  await ensureCollections(connection.database);
  return ordered;
}

/** The store on a database whose collections are there. */
export function createMongoStore(connection: Connection, send: SendBulk): StreakStore {
  const apply = createApply(connection, send);
  const keys = createIdempotencyKeys(connection);
  const aliases = createAliases(connection, apply, keys);
  const { deleteProject, finishLeftOver } = createDeletions(connection);
  void finishLeftOver();
  return {
    ...createProjects(connection),
    ...createUsers(connection, aliases),
    ...createLinking(connection, aliases),
    ...createRecording(connection, aliases, keys, apply),
    ...createSettings(connection),
    deleteProject,
    close: () => connection.close(),
  };
}
