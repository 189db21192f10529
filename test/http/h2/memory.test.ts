import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { END_HEADERS, END_STREAM, FrameClient, frame, numbers, opening, request, TYPE } from "./support.ts";

/** How many connections of each kind are opened and closed. `MEMORY_CONNECTIONS` sets another number. */
const CONNECTIONS = Number(process.env.MEMORY_CONNECTIONS || 400);

/** How many of each kind there are before the first measurement, so that what is made once, such as code, is there. */
const WARM_UP = 200;

/** How much may stay of a connection, in bytes. Measurements differ by some tens of kilobytes in all. */
const MAX_BYTES = 300;

const AT_A_TIME = 25;

const get = (stream: number, path = "/a") =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, stream, request("GET", path));
const post = (stream: number) => frame(TYPE.headers, END_HEADERS, stream, request("POST"));

const kinds: Record<string, (client: FrameClient) => Promise<void>> = {
  "with requests": async (client) => {
    await client.send(opening(), get(1), post(3), frame(TYPE.data, END_STREAM, 3, "abc"));
    await Promise.all([client.answer(1), client.answer(3)]);
    client.socket.end();
  },
  "that end amid a request": async (client) => {
    await client.send(opening(), get(1, "/wait"), post(3), frame(TYPE.data, 0, 3, Buffer.alloc(10_000)));
    await client.settled(1);
    client.socket.destroy();
  },
  "that end amid a header block": async (client) => {
    await client.send(opening(), get(1), frame(TYPE.headers, 0, 3, request("GET")));
    await client.answer(1);
    client.socket.resetAndDestroy();
  },
  "with resets": async (client) => {
    await client.send(opening(), get(1, "/wait"), post(3), frame(TYPE.reset, 0, 1, numbers(8)));
    await client.send(frame(TYPE.reset, 0, 3, numbers(8)));
    await client.settled(1);
    client.socket.end();
  },
  "that break the rules": async (client) => {
    await client.send(opening(), get(1, "/wait"), frame(TYPE.data, 0, 0, "wrong"));
    await client.goawayCode();
    client.socket.end();
  },
  "that open no window": async (client) => {
    await client.send(opening([4, 0]), get(1));
    await client.sees(({ type }) => type === TYPE.headers);
    client.socket.destroy();
  },
};

test("nothing stays of a connection that is closed, however it ended", { timeout: 600_000 }, async () => {
  const server = fork(new URL("memory-server.ts", import.meta.url), {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  });
  try {
    const [port] = (await once(server, "message")) as [number];
    const measure = async () => {
      server.send("measure");
      const [bytes] = (await once(server, "message")) as [number];
      return bytes;
    };
    const grown: Record<string, number> = {};
    for (const live of Object.values(kinds)) {
      await openMany(port, WARM_UP, live);
    }
    for (const [kind, live] of Object.entries(kinds)) {
      const before = await measure();
      await openMany(port, CONNECTIONS, live);
      grown[kind] = ((await measure()) - before) / CONNECTIONS;
    }
    const kept = Object.entries(grown).filter(([, bytes]) => bytes > MAX_BYTES);
    expect(kept, JSON.stringify(grown)).toEqual([]);
  } finally {
    server.kill("SIGKILL");
  }
});

async function openMany(port: number, count: number, live: (client: FrameClient) => Promise<void>): Promise<void> {
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const client = new FrameClient(port);
      await live(client);
      await client.closed;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}
