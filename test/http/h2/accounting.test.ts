import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClientGone } from "#src/errors.ts";
import { Budget } from "#src/http/budget.ts";
import type { ConnectionInit, ConnectionServer } from "#src/http/connection-server.ts";
import { createHttp2 } from "#src/http/h2/create-http2.ts";
import type { Answer, Request } from "#src/http/message.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { text } from "../support.ts";
import { END_HEADERS, END_STREAM, FrameClient, frame, numbers, opening, request, settings, TYPE } from "./support.ts";

const REQUESTS = 6;
const BODY_BYTES = 40_000;

const budgets = { requestBudget: new Budget(REQUESTS), bodyBudget: new Budget(BODY_BYTES) };
const errors: unknown[] = [];
const sockets = new Set<Socket>();
let http2: ConnectionServer;
let port: number;
const server = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  http2.serve(socket);
});

/** Answers in the way that the path says. */
async function serve(asked: Request): Promise<Answer> {
  const { url, body } = asked;
  if (url === "/whole") {
    return text(`${(await body.whole(20_000)).length}`);
  }
  if (url === "/chunks") {
    return text(`${(await Array.fromAsync(body.chunks())).length}`);
  }
  if (url === "/first") {
    for await (const _ of body.chunks()) {
      break;
    }
    return text("first");
  }
  if (url === "/later") {
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    return text(Buffer.from(await body.whole(20_000)));
  }
  if (url === "/streamed") {
    async function* parts() {
      for await (const chunk of body.chunks()) {
        yield chunk;
      }
    }
    return { ...text(parts()), trailers: () => ({ a: "b" }) };
  }
  if (url === "/broken") {
    return { status: 200, headers: { "not a name": "x" }, body: "abc" };
  }
  if (url === "/waits") {
    await new Promise<void>((resolve) => asked.onceOver(resolve));
  }
  return text("unread".repeat(1_000));
}

beforeAll(async () => {
  const init: ConnectionInit = {
    ...budgets,
    serve: (asked) => serve(asked).catch(() => ({ status: 500, headers: {} })),
    turns: new TurnBudget(),
    limits: { ...DEFAULT_LIMITS, maxStreams: 4, maxResets: 5, maxHeaders: 10 },
    onRefusal() {},
    onError: (error) => errors.push(error),
  };
  http2 = createHttp2(init);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});

afterAll(() => server.close());

const paths = ["/whole", "/chunks", "/first", "/later", "/streamed", "/broken", "/waits", "/unread"];

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("ask" as const), path: fc.constantFrom(...paths), ends: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "headers" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("data" as const),
      stream: fc.nat(8),
      size: fc.constantFrom(0, 1, 500, 9_000, 16_384),
      ends: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reset" as const), stream: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trailers" as const), stream: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("window" as const), stream: fc.nat(8), bytes: fc.nat(20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("settings" as const), window: fc.constantFrom(0, 10, 100_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "wait" as const }) },
);

test("after any history of a connection, what it took of the server is given back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 1, maxLength: 40 }),
      fc.constantFrom("end", "destroy", "goaway", "reset"),
      async (actions, how) => {
        const client = new FrameClient(port);
        await client.send(opening());
        let next = 1;
        for (const [index, taken] of actions.entries()) {
          if (taken.do === "wait") {
            await Promise.race([client.settled(index), client.closed]);
            continue;
          }
          const stream = "stream" in taken ? 2 * taken.stream + 1 : 0;
          if (taken.do === "ask") {
            const method = taken.ends ? "GET" : "POST";
            client.socket.write(
              frame(TYPE.headers, END_HEADERS | (taken.ends ? END_STREAM : 0), next, request(method, taken.path)),
            );
            next += 2;
          } else if (taken.do === "headers") {
            const tooMany = Array.from({ length: 20 }, (): [string, string] => ["a", "b"]);
            client.socket.write(frame(TYPE.headers, END_HEADERS, next, request("POST", "/", tooMany)));
            next += 2;
          } else if (taken.do === "data") {
            client.socket.write(frame(TYPE.data, taken.ends ? END_STREAM : 0, stream, Buffer.alloc(taken.size)));
          } else if (taken.do === "reset") {
            client.socket.write(frame(TYPE.reset, 0, stream, numbers(8)));
          } else if (taken.do === "trailers") {
            client.socket.write(frame(TYPE.headers, END_HEADERS | END_STREAM, stream, Buffer.from("\0\x01a\x01b")));
          } else if (taken.do === "window") {
            client.socket.write(frame(TYPE.window, 0, stream, numbers(taken.bytes)));
          } else {
            client.socket.write(frame(TYPE.settings, 0, 0, settings([4, taken.window])));
          }
        }
        if (how === "end") {
          client.socket.end();
        } else if (how === "destroy") {
          client.socket.destroy();
        } else if (how === "reset") {
          client.socket.resetAndDestroy();
        } else {
          client.socket.end(frame(TYPE.data, 0, 0, "wrong"));
        }
        await client.closed;
        await waitUntil(() => sockets.size === 0 && http2.busy.size === 0, 1);
        await waitUntil(() => isWhole(budgets.requestBudget, REQUESTS) && isWhole(budgets.bodyBudget, BODY_BYTES), 1);
      },
    ),
    { numRuns: 150 },
  );
  expect(errors.filter((error) => !(error instanceof ClientGone || `${error}`.includes("not a name")))).toEqual([]);
});

/** Whether all of a budget is there, and no more. */
function isWhole(budget: Budget, amount: number): boolean {
  const hasAll = budget.take(amount);
  const hasMore = budget.take(1);
  budget.release((hasAll ? amount : 0) + (hasMore ? 1 : 0));
  return hasAll && !hasMore;
}
