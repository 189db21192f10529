import { sendApart } from "#src/store/mongo/bulk.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { useMongo } from "../../support/mongo.ts";
import { describeStores } from "../conformance.ts";

const mongo = useMongo();

describeStores("MongoDB", async () => {
  const uri = mongo.server.uri();
  let store = await openMongoStores(uri, silentLog);
  return {
    store,
    async reopen() {
      await store.close();
      store = await openMongoStores(uri, silentLog);
      return store;
    },
    cleanup: () => store.close(),
  };
});

describeStores(
  "MongoDB (two instances in turn, one of them on what servers before 8.0 and routers can do)",
  async () => {
    const uri = mongo.server.uri();
    let stores = await openBoth(uri);
    return {
      store: inTurn(stores),
      async reopen() {
        await Promise.all(stores.map((store) => store.close()));
        stores = await openBoth(uri);
        return inTurn(stores);
      },
      async cleanup() {
        await Promise.all(stores.map((store) => store.close()));
      },
    };
  },
);

async function openBoth(uri: string): Promise<Stores[]> {
  const store = await openMongoStores(uri, silentLog);
  const connection = new Connection(createClient(uri), databaseOf(uri));
  return [store, createMongoStores(connection, sendApart(connection, false), silentLog)];
}

/** Returns one store that has each call done by the next of several. */
function inTurn(stores: readonly Stores[]): Stores {
  let calls = 0;
  return new Proxy({} as Stores, {
    get: (_, member: keyof Stores) => {
      calls += 1;
      return stores[calls % stores.length]?.[member];
    },
  });
}
