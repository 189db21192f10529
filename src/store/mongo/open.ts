import { StartError } from "../../errors.ts";
import type { StreakStore } from "../streak-store.ts";
import { createAliases } from "./aliases.ts";
import { createApply } from "./apply.ts";
import { type SendBulk, sendBulkFor } from "./bulk.ts";
import { ensureCollections } from "./collections.ts";
import { askDeployment, Connection, createClient, type Deployment, databaseOf } from "./connection.ts";
import { createDeletions } from "./deletions.ts";
import { asStartError, orUnavailable } from "./errors.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createLinking } from "./linking.ts";
import { createProjects } from "./projects.ts";
import { createRecording } from "./record.ts";
import { createSettings } from "./settings.ts";
import { createSweep } from "./sweep.ts";
import { createUsers } from "./users.ts";

/** The setting in which a move into the database says how far it has come. */
export const MOVE_SETTING = "move";

/** What a server has to know of a move; as JSON it is part of that setting. */
export interface MoveState {
  /** The data folder that is moved, for the operator to recognise. */
  readonly from: string;
  /** When all was found to be there, as ISO 8601. */
  readonly completedAt?: string;
}

/**
 * Opens the store that any number of instances share: a database of a MongoDB replica set or sharded cluster. The
 * database is the one that the URI names, or else `streakd`; its collections and indexes are made as far as they are missing.
 *
 * @throws StartError when that MongoDB can't be used, or is still being moved into; its message says how to mend that
 */
export async function openMongoStore(uri: string): Promise<StreakStore> {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  try {
    const deployment = await orUnavailable(() => prepare(connection));
    return createMongoStore(connection, sendBulkFor(connection, deployment));
  } catch (error) {
    await connection.close();
    throw asStartError(error);
  }
}

async function prepare(connection: Connection): Promise<Deployment> {
  const deployment = await askDeployment(connection);
  await refuseHalfMoved(connection);
  await ensureCollections(connection.database);
  return deployment;
}

/** What a server wrote would get in the way of the rest of the move, and users would miss what is yet to come. */
async function refuseHalfMoved({ settings, database }: Connection): Promise<void> {
  const setting = await settings.findOne({ _id: MOVE_SETTING });
  if (setting === null) {
    return;
  }
  const { from, completedAt }: MoveState = JSON.parse(setting.value);
  if (completedAt === undefined) {
    throw new StartError(
      `A move of ${from} into the database ${database.databaseName} has begun and is not complete. Run npm run move again, with that folder as DATA_DIR and this MONGODB_URI, until it says that the move is complete; or drop the database if it is not to be moved after all.`,
    );
  }
}

/** The store on a database whose collections are there. */
export function createMongoStore(connection: Connection, send: SendBulk): StreakStore {
  const apply = createApply(connection, send);
  const keys = createIdempotencyKeys(connection);
  const aliases = createAliases(connection, apply, keys);
  const { deleteProject, finishLeftOver } = createDeletions(connection);
  startHousekeeping(connection, [finishLeftOver, createSweep(connection, aliases)]);
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
