import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FREE_BODY_BYTES, MAX_CHUNK_FRAMING_BYTES, REFUSED_HOLD_MS } from "#src/http/limits.ts";
import type { Answer, Request } from "#src/http/message.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, http1Paths, POST, start, stopAll, text, Wire } from "../support.ts";

afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
});

/** Turns in which work always waits, as in a flood. */
class BusyTurns extends TurnBudget implements Disposable {
  #isOver = false;

  constructor() {
    super();
    this.#work();
  }

  #work(): void {
    if (!this.#isOver) {
      this.runLater(() => this.#work());
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }
}

/** The two ways in which HTTP/1.1 is served, and requests that the fast path leaves to Node's server. */
const paths = [
  ...http1Paths.map((one) => ({ ...one, more: "" })),
  { path: "that the fast path leaves to Node", fastPath: true, more: "Trailer: X\r\n" },
];

describe.each(paths)("bounds of HTTP/1.1 connections $path", ({ fastPath, more }) => {
  const get = (path = "/a") => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  const post = (body: string, path = "/p") =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

  test("serve one request of a connection at a time, and leave what else it sends unread", async () => {
    const answers = Array.from({ length: 3 }, () => Promise.withResolvers<Answer>());
    let asked = 0;
    const { port } = await start(() => (answers[asked++] as PromiseWithResolvers<Answer>).promise, { fastPath });
    const wire = new Wire(port);
    await wire.send(get("/1") + post("abc") + get("/3"));
    for (const [i, { resolve }] of answers.entries()) {
      await waitUntil(() => asked === i + 1);
      await setImmediate();
      expect(asked).toBe(i + 1);
      resolve(text(`answer ${i};`));
    }
    await wire.sees(/answer 0;[\s\S]*answer 1;[\s\S]*answer 2;$/);
    wire.socket.destroy();
  });

  test("stop reading a client that reads nothing of its answers, and cut it off", async () => {
    let asked = 0;
    const { port, refusals, errors } = await start(
      async () => {
        asked++;
        return text("x".repeat(1 << 20));
      },
      { fastPath, stallMs: 50 },
    );
    const wire = new Wire(port);
    wire.socket.pause();
    await wire.send(get().repeat(1000));
    await waitUntil(() => refusals.length > 0);
    // The kernel's buffers take some of the answers.
    expect(asked).toBeLessThan(50);
    expect(refusals).toEqual(["stallMs"]);
    expect(errors).toEqual([]);
    wire.socket.resume();
    await wire.closed;
  });

  test("cut off a client that reads nothing of a stream, and end its producer", async () => {
    let isEnded = false;
    async function* endless() {
      try {
        for (;;) {
          yield "x".repeat(1 << 16);
        }
      } finally {
        isEnded = true;
      }
    }
    const { port, refusals, errors } = await start(async () => text(endless()), { fastPath, stallMs: 50 });
    const wire = new Wire(port);
    wire.socket.pause();
    await wire.send(get());
    await waitUntil(() => isEnded);
    expect(refusals).toEqual(["stallMs"]);
    expect(errors).toEqual([]);
    wire.socket.destroy();
  });

  test("answer 431 to a head that is larger than the bound, and none that is not", async () => {
    const { port, refusals } = await start(echo, { fastPath, maxHeaderBytes: 1024 });
    const filler = (length: number) => `GET /a HTTP/1.1\r\nHost: x\r\n${more}X: ${"x".repeat(length)}\r\n\r\n`;
    const room = 1024 - filler(0).length;
    const wire = new Wire(port);
    await wire.send(filler(room));
    await wire.sees(/200 OK[\s\S]*GET \/a $/);
    await wire.send(filler(room + 1));
    await wire.sees(/431 Request Header Fields Too Large[\s\S]*Send fewer or shorter/);
    await wire.closed;
    expect(refusals).toEqual(["maxHeaderBytes"]);
  });

  test("answer 431 to more headers than the bound, and none that are not", async () => {
    const { port, refusals } = await start(echo, { fastPath, maxHeaders: 10 });
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: y\r\n`).join("");
    const room = 10 - (more === "" ? 1 : 2);
    const wire = new Wire(port);
    await wire.send(`GET /a HTTP/1.1\r\nHost: x\r\n${more}${lines(room)}\r\n`);
    await wire.sees(/200 OK[\s\S]*GET \/a $/);
    await wire.send(`GET /a HTTP/1.1\r\nHost: x\r\n${more}${lines(room + 1)}\r\n`);
    await wire.sees(/431 Request Header Fields Too Large[\s\S]*more headers/);
    await wire.closed;
    expect(refusals).toEqual(["maxHeaders"]);
  });

  test("answer 503 to a body for which the unfinished ones of all clients leave no room", async () => {
    const { port, refusals } = await start(echo, { fastPath, maxUnfinishedBodyBytes: 2000 });
    const [first, second] = [new Wire(port), new Wire(port)];
    const half = post("x".repeat(3000 + FREE_BODY_BYTES)).slice(0, 1500 + FREE_BODY_BYTES);
    await Promise.all([first.send(half), second.send(half)]);
    const refusal = /503 Service Unavailable[\s\S]*"OVERLOADED"[\s\S]*too many bodies/;
    await Promise.any([first.sees(refusal), second.sees(refusal)]);
    expect(refusals).toEqual(["maxUnfinishedBodyBytes"]);
    first.socket.destroy();
    second.socket.destroy();
  });

  test("count a body once, also when it waits for its turn", async () => {
    const turns = new TurnBudget();
    let isBusy = true;
    const goOn = () => isBusy && turns.runLater(goOn);
    goOn();
    const { port } = await start(echo, { fastPath, turns, maxUnfinishedBodyBytes: 2000 });
    const wire = new Wire(port);
    await wire.send(post("x".repeat(1400 + FREE_BODY_BYTES)));
    await wire.sees(/HTTP\/1.1 \d+ [\s\S]*\r\n\r\n/);
    isBusy = false;
    expect(wire.received).toMatch(/^HTTP\/1.1 200 /);
    wire.socket.destroy();
  });

  test("leave a refused client's connection open for a while when the server is busy", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    using turns = new BusyTurns();
    const { port } = await start(echo, { fastPath, turns, maxUnfinishedBodyBytes: 2000 });
    const [wire, other] = [new Wire(port), new Wire(port)];
    await wire.send(post("x".repeat(5000 + FREE_BODY_BYTES)).slice(0, -1));
    await wire.sees(/503 Service Unavailable[\s\S]*Connection: close/i);
    await other.send(get("/still-served"));
    await other.sees(/GET \/still-served $/);
    expect(wire.socket.readableEnded).toBe(false);
    vi.advanceTimersByTime(REFUSED_HOLD_MS);
    await wire.closed;
    other.socket.destroy();
  });

  test("answer 413 to a body whose chunks are so small that they are mostly framing", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    const chunks = (count: number) => "1\r\na\r\n".repeat(count);
    const few = MAX_CHUNK_FRAMING_BYTES / 5;
    await wire.send(`POST /p HTTP/1.1\r\nHost: x\r\n${more}Transfer-Encoding: chunked\r\n\r\n${chunks(few)}0\r\n\r\n`);
    await wire.sees(/POST \/p a+$/);
    await wire.send(`POST /p HTTP/1.1\r\nHost: x\r\n${more}Transfer-Encoding: chunked\r\n\r\n${chunks(few * 2)}`);
    await wire.sees(/413 Payload Too Large[\s\S]*Send larger chunks/);
    await wire.closed;
  });

  test.each(["gzip, chunked", "identity", ",chunked"])("refuse a body that is transferred as %j", async (coding) => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(`POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${coding}\r\n\r\n1\r\na\r\n0\r\n\r\n`);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("answer 408 to a head and to a body that take too long, and count it", async () => {
    const bounds = { headersMs: 40, requestMs: 40 };
    const { port, refusals } = await start(echo, { fastPath, ...bounds });
    const [head, body] = [new Wire(port), new Wire(port)];
    await head.send(get().slice(0, -2));
    await body.send(post("abc").slice(0, -1));
    await Promise.all([head.closed, body.closed]);
    for (const { received } of [head, body]) {
      expect(received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*Send it again/);
    }
    expect(refusals.toSorted()).toEqual(["headersMs", "requestMs"]);
  });

  test("answer 408 to a body whose client falls silent, however long the body may take", async () => {
    const { port, refusals } = await start(echo, { fastPath, silenceMs: 40 });
    const wire = new Wire(port);
    await wire.send(post("abc").slice(0, -1));
    await wire.sees(/408 Request Timeout/);
    await wire.closed;
    expect(refusals).toEqual(["silenceMs"]);
  });

  test("end an upload that goes on for too long", async () => {
    const serve = async ({ body }: Request) => text(`${(await Array.fromAsync(body.chunks())).length}`);
    const { port, refusals } = await start(serve, { fastPath, requestMs: 20, uploadMs: 60 });
    const wire = new Wire(port);
    await wire.send(`POST / HTTP/1.1\r\nHost: x\r\n${more}Transfer-Encoding: chunked\r\n\r\n`);
    while (!wire.socket.destroyed && !wire.received.includes("408")) {
      await wire.send("1\r\na\r\n");
      await setImmediate();
    }
    expect(wire.received).toContain("408 Request Timeout");
    expect(refusals).toEqual(["uploadMs"]);
    wire.socket.destroy();
  });

  test("do not count a client that is idle between requests, and end it gently", async () => {
    const { port, refusals } = await start(echo, { fastPath, keepAliveMs: 40 });
    const wire = new Wire(port);
    await wire.send(get());
    await wire.sees(/GET \/a $/);
    await wire.closed;
    expect(wire.socket.errored).toBeNull();
    expect(refusals).toEqual([]);
  });
});

test("a client that sends a request, and half of the next, gets its answer and keeps the connection", async () => {
  const { port, leftToNode } = await start(echo);
  const wire = new Wire(port);
  await wire.send(GET + POST.slice(0, -1));
  await wire.sees(/GET \/a $/);
  await wire.send("c");
  await wire.sees(/POST \/p abc$/);
  expect(leftToNode).toEqual([]);
  wire.socket.destroy();
});
