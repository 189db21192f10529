import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { networkOf } from "#src/address.ts";
import type { Answer } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, http2Client, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

/** A connection that has been served a request, and stays open. */
async function openIdle(port: number): Promise<Wire> {
  const wire = new Wire(port);
  await wire.send(GET);
  await wire.sees(/200 OK/);
  return wire;
}

test("on a full port a new connection takes the place of the oldest one that is not busy", async () => {
  const { port, refusals } = await start(echo, { maxConnections: 3 });
  const idle = [await openIdle(port), await openIdle(port), await openIdle(port)];

  const fourth = await openIdle(port);

  await idle[0]?.closed;
  expect(refusals).toEqual(["maxConnections"]);
  for (const wire of [...idle.slice(1), fourth]) {
    wire.received = "";
    await wire.send(GET);
    await wire.sees(/200 OK/);
  }
});

test("a connection that is silent from the start, or has sent half a head, is idle", async () => {
  const { port } = await start(echo, { maxConnections: 2 });
  const silent = new Wire(port);
  await once(silent.socket, "connect");
  const half = new Wire(port);
  await half.send("GET / HTTP/1.1\r\nHost:");
  await openIdle(port);
  await openIdle(port);
  await Promise.all([silent.closed, half.closed]);
});

test("a port that is full of requests closes a new connection at once, and answers the requests", async () => {
  const slow = Promise.withResolvers<Answer>();
  let asked = 0;
  const { port, url, refusals } = await start(
    () => {
      asked += 1;
      return slow.promise;
    },
    { maxConnections: 2 },
  );
  const busy = new Wire(port);
  await busy.send(GET);
  const session = await http2Client(url);
  const stream = session.request({});
  const status = once(stream, "response");
  await waitUntil(() => asked === 2);

  const refused = new Wire(port);
  await refused.closed;

  expect(refusals).toEqual(["maxConnections"]);
  slow.resolve(text("done"));
  await busy.sees(/done/);
  expect((await status)[0][":status"]).toBe(200);
  session.close();
});

test("connections of one address are bounded, and those of another address are not closed for them", async () => {
  const { port, refusals } = await start(echo, { maxConnectionsPerAddress: 2 });
  const first = await openIdle(port);
  await openIdle(port);

  const third = new Wire(port);
  await third.closed;
  const elsewhere = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" });
  elsewhere.write(GET);
  expect(String((await once(elsewhere, "data"))[0])).toContain("200 OK");
  elsewhere.destroy();
  expect(refusals).toEqual(["maxConnectionsPerAddress"]);

  first.socket.destroy();
  await first.closed;
  // The server sees the end a little later than the client.
  await waitUntil(() =>
    openIdle(port).then(
      () => true,
      () => false,
    ),
  );
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  [undefined, undefined],
])("the address %s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
