import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Budget } from "#src/http/budget.ts";
import type { ConnectionServer } from "#src/http/connection-server.ts";
import { createHttp2 } from "#src/http/h2/create-http2.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { text } from "../support.ts";
import { END_HEADERS, END_STREAM, FrameClient, frame, opening, request, TYPE } from "./support.ts";

const REFUSED_STREAM = 7;
const MAX_STREAM_ID = 2 ** 31 - 1;

const get = (stream: number, path = "/a") =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, stream, request("GET", path));

let http2: ConnectionServer;
let answer: PromiseWithResolvers<void>;
let sockets: Set<Socket>;
let client: FrameClient;
const server = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  http2.serve(socket);
});

beforeEach(async () => {
  sockets = new Set();
  answer = Promise.withResolvers();
  http2 = createHttp2({
    async serve({ url }) {
      if (url === "/slow") {
        await answer.promise;
      }
      return text("served");
    },
    turns: new TurnBudget(),
    limits: DEFAULT_LIMITS,
    requestBudget: new Budget(100),
    bodyBudget: new Budget(1_000),
    onRefusal() {},
    onError() {},
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = await connect();
});

afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await new Promise((resolve) => server.close(resolve));
});

async function connect(): Promise<FrameClient> {
  const connected = new FrameClient((server.address() as { port: number }).port);
  await connected.send(opening());
  await connected.settled(0);
  return connected;
}

/** What each GOAWAY says: the last id and the code. */
function goaways({ frames }: FrameClient): number[][] {
  return frames
    .filter(({ type }) => type === TYPE.goaway)
    .map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)]);
}

describe("a server that drains", () => {
  test("tells its clients, and serves what they send all the same", async () => {
    http2.drain();
    await client.send(get(1));
    expect((await client.answer(1))?.body.toString()).toBe("served");
    expect(goaways(client)).toEqual([[MAX_STREAM_ID, 0]]);
  });

  test("tells a client that connects later, with its first request", async () => {
    http2.drain();
    const late = await connect();
    expect(goaways(late)).toEqual([]);
    await late.send(get(1));
    expect((await late.answer(1))?.body.toString()).toBe("served");
    expect(goaways(late)).toEqual([[MAX_STREAM_ID, 0]]);
  });
});

describe("a server that closes", () => {
  test("ends a connection without requests at once", async () => {
    http2.close();
    await client.closed;
    expect(goaways(client)).toEqual([[0, 0]]);
    await waitUntil(() => sockets.size === 0);
  });

  test("finishes the requests that have come, and refuses others such that they can be sent again", async () => {
    await client.send(get(1, "/slow"));
    await client.settled(1);
    http2.drain();
    http2.close();
    await client.send(get(3));
    expect(await client.resetCode(3)).toBe(REFUSED_STREAM);
    expect([...http2.busy]).toEqual([...sockets]);
    answer.resolve();
    expect((await client.answer(1))?.body.toString()).toBe("served");
    // Also while it waits for the client to end the connection.
    await client.send(get(5));
    expect(await client.resetCode(5)).toBe(REFUSED_STREAM);
    await client.closed;
    expect(goaways(client)).toEqual([
      [MAX_STREAM_ID, 0],
      [1, 0],
    ]);
    expect(http2.busy.size).toBe(0);
  });

  test("says nothing more to a connection that ends, when it drains later or closes again", async () => {
    await client.send(get(1, "/slow"));
    await client.settled(1);
    http2.close();
    http2.drain();
    http2.close();
    answer.resolve();
    expect((await client.answer(1))?.body.toString()).toBe("served");
    http2.drain();
    await client.closed;
    expect(goaways(client)).toEqual([[1, 0]]);
  });
});
