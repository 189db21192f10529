import { type Collection, type Document, MongoError } from "mongodb";
import { StartError } from "../errors.ts";
import { ensureCollections } from "../store/mongo/collections.ts";
import { Connection, createClient, databaseOf, hasOrderedBulk } from "../store/mongo/connection.ts";
import { orUnavailable } from "../store/mongo/errors.ts";
import { StoreUnavailableError } from "../store/streak-store.ts";
import { type Mark, readMark } from "./mark.ts";
import type { Patience } from "./patience.ts";
import { each, recordsOfProject, recordsOfSetting } from "./read-back.ts";
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
    await orUnavailable(() => hasOrderedBulk(opened));
    return opened;
  } catch (error) {
    await connection?.close();
    const problem = problemOf(error);
    throw problem === undefined ? error : new StartError(problem, { cause: error });
  }
}

function problemOf(error: unknown): string | undefined {
  if (error instanceof StoreUnavailableError) {
    const cause = error.cause instanceof Error ? error.cause.message : "it does not answer";
    return `MongoDB can't be reached at MONGODB_URI: ${cause}. See that it runs and has a primary.`;
  }
  if (error instanceof MongoError) {
    return `The MongoDB of MONGODB_URI refuses: ${error.message}. Check the URI, and what its user may do.`;
  }
  return undefined;
}

/**
 * Sees that the database holds nothing but what an earlier run of the same move has put there, and makes the collections
 * that it lacks. Answers the mark of that run.
 *
 * @throws StartError when it holds anything else
 */
export async function claimTarget(
  connection: Connection,
  source: Source,
  patience: Patience,
): Promise<Mark | undefined> {
  const mark = await patience.do(() => readMark(connection));
  if (mark === undefined) {
    await refuseFull(connection, patience);
  } else {
    await refuseForeign(connection, source, mark, patience);
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
