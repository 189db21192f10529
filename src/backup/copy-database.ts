import { fdatasyncSync } from "node:fs";
import { open } from "node:fs/promises";
import { backup, DatabaseSync } from "node:sqlite";
import { checkKind, checkSoundness } from "./check-database.ts";

/** How many pages of 4 KiB are copied in one step. */
const PAGES_A_STEP = 1024;

/**
 * Copies a database as it is at one moment into a new file of mode 0600, and checks the copy. Others may write to the
 * database meanwhile; what they write is not in the copy. When the promise resolves, the copy is on the disk: one file,
 * with no log beside it.
 *
 * @param name what messages call the copy
 * @throws StartError when the copy is not a sound database of streakd
 */
export async function copyDatabase(source: DatabaseSync, to: string, name: string): Promise<void> {
  // SQLite gives the files that it puts beside this one the same mode.
  const file = await open(to, "wx", 0o600);
  try {
    // Without a transaction, SQLite would begin again from the first page whenever somebody has written.
    source.exec("BEGIN");
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    // A single sync of everything at the end would hold up the syncs of others, such as a server's commits.
    await backup(source, to, { rate: PAGES_A_STEP, progress: () => fdatasyncSync(file.fd) });
    source.exec("COMMIT");
    const copy = new DatabaseSync(to);
    try {
      checkKind(copy, name);
      copy.exec("PRAGMA journal_mode = DELETE");
      checkSoundness(copy, name);
    } finally {
      copy.close();
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
