import { chown, copyFile, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { StartError } from "../errors.ts";
import { exists, syncFolder } from "../files.ts";
import { ResultCode, resultCodeOf } from "../store/sqlite/connection.ts";
import { DATABASE, isOurs, LOCK, lockDataFolder } from "../store/sqlite/folder.ts";
import { KEPT_PREFIX, RESTORE_PREFIX, removeUnfinishedRestore } from "../store/sqlite/unfinished-restore.ts";
import { LOCK_TIMEOUT_MS } from "./back-up.ts";
import { checkKind } from "./check-database.ts";
import { copyDatabase } from "./copy-database.ts";
import { putInPlace, tryLink, withWorkFile } from "./files.ts";
import { explain } from "./problems.ts";

/** The logs that SQLite may have put beside a database, by what follows the database's name. */
const LOGS = ["-wal", "-journal"];

/** What to restore, and where to. */
export interface RestoreOptions {
  /** The embedded data folder, as an absolute path. It is made when it is missing. */
  readonly dataDir: string;
  /** The backup. */
  readonly file: string;
}

/**
 * Puts a backup in place of a data folder's database, and keeps the old database beside it. Whenever this process is
 * killed, the folder holds the old database or the new one, whole. A backup of an older schema is migrated by the next
 * start of the server.
 *
 * @param clock the time in epoch milliseconds; the kept database is named after it
 * @returns the path of the old database; undefined when there was none
 * @throws StartError when a server runs on the folder, the backup is none or damaged, or the folder can't be written
 */
export async function restore(options: RestoreOptions, clock: () => number): Promise<string | undefined> {
  const { dataDir } = options;
  const file = resolve(options.file);
  if (!(await exists(file)) || !(await stat(file)).isFile()) {
    throw new StartError(`There is no file ${file}. Name a file that streakd backup has made.`);
  }
  const lock = await lockDataFolder(dataDir);
  try {
    await giveToOwner(dataDir, join(dataDir, LOCK));
    return await explain(join(dataDir, DATABASE), () => replace(dataDir, file, clock));
  } finally {
    lock.close();
  }
}

async function replace(dataDir: string, file: string, clock: () => number): Promise<string | undefined> {
  const database = join(dataDir, DATABASE);
  await removeUnfinishedRestore(dataDir, DATABASE);
  return withWorkFile(database, RESTORE_PREFIX, async (made) => {
    const source = await openBackup(file, database);
    try {
      checkKind(source, file);
      await copyDatabase(source, made, file);
    } finally {
      source.close();
    }
    await giveToOwner(dataDir, made);
    const kept = join(dataDir, `${KEPT_PREFIX}${new Date(clock()).toISOString().replaceAll(":", "-")}`);
    const isThere = await exists(database);
    await keepOld(database, isThere, kept, join(dirname(made), "old.db"));
    await putInPlace(made, database, true);
    return isThere ? kept : undefined;
  });
}

/** Opens a backup to read it. Changes nothing, and needs no more than the file to be readable. */
async function openBackup(file: string, database: string): Promise<DatabaseSync> {
  if ((await exists(database)) && (await isSameFile(database, file))) {
    throw new StartError(`${file} is the database that is to be replaced. Name a backup.`);
  }
  for (const suffix of LOGS) {
    // A copy of a whole data folder: its latest changes are in the log beside the database.
    if (await exists(`${file}${suffix}`)) {
      return new DatabaseSync(file, { readOnly: true, timeout: LOCK_TIMEOUT_MS });
    }
  }
  // SQLite would otherwise make files beside it, and could not where nothing can be written.
  return new DatabaseSync(new URL("?immutable=1", pathToFileURL(file)), { readOnly: true });
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)]);
  return a.dev === b.dev && a.ino === b.ino;
}

/**
 * Gives the old database a second name, under which it stays when the first one becomes the new database's.
 *
 * @param copy where to make a copy of it, if the file system has no hard links
 */
async function keepOld(database: string, isThere: boolean, kept: string, copy: string): Promise<void> {
  const isWhole = isThere && canBeOpened(database);
  if (isWhole) {
    foldLog(database);
  }
  if (isThere && !(await tryLink(database, kept))) {
    await copyDurably(database, copy);
    await giveToOwner(dirname(database), copy);
    await rename(copy, kept);
  }
  if (!isWhole) {
    // No server starts on it, with its log or without. Beside the new database its log would do harm.
    for (const suffix of LOGS) {
      if (await exists(`${database}${suffix}`)) {
        await rename(`${database}${suffix}`, `${kept}${suffix}`);
      }
    }
    await rm(`${database}-shm`, { force: true });
  }
  await syncFolder(dirname(database));
}

/**
 * Whether SQLite can open a database. Changes nothing.
 *
 * @throws StartError when it is another program's
 */
function canBeOpened(path: string): boolean {
  const database = new DatabaseSync(path, { readOnly: true, timeout: LOCK_TIMEOUT_MS });
  try {
    const isEmpty = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n === 0;
    if (!isEmpty && !isOurs(database)) {
      throw new StartError(`${path} is another program's ${basename(path)}. Move it away, or name another folder.`);
    }
    return true;
  } catch (error) {
    const code = resultCodeOf(error);
    if (code === ResultCode.NOTADB || code === ResultCode.CORRUPT) {
      return false;
    }
    throw error;
  } finally {
    database.close();
  }
}

/** Writes the log of a database back into it and removes the log, so that the database is one file. */
function foldLog(path: string): void {
  const database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  try {
    database.exec("PRAGMA journal_mode = DELETE");
  } finally {
    database.close();
  }
}

/** Copies a file with its mode. */
async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file that root has made to the owner of the data folder: the server may run as another user. */
async function giveToOwner(dataDir: string, file: string): Promise<void> {
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(dataDir);
    await chown(file, uid, gid);
  }
}
