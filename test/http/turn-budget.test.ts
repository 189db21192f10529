import { connect, constants } from "node:http2";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClientGone } from "#src/errors.ts";
import type { Answer, Request, Serve } from "#src/http/message.ts";
import { Queue, TurnBudget } from "#src/http/turn-budget.ts";
import { bodyOf, http1Paths, start, stopAll, text, Wire } from "./support.ts";

/** Long enough that nothing more is served in a turn. */
const LONG_MS = 1000;

/** Takes so long that nothing else is served in the same turn. */
function takeLong(): void {
  vi.mocked(performance.now).mockReturnValue(performance.now() + LONG_MS);
}

/** Uses up the time of the present turn, so that everything that follows waits. */
function takeLongAfter(turns: TurnBudget): void {
  turns.run(async () => takeLong());
}

/** Resolves in the turn in which no work waits any more. */
async function untilEmpty(turns: TurnBudget): Promise<void> {
  while (turns.isBusy) {
    await nextTurn();
  }
}

/** Serves requests within a budget, as the server does, each with the path, and each as the only one of its turn. */
function slowly(answer: (request: Request) => Answer = ({ url }) => text(`slow ${url};`)): Serve {
  const turns = new TurnBudget();
  return (request) =>
    turns.run(async () => {
      if (request.isGone) {
        throw new ClientGone();
      }
      takeLong();
      return answer(request);
    });
}

beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(0);
});
afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
});

describe("a budget of turns", () => {
  test("does at once what there is time for, and the rest in turn, in the order in which it came", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    const serve = (name: string, ms: number) =>
      turns.run(async () => {
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

    await untilEmpty(turns);
    expect(done).toEqual(["quick", "long", "next", "quick again", "last"]);
  });

  test("does more than one piece in a turn that comes after a long time away", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    takeLongAfter(turns);
    for (const name of ["first", "second", "third"]) {
      turns.run(async () => done.push(name));
    }
    await nextTurn();
    // Meanwhile the event loop takes what clients send.
    takeLong();
    await nextTurn();
    expect(done).toEqual(["first", "second", "third"]);
  });

  test("counts the time of what a piece of work leaves to promises", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    takeLongAfter(turns);
    for (const name of ["first", "second"]) {
      turns.run(async () => {
        done.push(name);
        await undefined;
        takeLong();
      });
    }
    await nextTurn();
    expect(done).toEqual(["first"]);
    await untilEmpty(turns);
    expect(done).toEqual(["first", "second"]);
  });

  test("does probes before ordinary work, but some of both in each turn", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    takeLongAfter(turns);
    for (const name of ["ordinary 1", "ordinary 2", "probe 1", "probe 2", "probe 3"]) {
      turns.run(async () => {
        done.push(name);
        // More than half of a turn.
        vi.mocked(performance.now).mockReturnValue(performance.now() + 4);
      }, name.startsWith("probe"));
    }
    await untilEmpty(turns);
    expect(done.slice(0, 4)).toEqual(["probe 1", "probe 2", "ordinary 1", "probe 3"]);
  });

  test("does later what is to be done later, even if there is time, behind all that waits", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    turns.runLater(() => done.push("later"));
    turns.readLater(() => done.push("read"));
    expect(done).toEqual([]);
    await untilEmpty(turns);
    expect(done).toEqual(["read", "later"]);
  });

  test("has time again in the turn after one in which nothing waited", async () => {
    const turns = new TurnBudget();
    const done: string[] = [];
    turns.run(async () => takeLong());
    await nextTurn();
    turns.run(async () => done.push("served"));
    expect(done).toEqual(["served"]);
  });

  test("hands on what the work resolves to and rejects with, at once or in turn", async () => {
    const turns = new TurnBudget();
    const work = async (isDone: boolean) => {
      takeLong();
      if (!isDone) {
        throw new Error("failed");
      }
      return "done";
    };
    const results = await Promise.allSettled([true, false, true, false].map((isDone) => turns.run(() => work(isDone))));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
  });
});

describe("a queue", () => {
  test("gives work in the order of arrival, and forgets what was taken, although it is never empty", () => {
    const queue = new Queue();
    const done: number[] = [];
    const push = (number: number) => queue.push(() => done.push(number));
    const waiting = 10;
    for (let number = 0; number < waiting; number++) {
      push(number);
    }
    const count = 10_000;
    for (let number = waiting; number < count; number++) {
      push(number);
      queue.take()?.();
    }
    expect(queue.length).toBe(waiting);
    expect(queue.capacity).toBeLessThan(2_000);
    expect(done).toEqual(Array.from({ length: count - waiting }, (_, number) => number));
  });
});

describe.each(http1Paths)("requests that come faster than they can be served, $path", ({ fastPath }) => {
  test("are all answered, in order on each connection, also on one that its client has ended", async () => {
    const { port } = await start(slowly(), { fastPath });
    const wires = Array.from({ length: 20 }, () => new Wire(port));
    const requests = ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join("");
    await Promise.all(wires.map((wire) => wire.send(requests)));
    for (const { socket } of wires) {
      socket.end();
    }
    for (const wire of wires) {
      await wire.sees(/slow \/3/);
      expect(wire.received.match(/slow [^;]*/g)).toEqual(["slow /1", "slow /2", "slow /3"]);
      wire.socket.destroy();
    }
  });

  test("do not hold up what is not for them to answer, as health checks are", async () => {
    const order: string[] = [];
    const serveInTurn = slowly(() => {
      order.push("event");
      return text("slow");
    });
    const { port } = await start(
      async (request) => {
        if (request.url !== "/healthz") {
          return serveInTurn(request);
        }
        order.push("health");
        return text("healthy");
      },
      { fastPath },
    );
    const HEALTH = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    // All are accepted before the events come, which takes some turns.
    const health = new Wire(port);
    await health.send(HEALTH);
    await health.sees(/healthy/);
    const wires = Array.from({ length: 20 }, () => new Wire(port));
    await Promise.all(wires.map((wire) => wire.send("GET /e HTTP/1.1\r\nHost: x\r\n\r\n")));
    await health.send(HEALTH);
    await Promise.all(wires.map((wire) => wire.sees(/slow/)));
    await health.sees(/healthy[\s\S]*healthy/);
    expect(order).toHaveLength(22);
    expect(order.at(-1)).toBe("event");
    for (const { socket } of [...wires, health]) {
      socket.destroy();
    }
  });

  test("are all answered, also one that can't be, on connections that end with the answer", async () => {
    const { port, errors } = await start(
      slowly(({ url }) => {
        if (url === "/7") {
          throw new Error("seven");
        }
        return text(`slow ${url};`);
      }),
      { fastPath },
    );
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
    const { url } = await start(slowly(), { fastPath });
    const session = connect(url);
    const streams = Array.from({ length: 20 }, (_, number) => session.request({ ":path": `/${number}` }));
    const gone = session.request({ ":path": "/gone" }).on("error", () => {});
    gone.close(constants.NGHTTP2_CANCEL);
    const bodies = streams.map(bodyOf);
    expect(await Promise.all(bodies)).toEqual(streams.map((_, number) => `slow /${number};`));
    session.close();
  });
});
