import { dirname } from "node:path";
import { StartError } from "../errors.ts";
import { folderProblemOf } from "../files.ts";
import { ResultCode, resultCodeOf } from "../store/sqlite/connection.ts";

/**
 * Runs `work`, which makes a file, and puts what an operator can mend into words.
 *
 * @param file the file that is made
 * @throws StartError in place of an error of the disk or of SQLite
 */
export async function explain<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(file, error);
    throw problem === undefined ? error : new StartError(problem, { cause: error });
  }
}

function problemOf(file: string, error: unknown): string | undefined {
  const folder = dirname(file);
  switch (resultCodeOf(error)) {
    case ResultCode.FULL:
      return noRoom(folder);
    case ResultCode.IOERR:
      return `${file} can't be made: ${(error as Error).message}. See that the disks are healthy, and that there is room under ${folder}.`;
    case ResultCode.BUSY:
    case ResultCode.LOCKED:
      return `Another program holds the database: a server that is starting, a backup, or a database tool. Try again when it is done.`;
    case ResultCode.CANTOPEN:
    case ResultCode.PERM:
    case ResultCode.READONLY:
      return `The database can't be opened. Run this as the user that runs streakd, or as root.`;
  }
  switch (folderProblemOf(error)) {
    case "full":
      return noRoom(folder);
    case "forbidden":
    case "read-only":
      return `${folder} can't be written. Give the user that runs this write access to it, or name another folder.`;
    default:
      return undefined;
  }
}

function noRoom(folder: string): string {
  return `There is no room left under ${folder}. Make some: a copy takes as much as the database.`;
}
