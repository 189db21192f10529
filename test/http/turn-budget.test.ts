import { connect, constants } from "node:http2";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pace } from "#src/http/listener/turn-budget.ts";
import { bodyOf, echo, start, stopAll, Wire, wholly } from "../support.ts";

/** Long enough that nothing more is served in a turn. */
const LONG_MS = 1000;

/** Answers with the path, and takes so long for it that every request is the only one of its turn. */
const slow = {
  handle: echo,
  answer: wholly(async ({ url }) => {
    vi.mocked(performance.now).mockReturnValue(performance.now() + LONG_MS);
    return { status: 200, headers: {}, body: `slow ${url};` };
  }),
};

beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(0);
});
afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
});

describe("a pace", () => {
  test("serves at once what there is time for, and the rest in turn, in the order in which it came", async () => {
    const pace = new Pace();
    const done: string[] = [];
    const serve = (name: string, ms: number) =>
      pace.serve(() => {
        done.push(name);
        vi.mocked(performance.now).mockReturnValue(performance.now() + ms);
      });
    serve("quick", 1);
    serve("long", LONG_MS);
    serve("next", LONG_MS);
    serve("quick again", 1);
    expect(done).toEqual(["quick", "long"]);

    await nextTurn();
    serve("last", 1);
    expect(done).toEqual(["quick", "long", "next"]);

    await nextTurn();
    expect(done).toEqual(["quick", "long", "next", "quick again", "last"]);
  });

  test("has time again in the turn after one in which nothing waited", async () => {
    const pace = new Pace();
    const done: string[] = [];
    pace.serve(() => vi.mocked(performance.now).mockReturnValue(LONG_MS));
    await nextTurn();
    pace.serve(() => done.push("served"));
    expect(done).toEqual(["served"]);
  });
});

describe("requests that come faster than they can be served", () => {
  test("are all answered, in order on each connection, also on one that has sent all it will", async () => {
    const { port } = await start(slow);
    const wires = Array.from({ length: 20 }, () => new Wire(port));
    const requests = ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join("");
    await Promise.all(wires.map((wire) => wire.send(requests)));
    for (const { socket } of wires) {
      socket.end();
    }
    for (const wire of wires) {
      await wire.closed;
      expect(wire.received.match(/slow [^;]*/g)).toEqual(["slow /1", "slow /2", "slow /3"]);
    }
  });

  test("do not hold up what is not for them to answer, as health checks are", async () => {
    const order: string[] = [];
    const { port } = await start({
      handle: (_req, res) => {
        order.push("health");
        res.end("healthy");
      },
      answer: (head) => {
        const answerBody = slow.answer(head, { once: () => undefined });
        return head.url === "/healthz"
          ? undefined
          : (body) => {
              order.push("event");
              return answerBody?.(body);
            };
      },
    });
    const wires = Array.from({ length: 20 }, () => new Wire(port));
    const health = new Wire(port);
    await Promise.all(wires.map((wire) => wire.send("GET /e HTTP/1.1\r\nHost: x\r\n\r\n")));
    await health.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    await Promise.all(wires.map((wire) => wire.sees(/slow/)));
    await health.sees(/healthy/);
    expect(order).toHaveLength(21);
    expect(order.at(-1)).toBe("event");
    for (const { socket } of [...wires, health]) {
      socket.destroy();
    }
  });

  test("are all answered when they are not plain, also one that can't be", async () => {
    const { port, errors } = await start({
      handle: (req, res, inTurn) =>
        inTurn(() => {
          vi.mocked(performance.now).mockReturnValue(performance.now() + LONG_MS);
          if (req.url === "/7") {
            throw new Error("seven");
          }
          res.end(`slow ${req.url};`);
        }),
      answer: () => undefined,
    });
    const answers = Array.from({ length: 20 }, async (_, number) => {
      const wire = new Wire(port);
      await wire.send(`GET /${number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await wire.closed;
      return wire.received;
    });
    for (const [number, received] of (await Promise.all(answers)).entries()) {
      expect(received).toContain(number === 7 ? "500 Internal Server Error" : `slow /${number};`);
    }
    expect(errors).toEqual([new Error("seven")]);
  });

  test("are all answered over HTTP/2, but for those whose client has gone", async () => {
    const { url } = await start(slow);
    const session = connect(url);
    const streams = Array.from({ length: 20 }, (_, number) => session.request({ ":path": `/${number}` }));
    const gone = session.request({ ":path": "/gone" }).on("error", () => {});
    gone.close(constants.NGHTTP2_CANCEL);
    const bodies = streams.map(bodyOf);
    expect(await Promise.all(bodies)).toEqual(streams.map((_, number) => `slow /${number};`));
    session.close();
  });
});
