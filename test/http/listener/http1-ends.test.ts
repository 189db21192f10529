import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer, Request } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, http1Paths, POST, start, stopAll, streamOf, text, Wire } from "../support.ts";

afterEach(stopAll);

const CHUNKED = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const DELETE = "DELETE /d HTTP/1.1\r\nHost: x\r\n\r\n";

describe.each(http1Paths)("the end of an HTTP/1.1 connection $path", ({ fastPath }) => {
  test.each([
    ["a usual one", GET, /GET \/a $/],
    ["one that Node's server reads", DELETE, /DELETE \/d $/],
    ["a body in chunks", CHUNKED, /POST \/c abc$/],
    ["usual ones and a body in chunks", POST + CHUNKED, /POST \/p abc[\s\S]*POST \/c abc$/],
    ["several of each", CHUNKED + GET + DELETE + POST, /\/c abc[\s\S]*\/a [\s\S]*\/d [\s\S]*POST \/p abc$/],
  ])("behind whole requests is seen when they are answered: %s", async (_, requests, pattern) => {
    const { port, errors } = await start(echo, { fastPath });
    const wire = new Wire(port);
    wire.socket.end(requests);
    await wire.closed;
    expect(wire.received).toMatch(pattern);
    expect(errors).toEqual([]);
  });

  test("that comes while a request is answered waits for the answer", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isOver = false;
    const { port } = await start(
      (request) => {
        request.onceOver(() => {
          isOver = true;
        });
        return slow.promise;
      },
      { fastPath },
    );
    const wire = new Wire(port);
    wire.socket.end(DELETE);
    // Who waits for it learns that the client may have gone.
    await waitUntil(() => isOver);
    slow.resolve(text("still here"));
    await wire.sees(/still here$/);
    await wire.closed;
  });

  test.each([
    ["a head", "GET / HTTP/1.1\r\nHost: x\r\n"],
    ["a body", POST.slice(0, -1)],
    ["a body in chunks", CHUNKED.slice(0, -3)],
    ["a head behind a whole request", `${GET}GET / HT`],
  ])("amid %s is answered 400", async (_, bytes) => {
    const { port, errors } = await start(echo, { fastPath });
    const wire = new Wire(port);
    wire.socket.end(bytes);
    await wire.closed;
    expect(wire.received.match(/HTTP\/1\.1 (\d+)/g)).toEqual([
      ...(bytes.startsWith(GET) ? ["HTTP/1.1 200"] : []),
      "HTTP/1.1 400",
    ]);
    expect(errors).toEqual([]);
  });

  test("is no reset for a client that is answered before it has sent all", async () => {
    const { port } = await start(async () => text("enough"), { fastPath });
    const wire = new Wire(port);
    await once(wire.socket, "connect");
    await wire.send(`rubbish\r\n\r\n${"x".repeat(500_000)}`);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 400 /);
    expect(wire.socket.errored).toBeNull();
  });
});

describe.each(http1Paths)("clients that expect a 100 $path", ({ fastPath }) => {
  const HEAD = "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";

  test("get it when the body is asked for", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(HEAD);
    await wire.sees(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    await wire.send("abc");
    await wire.sees(/POST \/e abc$/);
    wire.socket.destroy();
  });

  test("get none, and the connection ends, when the answer needs no body", async () => {
    const { port } = await start(async () => text("refused"), { fastPath });
    const wire = new Wire(port);
    await wire.send(HEAD);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close[\s\S]*refused$/);
  });

  test("get it behind the answer to the request before", async () => {
    const second = Promise.withResolvers<string>();
    async function* parts() {
      yield "begun ";
      yield await second.promise;
    }
    const serve = async (request: Request) => (request.method === "GET" ? text(parts()) : echo(request));
    const { port } = await start(serve, { fastPath });
    const wire = new Wire(port);
    await wire.send(`${GET}${HEAD}abc`);
    await wire.sees(/begun /);
    second.resolve("ended");
    await wire.sees(/ended\r\n0\r\n\r\nHTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*POST \/e abc$/);
    wire.socket.destroy();
  });
});

describe.each(http1Paths)("clients of HTTP/1.1 that vanish $path", ({ fastPath }) => {
  const half = async ({ body }: Request) => text(body.chunks());
  const big = "x".repeat(1 << 20);
  async function* endless() {
    for (;;) {
      yield big;
    }
  }

  async function* failing(request: Request) {
    yield "begun";
    await new Promise((_, reject) => request.onceOver(() => reject(new Error("the stream is cut off"))));
  }

  test.each<[string, (request: Request) => Promise<Answer>]>([
    ["a whole answer", echo],
    ["a large answer", async () => text(big)],
    ["a stream", async () => text(streamOf("one", "two"))],
    ["an endless stream", async () => text(endless())],
    ["what they send", half],
    ["a stream that fails when they leave", async (request) => text(failing(request))],
    ["nothing yet", () => new Promise((resolve) => setImmediate(() => resolve(text(big))))],
    [
      "an error",
      async ({ body }) => {
        await body.whole(10);
        throw new Error("only for who waits");
      },
    ],
  ])("at any point are no error to the operator: %s", async (name, serve) => {
    const { port, errors } = await start(serve, { fastPath });
    for (const bytes of [
      "",
      GET.slice(0, 9),
      GET,
      POST.slice(0, -1),
      CHUNKED.slice(0, -7),
      CHUNKED,
      GET + POST + DELETE,
    ]) {
      for (const isRead of [false, true]) {
        for (const leave of ["resetAndDestroy", "end", "destroy"] as const) {
          const wire = new Wire(port);
          await once(wire.socket, "connect");
          await wire.send(bytes);
          if (isRead && bytes.endsWith("\r\n\r\n")) {
            await Promise.race([once(wire.socket, "data"), wire.closed]);
          }
          wire.socket[leave]();
          if (leave === "end") {
            wire.socket.destroySoon();
          }
          await wire.closed;
        }
      }
    }
    const last = new Wire(port);
    await last.send(`${GET.replace("GET", "HEAD")}`);
    await last.sees(/HTTP\/1\.1 /);
    last.socket.destroy();
    expect(errors.map(String).filter((error) => name !== "an error" || !error.includes("only for who waits"))).toEqual(
      [],
    );
  });
});
