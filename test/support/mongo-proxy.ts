import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { BSON } from "mongodb";
import { onTestFinished } from "vitest";

/** Where a connection is cut: before the server has the command, amid it, or once the server has answered it. */
export const CUTS = ["before", "amid", "after"] as const;

/** One of {@link CUTS}. */
export type Cut = (typeof CUTS)[number];

/** A proxy between instances and their MongoDB. It understands as much of the protocol as it needs to cut at a command. */
export interface MongoProxy {
  /** Returns the URI of the server by way of the proxy. */
  uriOf(uri: string): string;
  /** Cuts the connections of the next commands of this name. */
  cut(command: string, where: Cut, times: number): void;
  /** How many connections `cut` has cut so far. */
  readonly cuts: number;
  /** How many commands the server has failed so far: by an error, by a write concern error, or by closing the connection. */
  readonly failures: number;
  /** Cuts all connections at once. Returns how many there were. */
  cutAll(): number;
  /** Lets nothing through in either direction, and leaves the connections open, as if the server hung. */
  hang(): void;
  /** Lets everything through again, beginning with what came in since `hang`. */
  goOn(): void;
}

interface Order {
  readonly command: string;
  readonly where: Cut;
  times: number;
}

/** Every message begins with its length, and four numbers in all. */
const HEADER_BYTES = 16;

/** A message in today's only format, OP_MSG: four bytes of flags, a zero, and the command as BSON. */
const OP_MSG = 2013;
const COMMAND_AT = HEADER_BYTES + 5;

/** Starts a proxy to a server on this machine. It goes when the test ends. */
export async function startMongoProxy(target: string): Promise<MongoProxy> {
  const { port } = new URL(target);
  const pairs = new Set<readonly [client: Socket, server: Socket]>();
  let orders: readonly Order[] = [];
  let hanging = false;
  let failures = 0;
  let cuts = 0;

  function takeOrder(command: string): Cut | undefined {
    const order = orders.find((one) => one.command === command);
    if (order === undefined) {
      return undefined;
    }
    cuts += 1;
    order.times -= 1;
    orders = orders.filter(({ times }) => times > 0);
    return order.where;
  }

  const proxy = createServer((client) => {
    const server = connect(Number(port), "127.0.0.1");
    const pair = [client, server] as const;
    pairs.add(pair);
    const end = () => {
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    server.on("close", () => {
      // The client is still there, so it is the server that has ended it.
      failures += client.destroyed ? 0 : 1;
    });
    for (const socket of pair) {
      socket.setNoDelay(true);
      // A connection that breaks is closed next.
      socket.on("error", () => {});
      socket.on("close", end);
      if (hanging) {
        socket.pause();
      }
    }
    let answered: (() => void) | undefined;
    server.on(
      "data",
      messagesOf((reply) => {
        failures += isFailure(reply) ? 1 : 0;
        if (answered) {
          answered();
        } else {
          client.write(reply);
        }
      }),
    );
    client.on(
      "data",
      messagesOf((message) => {
        const where = takeOrder(commandOf(message) ?? "");
        if (where === undefined) {
          server.write(message);
        } else if (where === "before") {
          end();
        } else if (where === "amid") {
          server.write(message.subarray(0, message.length / 2), end);
        } else {
          answered = end;
          server.write(message);
        }
      }),
    );
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port: own } = proxy.address() as { port: number };

  function cutAll(): number {
    const count = pairs.size;
    for (const [client] of pairs) {
      client.destroy();
    }
    return count;
  }
  onTestFinished(() => {
    proxy.close();
    cutAll();
  });

  return {
    uriOf(uri) {
      const given = new URL(uri);
      given.port = `${own}`;
      // Or the driver would go where the server says that it is.
      given.searchParams.delete("replicaSet");
      given.searchParams.set("directConnection", "true");
      return `${given}`;
    },
    cut(command, where, times) {
      orders = [...orders, { command, where, times }];
    },
    get cuts() {
      return cuts;
    },
    get failures() {
      return failures;
    },
    cutAll,
    hang() {
      hanging = true;
      for (const socket of [...pairs].flat()) {
        socket.pause();
      }
    },
    goOn() {
      hanging = false;
      for (const socket of [...pairs].flat()) {
        socket.resume();
      }
    },
  };
}

/** Returns a function that takes bytes in whatever pieces they arrive, and passes on whole messages. */
function messagesOf(take: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

/** Returns the command's name: the name of its document's first field, after the document's length and the field's type. */
function commandOf(message: Buffer): string | undefined {
  if (message.readInt32LE(12) !== OP_MSG) {
    return undefined;
  }
  const start = COMMAND_AT + 4 + 1;
  return message.toString("utf8", start, message.indexOf(0, start));
}

/** Whether a reply says that the command failed as a whole. A write that found keys taken did not. */
function isFailure(reply: Buffer): boolean {
  if (reply.readInt32LE(12) !== OP_MSG) {
    return false;
  }
  const { ok, writeConcernError } = BSON.deserialize(reply.subarray(COMMAND_AT));
  return ok !== 1 || writeConcernError !== undefined;
}
