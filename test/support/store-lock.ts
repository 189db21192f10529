import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Locks the embedded store of a server. Until the returned function is called every write finds the database locked, as a
 * full disk or a lost primary would refuse it. Reads go on.
 */
export function lockStore(dataDir: string): () => void {
  const other = new DatabaseSync(join(dataDir, "streakd.db"));
  other.exec("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE");
  return () => {
    other.exec("ROLLBACK");
    other.close();
  };
}
