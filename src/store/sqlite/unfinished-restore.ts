import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** How the name of a database begins that a restore has replaced and kept; the time of the restore follows. */
export const KEPT_PREFIX = "streakd.db.before-restore-";

/** How the name of the folder begins in which a restore makes the new database. */
export const RESTORE_PREFIX = ".streakd-restore-";

/**
 * Removes what a killed restore has left of its work: the unfinished new database, and a second name of the database
 * that it had not replaced yet. Under two names a database gets damaged when two programs open it.
 *
 * @param folder a data folder that this process has locked
 * @param database the name of its database
 */
export async function removeUnfinishedRestore(folder: string, database: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((one) => one.startsWith(RESTORE_PREFIX))) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  if (!names.includes(database)) {
    return;
  }
  const { ino } = await lstat(join(folder, database));
  for (const name of names.filter((one) => one.startsWith(KEPT_PREFIX))) {
    if ((await lstat(join(folder, name))).ino === ino) {
      await rm(join(folder, name));
    }
  }
}
