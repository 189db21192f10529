import { hash } from "node:crypto";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { StartError } from "../errors.ts";
import { createDeletions } from "../store/sqlite/deletions.ts";
import { type DataFolder, takeDataFolder } from "../store/sqlite/folder.ts";
import { Connection } from "../store/sqlite/sqlite.ts";
import type { StoredEvent } from "../store/streak-store.ts";
import type { Kind, Records } from "./records.ts";
import {
  type EventRow,
  eventOf,
  type KeyRow,
  keyOf,
  type ProjectRow,
  SELECTS,
  sizeOf,
  type UserRow,
  usersOf,
} from "./rows.ts";

/** Over how many users the meanings of a project's idempotency keys are spread, so that no one document is in demand. */
const MEANINGS = 1000;

/** The `id` of what a key means when that is a streak interaction, which has none of its own. No event ever has this one. */
const MEANING_ID = "moved";

/** The first event of each of some users, in the order of the events' key: whoever asks, and however often, gets the same. */
const SELECT_MEANINGS = `
  SELECT * FROM events AS one
  WHERE project_id = ?1 AND (event, day, analytics_id) = (
    SELECT event, day, analytics_id FROM events
    WHERE project_id = ?1 AND user_hash = one.user_hash ORDER BY event, day, analytics_id LIMIT 1
  )
  ORDER BY user_hash LIMIT ${MEANINGS}`;

/** Where a record stands among those of its kind: the values of its primary key. */
export type Position = readonly (string | number)[];

/** A record as it was read. */
export interface Read<K extends Kind> {
  readonly record: Records[K];
  readonly position: Position;
  /** About how much memory it takes, in bytes. */
  readonly size: number;
}

/** An embedded data folder that this process holds alone. */
export interface Source {
  /** The records of a kind in the order of their primary key, from the first one after `after` on. */
  read<K extends Kind>(kind: K, after?: Position): Iterable<Read<K>>;
  /** The id of the project with this `siteKey`. */
  projectId(siteKey: string): string | undefined;
  /** The value of a setting. */
  setting(name: string): string | undefined;
  /** Lets go of the folder. */
  release(): Promise<void>;
}

/**
 * Takes a data folder, as a server would, and finishes the deletions that were under way when its server ended.
 *
 * @throws StartError when there is none, when a server is running on it, or when it can't be used
 */
export async function openSource(dataDir: string): Promise<Source> {
  try {
    // Taking a folder makes what is missing, and a slip of the pen should not move an empty one.
    await access(join(dataDir, "streakd.db"));
  } catch (error) {
    throw new StartError(`There is no streakd.db in ${dataDir} to move. Name the data folder in DATA_DIR.`, {
      cause: error,
    });
  }
  const folder = await takeDataFolder(dataDir);
  await createDeletions(new Connection(folder.database)).finishLeftOver();
  return createSource(folder);
}

function createSource({ database, release }: DataFolder): Source {
  const selectProject = database.prepare("SELECT id FROM projects WHERE site_key = ?");
  const selectSetting = database.prepare("SELECT value FROM settings WHERE name = ?");
  const meaningOf = meaningsOf(database);

  const readers: { readonly [K in Kind]: (after?: Position) => Iterable<Read<K>> } = {
    projects: (after) =>
      each(rowsOf<ProjectRow>("projects", after), ({ site_key, document }) => [JSON.parse(document), site_key]),
    settings: (after) =>
      each(rowsOf<Records["settings"]>("settings", after), ({ name, value }) => [{ name, value }, name]),
    users: (after) => usersOf(rowsOf<UserRow>("users", after)),
    events: (after) =>
      each(rowsOf<EventRow>("events", after), (row) => {
        return [eventOf(row), row.project_id, row.user_hash, row.event, row.day, row.analytics_id];
      }),
    keys: (after) =>
      each(rowsOf<KeyRow>("keys", after), (row) => [keyOf(row, meaningOf(row)), row.project_id, row.key]),
  };

  function rowsOf<Row>(kind: Kind, after: Position | undefined): Iterable<Row> {
    const rows =
      after === undefined
        ? database.prepare(SELECTS[kind].all).iterate()
        : database.prepare(SELECTS[kind].after).iterate(...(after as SQLInputValue[]));
    return rows as Iterable<unknown> as Iterable<Row>;
  }

  return {
    read: (kind, after) => readers[kind](after),
    projectId: (siteKey) => selectProject.get(siteKey)?.id as string | undefined,
    setting: (name) => selectSetting.get(name)?.value as string | undefined,
    release,
  };
}

/** Chooses an event of its project for each key to mean: the same one for the copy, for the comparison, and the next time. */
function meaningsOf(database: DatabaseSync): (row: KeyRow) => StoredEvent {
  const select = database.prepare(SELECT_MEANINGS);
  let known: { readonly projectId: string; readonly rows: readonly EventRow[] } | undefined;
  return ({ project_id, key }) => {
    if (known?.projectId !== project_id) {
      known = { projectId: project_id, rows: select.all(project_id) as unknown as EventRow[] };
    }
    // There is always one, since nothing but an event claims a key, and the query for keys sees to it.
    const row = known.rows[hash("sha256", key, "buffer").readUInt32BE() % known.rows.length] as EventRow;
    // What an event came with is kept with it; to have its day done takes no more than this.
    return eventOf({ ...row, analytics_id: row.analytics_id || MEANING_ID, tz: null, session_id: null, meta: null });
  };
}

/** Reads row by row; `recordOf` answers the record and the values of its primary key. */
function* each<Row extends object, K extends Kind>(
  rows: Iterable<Row>,
  recordOf: (row: Row) => readonly [Records[K], ...Position],
): Generator<Read<K>> {
  for (const row of rows) {
    const [record, ...position] = recordOf(row);
    yield { record, position, size: sizeOf(row) };
  }
}
