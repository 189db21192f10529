import { afterAll } from "vitest";
import { sendApart, sendBulkFor } from "#src/store/mongo/bulk.ts";
import { askDeployment, Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { useMongo } from "../../support/mongo.ts";
import { describeStores } from "../conformance.ts";

const mongo = useMongo();

const one = useOneDatabase();
const shared = useOneDatabase();

describeStores("MongoDB", async () => {
  const { uri, connection } = await one.takeEmpty();
  let store = createMongoStores(connection, sendBulkFor(connection, await askDeployment(connection)), silentLog);
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
    const { uri, connection, other } = await shared.takeEmpty();
    let stores = [
      createMongoStores(connection, sendBulkFor(connection, await askDeployment(connection)), silentLog),
      createMongoStores(other, sendApart(other, false), silentLog),
    ];
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

/** A connection over a client that outlives it. */
class Borrowed extends Connection {
  override close(): Promise<void> {
    return this.drain();
  }
}

/**
 * Gives each test the same database, empty, and the connections of two instances: to make a database and to connect takes
 * longer than most tests. The collections and indexes of the first test stay.
 */
function useOneDatabase() {
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  afterAll(() => Promise.all(opened?.clients.map((client) => client.close()) ?? []));

  async function open() {
    const uri = mongo.server.uri();
    await (await openMongoStores(uri, silentLog)).close();
    const collections = await mongo.server.client.db(databaseOf(uri)).collections();
    return { uri, collections, clients: [createClient(uri), createClient(uri)] as const };
  }

  return {
    async takeEmpty() {
      opened ??= await open();
      const { uri, collections, clients } = opened;
      await Promise.all(collections.map((collection) => collection.deleteMany({})));
      const [connection, other] = clients.map((client) => new Borrowed(client, databaseOf(uri))) as [
        Borrowed,
        Borrowed,
      ];
      return { uri, connection, other };
    },
  };
}

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
