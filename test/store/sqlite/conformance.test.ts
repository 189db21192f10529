import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { silentLog } from "../../support/log.ts";
import { describeStores } from "../conformance.ts";

describeStores("embedded", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-store-"));
  let store = await openSqliteStores(folder, silentLog);
  return {
    store,
    async reopen() {
      await store.close();
      store = await openSqliteStores(folder, silentLog);
      return store;
    },
    async cleanup() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
