import type { Collection, Document } from "mongodb";
import { StartError } from "../errors.ts";
import { ensureCollections } from "../store/mongo/collections.ts";
import { askDeployment, Connection, createClient, databaseOf } from "../store/mongo/connection.ts";
import { asStartError, orUnavailable } from "../store/mongo/errors.ts";
import { claimMark, type Mark, readMark } from "./mark.ts";
import { each, recordsOfProject, recordsOfSetting } from "./read-back.ts";
import type { Patience } from "./retry.ts";
import type { Source } from "./source.ts";

/** Batches here are larger than a server's, and nobody waits for an answer. */
const OPTIONS = { appName: "streakd move", socketTimeoutMS: 60_000 };

/**
 * Connects to the MongoDB that is moved into.
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
 * Sees that the database holds nothing but what an earlier run of the same move has put there, leaves the fresh mark where
 * there is none, so that no server starts there from now on, and makes the collections that are missing. Answers the mark
 * of the earlier run.
 *
 * @throws StartError when it holds anything else
 */
export async function claimTarget(
  connection: Connection,
  source: Source,
  fresh: Mark,
  patience: Patience,
): Promise<Mark | undefined> {
  const mark = await patience.do(() => readMark(connection));
  if (mark !== undefined) {
    await refuseForeign(connection, source, mark, patience);
  } else {
    await refuseFull(connection, patience);
    if (!(await patience.do(() => claimMark(connection, fresh)))) {
      throw new StartError(
        `Another move into the database ${connection.database.databaseName} has just begun. Let it end, then run this command again.`,
      );
    }
  }
  await patience.do(() => ensureCollections(connection.database));
  return mark;
}

async function refuseFull(connection: Connection, patience: Patience): Promise<void> {
  const { projects, streaks, events, intents, deletions, settings, database } = connection;
  const collections = [projects, streaks, events, intents, deletions, settings] as unknown as Collection<Document>[];
  for (const collection of collections) {
    if ((await patience.do(() => collection.findOne({}, { projection: { _id: 1 } }))) !== null) {
      throw new StartError(
        `The database ${database.databaseName} is not empty: its collection ${collection.collectionName} holds data that no move has put there. Name another database in MONGODB_URI (mongodb://…/its-name?…), or drop this one if nobody needs it.`,
      );
    }
  }
}

/** Projects have ids that are made anew for each, and are the first that is copied: they tell whose data this is. */
async function refuseForeign(connection: Connection, source: Source, mark: Mark, patience: Patience): Promise<void> {
  const { projects, settings } = connection;
  for await (const found of each(projects, patience, recordsOfProject)) {
    if (found.kind === "projects" && source.projectId(found.record.siteKey) !== found.record.id) {
      throw foreign(connection, mark, `project ${found.record.siteKey}`);
    }
  }
  for await (const found of each(settings, patience, recordsOfSetting)) {
    if (found.kind === "settings" && source.setting(found.record.name) !== found.record.value) {
      throw foreign(connection, mark, `setting ${found.record.name}`);
    }
  }
}

function foreign({ database }: Connection, { from, completedAt }: Mark, what: string): StartError {
  const holds = `The database ${database.databaseName} holds the ${what}, which is not this folder's.`;
  const why =
    completedAt === undefined
      ? `A move of ${from} into it was begun; if that is this folder, the project was deleted since.`
      : `A move of ${from} into it was completed on ${completedAt}, and servers may have used it since.`;
  return new StartError(
    `${holds} ${why} Name another database in MONGODB_URI, or drop this one if nobody needs it and move again.`,
  );
}
