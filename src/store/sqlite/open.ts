import type { StoreLog, Stores } from "../stores.ts";
import { rememberUsers } from "./remember-users.ts";
import { startThread } from "./thread-client.ts";

/**
 * Opens the store that needs no server beside it: one SQLite file in a folder that this process holds alone until
 * `close`.
 *
 * Node's SQLite blocks the thread that calls it. So it runs in a thread of its own, and requests are read and answered
 * while that thread writes a batch and waits for the disk.
 *
 * @throws StartError when the folder can't be used; its message says how to mend that
 */
export async function openSqliteStores(dataDir: string, log: StoreLog): Promise<Stores> {
  return rememberUsers(await startThread(dataDir, log));
}
