import { expect, it } from "vitest";
import { createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { useMongo } from "../../support/mongo.ts";
import { startMongoProxy } from "../../support/mongo-proxy.ts";
import { waitUntil } from "../../support/wait-until.ts";

const mongo = useMongo();

it("does an operation again whose connection the driver dropped while the command was being written", async () => {
  const uri = mongo.server.uri();
  const proxy = await startMongoProxy(uri);
  // The driver does so when its monitor finds the server gone; here nothing else gets the chance.
  const client = createClient(proxy.uriOf(uri), { maxPoolSize: 1, heartbeatFrequencyMS: 60_000 });
  try {
    const things = client.db(databaseOf(uri)).collection("things");
    await things.insertOne({ small: true });
    proxy.hang();
    // More than sockets take that nobody reads from.
    const writing = things.insertOne({ large: Buffer.alloc(15 << 20) });
    // biome-ignore lint/suspicious/noExplicitAny: there is no way in but by the driver's insides
    const [server] = (client as any).topology.s.servers.values();
    const connection = await waitUntil(() =>
      [...server.pool.checkedOut].find(({ socket }) => socket.writableNeedDrain),
    );
    connection.destroy();
    proxy.goOn();
    expect(await writing).toMatchObject({ acknowledged: true });
  } finally {
    await client.close();
  }
});
