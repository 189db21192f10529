import type { DatabaseSync } from "node:sqlite";
import { StartError } from "../errors.ts";
import { ResultCode, resultCodeOf } from "../store/sqlite/connection.ts";
import { isOurs } from "../store/sqlite/folder.ts";
import { MIGRATIONS } from "../store/sqlite/migrations.ts";

/**
 * Checks that a database is one of streakd's, of a schema that this version knows.
 *
 * @param name what messages call the database
 * @throws StartError saying what else it is
 */
export function checkKind(database: DatabaseSync, name: string): void {
  const version = Number(explained(name, () => database.prepare("PRAGMA user_version").get()?.user_version));
  if (!explained(name, () => isOurs(database)) || version < 1) {
    throw new StartError(`${name} is no database of streakd. Name a file that streakd backup has made.`);
  }
  if (version > MIGRATIONS.length) {
    throw new StartError(
      `${name} is of a newer streakd: its schema has version ${version}, and this streakd knows up to ${MIGRATIONS.length}. Use that version or a later one.`,
    );
  }
}

/**
 * Reads the whole database, which takes seconds for a GB, and checks that it is sound.
 *
 * @param name what messages call the database
 * @throws StartError saying what is damaged
 */
export function checkSoundness(database: DatabaseSync, name: string): void {
  const problem = explained(name, () => database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
  if (problem !== "ok") {
    throw damaged(name, problem);
  }
}

/** Runs a read, and says of a file that can't be read as a database that it is damaged. */
function explained<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const code = resultCodeOf(error);
    throw code === ResultCode.NOTADB || code === ResultCode.CORRUPT ? damaged(name, (error as Error).message) : error;
  }
}

function damaged(name: string, problem: unknown): StartError {
  return new StartError(`${name} is damaged, or is not a SQLite database (${problem}). Use another backup.`);
}
