import type { StoreLog, Stores } from "../stores.ts";
import { sendBulkFor } from "./bulk.ts";
import { ensureCollections } from "./collections.ts";
import { askDeployment, Connection, createClient, type Deployment, databaseOf } from "./connection.ts";
import { asStartError, orUnavailable } from "./errors.ts";
import { refuseUnfinishedMigration } from "./migration-guard.ts";
import { createMongoStores } from "./stores.ts";

/**
 * Opens the store that any number of instances share: a database of a MongoDB replica set or sharded cluster. The
 * database is the one that the URI names, or else `streakd`. Its collections and indexes are made where they are
 * missing.
 *
 * @throws StartError when that MongoDB can't be used, or a migration into it is unfinished; its message says how to
 *   mend that
 */
export async function openMongoStores(uri: string, log: StoreLog): Promise<Stores> {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  try {
    const deployment = await orUnavailable(() => prepare(connection));
    return createMongoStores(connection, sendBulkFor(connection, deployment), log);
  } catch (error) {
    await connection.close();
    throw asStartError(error);
  }
}

async function prepare(connection: Connection): Promise<Deployment> {
  const deployment = await askDeployment(connection);
  await refuseUnfinishedMigration(connection);
  await ensureCollections(connection.database);
  return deployment;
}
