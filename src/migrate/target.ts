import type { Collection, Document } from "mongodb";
import { StartError } from "../errors.ts";
import { ensureCollections } from "../store/mongo/collections.ts";
import { askDeployment, Connection, createClient, databaseOf } from "../store/mongo/connection.ts";
import { asStartError, orUnavailable } from "../store/mongo/errors.ts";
import { each, recordsOfProject, recordsOfSetting } from "./read-back.ts";
import type { Retry } from "./retry.ts";
import type { Source } from "./source.ts";
import { claimState, type MigrationState, readState } from "./state.ts";

/** A longer wait than a server's: batches are larger here, and no client waits for an answer. */
const OPTIONS = { appName: "streakd migrate", socketTimeoutMS: 60_000 };

/**
 * Connects to the MongoDB to migrate into.
 *
 * @throws StartError when it doesn't answer, or can't be used
 */
export async function openTarget(uri: string): Promise<Connection> {
  let connection: Connection | undefined;
  try {
    const opened = new Connection(createClient(uri, OPTIONS), databaseOf(uri));
    connection = opened;
    await orUnavailable(() => askDeployment(opened));
    return opened;
  } catch (error) {
    await connection?.close();
    throw asStartError(error);
  }
}

/**
 * Checks that the database holds nothing but what an earlier run of the same migration has put there, and makes the
 * collections that are missing. Writes the fresh state unless there is one, so that no server starts there from now on.
 * Returns the state of the earlier run.
 *
 * @throws StartError when the database holds anything else
 */
export async function claimTarget(
  connection: Connection,
  source: Source,
  fresh: MigrationState,
  retry: Retry,
): Promise<MigrationState | undefined> {
  const state = await retry.run(() => readState(connection));
  if (state !== undefined) {
    await refuseForeign(connection, source, state, retry);
  } else {
    await refuseFull(connection, retry);
    if (!(await retry.run(() => claimState(connection, fresh)))) {
      throw new StartError(
        `Another migration into the database ${connection.database.databaseName} has just begun. Let it end, then run this command again.`,
      );
    }
  }
  await retry.run(() => ensureCollections(connection.database));
  return state;
}

async function refuseFull(connection: Connection, retry: Retry): Promise<void> {
  const { projects, streaks, events, idempotencyKeys, deletions, settings, tokens, audit, database } = connection;
  const collections = [
    projects,
    streaks,
    events,
    idempotencyKeys,
    deletions,
    settings,
    tokens,
    audit,
  ] as unknown as Collection<Document>[];
  for (const collection of collections) {
    if ((await retry.run(() => collection.findOne({}, { projection: { _id: 1 } }))) !== null) {
      throw new StartError(
        `The database ${database.databaseName} is not empty: its collection ${collection.collectionName} holds data that no migration has put there. Name another database in MONGODB_URI (mongodb://…/its-name?…), or drop this one if nobody needs it.`,
      );
    }
  }
}

/**
 * Refuses the data of another folder. Projects tell: their ids are made anew for each project, and they are copied
 * first.
 */
async function refuseForeign(
  connection: Connection,
  source: Source,
  state: MigrationState,
  retry: Retry,
): Promise<void> {
  const { projects, settings } = connection;
  for await (const found of each(projects, retry, recordsOfProject)) {
    if (found.kind === "projects" && source.projectId(found.record.siteKey) !== found.record.id) {
      throw foreign(connection, state, `project ${found.record.siteKey}`);
    }
  }
  for await (const found of each(settings, retry, recordsOfSetting)) {
    if (found.kind === "settings" && source.setting(found.record.name) !== found.record.value) {
      throw foreign(connection, state, `setting ${found.record.name}`);
    }
  }
}

function foreign({ database }: Connection, { from, completedAt }: MigrationState, what: string): StartError {
  const holds = `The database ${database.databaseName} holds the ${what}, which is not this folder's.`;
  const why =
    completedAt === undefined
      ? `A migration of ${from} into it was begun; if that is this folder, the project was deleted since.`
      : `A migration of ${from} into it was completed on ${completedAt}, and servers may have used it since.`;
  return new StartError(
    `${holds} ${why} Name another database in MONGODB_URI, or drop this one if nobody needs it and migrate again.`,
  );
}
