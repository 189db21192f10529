import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../errors.ts";
import { exists } from "../files.ts";
import { DATABASE } from "../store/sqlite/folder.ts";
import { checkKind } from "./check-database.ts";
import { copyDatabase } from "./copy-database.ts";
import { mayBeInUse, putInPlace, refuseExisting, removeUnfinished, withWorkFile } from "./files.ts";
import { explain } from "./problems.ts";

/** How long to wait for a database that is locked, in milliseconds: as long as a server's longest commit. */
export const LOCK_TIMEOUT_MS = 10_000;

/** What to back up, and where to. */
export interface BackUpOptions {
  /** The embedded data folder, as an absolute path. A server may be running on it. */
  readonly dataDir: string;
  /** The file to make. */
  readonly file: string;
  /** Whether an existing file may be overwritten. It is replaced when the new one is finished and checked. */
  readonly mayOverwrite: boolean;
}

/**
 * Copies the database of a data folder, as it is at one moment, into a file of mode 0600. The file is there when it is
 * whole, checked and on the disk, and not before, whenever this process is killed.
 *
 * @returns how large the file is, in bytes
 * @throws StartError when there is nothing to back up, the file exists, or it can't be written
 */
export async function backUp(options: BackUpOptions): Promise<number> {
  const file = resolve(options.file);
  await checkPlaces(options.dataDir, file);
  if (!options.mayOverwrite) {
    await refuseExisting(file);
  }
  const prefix = `.${basename(file)}.unfinished-`;
  return explain(file, async () => {
    await removeUnfinished(dirname(file), (name) => name.startsWith(prefix) && !mayBeInUse(name, prefix));
    return withWorkFile(file, prefix, async (copy) => {
      const source = new DatabaseSync(join(options.dataDir, DATABASE), { timeout: LOCK_TIMEOUT_MS });
      try {
        checkKind(source, join(options.dataDir, DATABASE));
        await copyDatabase(source, copy, "The copy");
      } finally {
        source.close();
      }
      await putInPlace(copy, file, options.mayOverwrite);
      return (await stat(file)).size;
    });
  });
}

async function checkPlaces(dataDir: string, file: string): Promise<void> {
  if (!(await exists(join(dataDir, DATABASE)))) {
    throw new StartError(`There is no ${DATABASE} in ${dataDir} to back up. Name the data folder in DATA_DIR.`);
  }
  if (!(await exists(dirname(file)))) {
    throw new StartError(`There is no folder ${dirname(file)}. Make it first, or name another file.`);
  }
  if ((await realpath(dirname(file))) === (await realpath(dataDir))) {
    throw new StartError(
      `${file} lies among the files of the data folder itself. Name a file elsewhere, best on another disk.`,
    );
  }
  if ((await exists(file)) && !(await stat(file)).isFile()) {
    throw new StartError(`${file} is no file. Name the file to make, such as ${join(file, "streakd-backup.db")}.`);
  }
}
