import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../../errors.ts";
import type { StoreLog } from "../stores.ts";
import { markLeftOver } from "./changes.ts";
import { ResultCode, resultCodeOf } from "./connection.ts";
import { danglingTarget, ensureDataFolder } from "./ensure-data-folder.ts";
import { MIGRATIONS, migrateSchema, NewerSchemaError } from "./migrations.ts";
import { removeUnfinishedRestore } from "./unfinished-restore.ts";
import { WriteBack } from "./write-back.ts";

/** Tells that a file is streakd's ("stkd", for tools such as `file`). */
const APPLICATION_ID = 0x73746b64;

/**
 * Done at every start, also because it writes: SQLite opens a file that it may not write, and says so only at the first
 * write, which should not be an event's.
 */
const WRITE_APPLICATION_ID = `PRAGMA application_id = ${APPLICATION_ID}`;

/**
 * How large the log of the database may grow before a commit writes back what {@link WriteBack} has left of it, in
 * pages of 4 KiB. A start after a crash reads the log once.
 */
const WAL_PAGES = 16_384;

/** The file whose lock says that a process holds the folder. */
export const LOCK = "streakd.lock";

/** The file of a data folder that keeps everything. */
export const DATABASE = "streakd.db";

/** A data folder that this process holds alone. */
export interface DataFolder {
  readonly database: DatabaseSync;
  /** Writes the database's log back. */
  readonly writeBack: WriteBack;
  /** Closes the database at once, and resolves when another process can take the folder. */
  release(): Promise<void>;
}

/**
 * Takes a data folder for this process, and brings its database to today's schema. Makes the folder when it is missing.
 *
 * @throws StartError when the folder or the database in it can't be used
 */
export async function takeDataFolder(path: string, log: StoreLog): Promise<DataFolder> {
  const lock = await lockDataFolder(path);
  try {
    await removeUnfinishedRestore(path, DATABASE);
    await makePrivate(join(path, DATABASE));
    const database = openFile(path, DATABASE, (file) => {
      refuseForeign(file);
      // FULL, with WAL, syncs every commit to disk; NORMAL would lose the last ones in a power cut.
      file.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      // 64 MiB (the sign makes it KiB, not pages). SQLite's own 2 MB hold the rows of few users: batches took 1.5 times
      // as long.
      file.exec("PRAGMA cache_size = -65536");
      // SQLite's own 1000 pages are full before the other thread has written any back, and then the commit would have
      // to.
      file.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
      migrateSchema(file, MIGRATIONS, log);
      file.exec(WRITE_APPLICATION_ID);
      markLeftOver(file);
    });
    const writeBack = new WriteBack(join(path, DATABASE), log);
    return {
      database,
      writeBack,
      async release() {
        database.close();
        await writeBack.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Locks a data folder for this process until the lock is closed. Makes the folder when it is missing.
 *
 * @throws StartError when the folder can't be used, or another process holds it
 */
export async function lockDataFolder(path: string): Promise<DatabaseSync> {
  await ensureDataFolder(path);
  await makePrivate(join(path, LOCK));
  return openFile(path, LOCK, (file) => {
    // A transaction that never ends. The operating system drops its lock with the process, even on kill -9. The lock
    // has a file of its own, so that backups can read the database meanwhile.
    file.exec(`PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; ${WRITE_APPLICATION_ID}`);
  });
}

/**
 * Makes a file that nobody else may read, unless the file exists. SQLite would let everybody read it, and gives the
 * files that it puts beside it the same mode. An existing file is not opened: closing it would drop the locks that
 * SQLite holds.
 *
 * @throws StartError when a symbolic link that leads nowhere is in its place: SQLite would make the file at its other end,
 *   readable by everybody
 */
async function makePrivate(path: string): Promise<void> {
  const target = await danglingTarget(path);
  if (target !== undefined) {
    throw new StartError(
      `${path} is a symbolic link to ${target}, which does not exist. Remove the link, or put back what it points to.`,
    );
  }
  // When it can't be made, SQLite can't open it either, and that error is reported in terms of the folder.
  await writeFile(path, "", { flag: "wx", mode: 0o600 }).catch(() => undefined);
}

/** Opens a SQLite file of the folder and prepares it. Errors are reported in terms of the folder. */
function openFile(folder: string, name: string, prepare: (file: DatabaseSync) => void): DatabaseSync {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(join(folder, name));
    prepare(file);
    return file;
  } catch (error) {
    file?.close();
    const problem = fileProblem(folder, name, error);
    throw problem === undefined ? error : new StartError(problem, { cause: error });
  }
}

/** Whether a database is streakd's, as it says itself. */
export function isOurs(file: DatabaseSync): boolean {
  return file.prepare("PRAGMA application_id").get()?.application_id === APPLICATION_ID;
}

/** Refuses another program's database before anything is written to it. */
function refuseForeign(file: DatabaseSync): void {
  const version = file.prepare("PRAGMA user_version").get()?.user_version;
  const tables = file.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n;
  if (!isOurs(file) && (tables !== 0 || version !== 0)) {
    throw new ForeignDatabaseError("Its tables are another program's.");
  }
}

/** The database is not one of ours. */
class ForeignDatabaseError extends Error {}

function fileProblem(folder: string, name: string, error: unknown): string | undefined {
  const path = join(folder, name);
  if (error instanceof NewerSchemaError) {
    return `${path} was written by a newer streakd. ${error.message} Run that version or a later one, or restore a backup made before the upgrade.`;
  }
  if (error instanceof ForeignDatabaseError) {
    return `${path} is no database of streakd. ${error.message} Move it away, or name another folder.`;
  }
  switch (resultCodeOf(error)) {
    case ResultCode.BUSY:
    case ResultCode.LOCKED:
      return `The data folder ${folder} is in use: another process holds ${name}. Stop that process, which is most likely another streakd, or give this one a data folder of its own.`;
    case ResultCode.CORRUPT:
    case ResultCode.NOTADB:
      if (name === LOCK) {
        return `${path} is damaged. It holds nothing: delete it.`;
      }
      return `${path} is damaged, or is not a SQLite database. Move it away, together with any ${name}-wal and ${name}-shm beside it, and restore a backup in its place; without one streakd starts empty.`;
    case ResultCode.PERM:
    case ResultCode.READONLY:
      return `${path} can't be opened for writing. Give the user that runs streakd read and write access to ${folder} and every file in it.`;
    case ResultCode.CANTOPEN:
      // SQLite doesn't tell which.
      return `${path} can't be opened for writing. Give the user that runs streakd read and write access to ${folder} and every file in it; if it has that, let the process have more file descriptors: ulimit -n, or LimitNOFILE of systemd.`;
    case ResultCode.FULL:
    case ResultCode.IOERR:
      return `${path} can't be written: ${(error as Error).message}. Make room on the disk under ${folder}, and see that it is a healthy local disk.`;
    default:
      return undefined;
  }
}
