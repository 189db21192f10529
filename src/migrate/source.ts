import { access } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { StartError } from "../errors.ts";
import type { StoredEvent } from "../store/events.ts";
import { type AuditRow, auditEntryOf } from "../store/sqlite/audit.ts";
import { Connection } from "../store/sqlite/connection.ts";
import { createDeletions } from "../store/sqlite/deletions.ts";
import { FactKind } from "../store/sqlite/facts.ts";
import { type DataFolder, takeDataFolder } from "../store/sqlite/folder.ts";
import { type TokenRow, tokenOf } from "../store/sqlite/tokens.ts";
import type { Kind, Position, Read, Records } from "./records.ts";
import type { Say } from "./report.ts";
import {
  actionOf,
  EVENT_COLUMNS,
  type EventRow,
  eventOf,
  type KeyRow,
  keyOf,
  type ProjectRow,
  type RejectionRow,
  SELECTS,
  sizeOf,
  type UserRow,
  usersOf,
} from "./rows.ts";

/**
 * The `id` of a streak interaction that a key means; the folder keeps none for it. No event ever has this id. It must
 * stay the same, because runs of older versions have written it.
 */
const MEANING_ID = "moved";

/** Selects the first event of a user in the order of the table's key, so that every run gets the same event. */
const SELECT_MEANING = `
  SELECT ${EVENT_COLUMNS} FROM facts
  WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.EVENT}
  ORDER BY event, month, day, analytics_id LIMIT 1`;

/** An embedded data folder that this process holds alone. */
export interface Source {
  /** Yields the records of a kind after `after`, in the order of their primary key. */
  read<K extends Kind>(kind: K, after?: Position): Iterable<Read<K>>;
  /** Returns the id of the project with this `siteKey`. */
  projectId(siteKey: string): string | undefined;
  /** Returns the value of a setting. */
  setting(name: string): string | undefined;
  /** Releases the folder. */
  release(): Promise<void>;
}

/**
 * Takes a data folder, as a server would, and finishes the deletions that its server has left unfinished.
 *
 * @throws StartError when there is no data folder, when a server is running on it, or when it can't be used
 */
export async function openSource(dataDir: string, say: Say): Promise<Source> {
  try {
    // Taking a folder makes it when it is missing, and a misspelt name should not migrate an empty folder.
    await access(join(dataDir, "streakd.db"));
  } catch (error) {
    throw new StartError(`There is no streakd.db in ${dataDir} to migrate. Name the data folder in DATA_DIR.`, {
      cause: error,
    });
  }
  const log = {
    info: (details: object, message: string) => say(`The data folder: ${message} ${JSON.stringify(details)}`),
    warn: ({ err }: { err?: unknown }, message: string) => say(`The data folder: ${message} (${err}).`),
  };
  const folder = await takeDataFolder(dataDir, log);
  await createDeletions(new Connection(folder.database), log).finishLeftOver();
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
    tokens: (after) => each(rowsOf<TokenRow>("tokens", after), (row) => [tokenOf(row), row.id]),
    users: (after) => usersOf(rowsOf<UserRow>("users", after)),
    events: (after) => eventsOf("events", after, eventOf),
    repeats: (after) => eventsOf("repeats", after, eventOf),
    actions: (after) => eventsOf("actions", after, actionOf),
    keys: (after) =>
      each(rowsOf<KeyRow>("keys", after), (row) => {
        return [keyOf(row, meaningOf(row)), row.project_id, row.user_hash, row.key];
      }),
    audit: (after) => each(rowsOf<AuditRow>("audit", after), (row) => [auditEntryOf(row), row.id]),
    rejections: (after) =>
      each(rowsOf<RejectionRow>("rejections", after), ({ project_id, month, events }) => {
        return [{ projectId: project_id, month, events }, project_id, month];
      }),
  };

  function eventsOf<K extends "events" | "repeats" | "actions">(
    kind: K,
    after: Position | undefined,
    recordOf: (row: EventRow) => Records[K],
  ): Iterable<Read<K>> {
    return each(rowsOf<EventRow>(kind, after), (row) => {
      return [recordOf(row), row.project_id, row.user_hash, row.event, row.day, row.analytics_id];
    });
  }

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

/**
 * Chooses the event that each key means among the events of its user. The copy, the comparison and the next run choose
 * the same event.
 */
function meaningsOf(database: DatabaseSync): (row: KeyRow) => StoredEvent {
  const select = database.prepare(SELECT_MEANING);
  return ({ project_id, user_hash }) => {
    // There is always an event, because only a user's events claim the user's keys, and the query for keys checks it.
    const row = select.get(project_id, user_hash) as unknown as EventRow;
    // The event itself keeps what it came with. To have its day done takes no more than this.
    const without = { received_at: null, tz: null, session_id: null, meta: null };
    const event = eventOf({ ...row, ...without });
    return { ...event, id: event.id || MEANING_ID };
  };
}

/** Yields the record of each row. `recordOf` returns the record and the values of its primary key. */
function* each<Row extends object, K extends Kind>(
  rows: Iterable<Row>,
  recordOf: (row: Row) => readonly [Records[K], ...Position],
): Generator<Read<K>> {
  for (const row of rows) {
    const [record, ...position] = recordOf(row);
    yield { record, position, size: sizeOf(row) };
  }
}
