import type { Config } from "./config/config.ts";
import { openMongoStores } from "./store/mongo/open.ts";
import { openSqliteStores } from "./store/sqlite/open.ts";
import type { StoreLog, Stores } from "./store/stores.ts";

/**
 * Opens the store that the settings choose: MongoDB, or the embedded one.
 *
 * @throws StartError when it can't be used; its message says how to mend that
 */
export function openStores({ mongodbUri, dataDir }: Config, log: StoreLog): Promise<Stores> {
  return mongodbUri === undefined ? openSqliteStores(dataDir, log) : openMongoStores(mongodbUri, log);
}
