import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Answer, Request, Serve } from "#src/http/message.ts";
import { waitUntil } from "../support/wait-until.ts";
import { firstOf, http1Paths, start, stopAll, streamOf, text, Wire } from "./support.ts";

afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
});

const NO_CONTENT: Answer = { status: 204, headers: {} };

describe.each(http1Paths)("an HTTP/1.1 connection $path", ({ fastPath }) => {
  const NEXT = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
  const POST_HEAD = "POST / HTTP/1.1\r\nHost: x\r\n";

  const CHUNKED_HEAD = `${POST_HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  const LONG_HEAD = `${POST_HEAD}Content-Length: 70000\r\n\r\n`;
  const SHORT_HEAD = `${POST_HEAD}Content-Length: 60000\r\n\r\n`;
  const SHORT_REST = "x".repeat(59_997);

  test.each<[string, string, string, Serve]>([
    ["a stream that answered a short body that nobody read", `${SHORT_HEAD}abc`, SHORT_REST, answerUnread],
    ["a stream that answered the beginning of a short body", `${SHORT_HEAD}abc`, SHORT_REST, answerBegun],
    ["a text that answered the beginning of a short body", `${SHORT_HEAD}abc`, SHORT_REST, answerBegunAtOnce],
  ])("goes on behind %s", async (_, begin, end, serve) => {
    const { port } = await start(onlyFirst(serve), { fastPath });
    const wire = new Wire(port);
    await wire.send(begin);
    await wire.sees(/enough(\r\n0\r\n\r\n)?$/);
    expect(wire.received).toContain("Connection: keep-alive");
    await wire.send(end + NEXT);
    await wire.sees(/the next$/);
    wire.socket.destroy();
  });

  test("goes on behind a stream whose head has to wait for the end of the request", async () => {
    const part = Promise.withResolvers<string>();
    const { port } = await start(
      onlyFirst(async (request) => text(partAfter(request, part.promise))),
      { fastPath },
    );
    const wire = new Wire(port);
    await wire.send(`${CHUNKED_HEAD}3\r\nabc\r\n`);
    await wire.send("0\r\n\r\n");
    await wire.sees(/200 OK[\s\S]*Connection: keep-alive[\s\S]*\r\n\r\n$/);
    part.resolve("enough");
    await wire.sees(/enough\r\n0\r\n\r\n$/);
    await wire.send(NEXT);
    await wire.sees(/the next$/);
    wire.socket.destroy();
  });

  test.each<[string, string, Serve]>([
    ["a stream that answered a body in chunks that nobody read", CHUNKED_HEAD, answerUnread],
    ["a stream that answered the beginning of a body in chunks", `${CHUNKED_HEAD}3\r\nabc\r\n`, answerBegun],
    ["a stream that answered a long body that nobody read", LONG_HEAD, answerUnread],
    ["an answer without a body to a body in chunks that nobody read", CHUNKED_HEAD, async () => NO_CONTENT],
    ["a stream without parts to a body in chunks that nobody read", CHUNKED_HEAD, async () => text(streamOf())],
  ])("says that it ends with %s", async (_, begin, serve) => {
    const { port } = await start(onlyFirst(serve), { fastPath });
    const wire = new Wire(port);
    await wire.send(begin);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 20[04] [\s\S]*Connection: close\r\n[\s\S]*\r\n(?:0\r\n\r\n)?$/);
  });

  test("that ends with a stream lets its client send nearly 1 MiB more", async () => {
    const { port } = await start(answerBegun, { fastPath });
    const wire = new Wire(port);
    wire.socket.allowHalfOpen = true;
    await wire.send(`${CHUNKED_HEAD}3\r\nabc\r\n`);
    await wire.sees(/enough\r\n0\r\n\r\n$/);
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    for (let sent = 0; sent < 1_000_000; sent += chunk.length) {
      await wire.send(chunk);
      // The server, in the same process, reads it now.
      await nextTurn();
    }
    wire.socket.end("0\r\n\r\n");
    await wire.closed;
    expect(wire.socket.errored).toBeNull();
  });

  test("goes on behind an answer to a short body that nobody read", async () => {
    const serve = async ({ url }: Request) => text(url === "/next" ? "the next" : "enough");
    const { port } = await start(serve, { fastPath });
    const wire = new Wire(port);
    await wire.send(`${POST_HEAD}Content-Length: 3\r\nTrailer: X\r\n\r\n`);
    await wire.sees(/200 OK[\s\S]*enough$/);
    await wire.send(`abc${NEXT}`);
    await wire.sees(/the next$/);
    wire.socket.destroy();
  });

  test("has what was pipelined behind a stream answered after it", async () => {
    const second = Promise.withResolvers<string>();
    async function* slowParts() {
      yield "begun ";
      yield await second.promise;
    }
    const { port } = await start(({ url }) => (url === "/next" ? answerNext() : Promise.resolve(text(slowParts()))), {
      fastPath,
    });
    const wire = new Wire(port);
    await wire.send(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${NEXT}${NEXT}`);
    await wire.sees(/begun /);
    second.resolve("ended");
    await wire.sees(/begun \r\n5\r\nended\r\n0\r\n\r\nHTTP[\s\S]*the nextHTTP[\s\S]*the next$/);
    wire.socket.destroy();
  });

  test("takes an upload that lasts longer than a request may, unless it falls silent", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    const limit = 600;
    async function* answers({ body }: Request) {
      for await (const chunk of body.chunks()) {
        yield `got ${Buffer.from(chunk)}`;
      }
    }
    const { port } = await start(async (request) => text(answers(request)), {
      fastPath,
      headersMs: limit,
      requestMs: limit,
      silenceMs: limit,
    });
    const wire = new Wire(port);
    await wire.send(`${POST_HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    for (let sent = 1; sent <= 6; sent++) {
      await wire.send(`8\r\n${String(sent).padStart(8)}\r\n`);
      await wire.sees(new RegExp(`got +${sent}\\r`));
      wire.received = "";
      vi.advanceTimersByTime(limit / 2);
    }
    vi.advanceTimersByTime(limit);
    await wire.closed;
    expect(wire.received).toBe("");
  });

  test.each<[string, Serve]>([
    ["its answer", async ({ body }) => text(`${(await Array.fromAsync(body.chunks())).length}`)],
    ["its streamed answer begins", async (request) => text(partAfter(request))],
  ])("is answered 408 when an upload that is read as it comes falls silent before %s", async (_, serve) => {
    const { port } = await start(serve, { fastPath, headersMs: 40, requestMs: 40, silenceMs: 40 });
    const wire = new Wire(port);
    await wire.send(`${POST_HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    await wire.sees(/408 Request Timeout[\s\S]*"INVALID_BODY"/);
    await wire.closed;
  });

  test.each([
    ["amid its stream", true],
    ["before its stream begins", false],
  ])("that its client ends %s is closed, and the producer ended", async (_, hasBegun) => {
    let isEnded = false;
    let isAsked = false;
    async function* silentParts(request: Request) {
      try {
        yield "begun";
        await new Promise<void>((resolve) => request.onceOver(resolve));
      } finally {
        isEnded = true;
      }
    }
    const { port, errors } = await start(
      async (request) => {
        isAsked = true;
        if (!hasBegun) {
          await new Promise<void>((resolve) => request.onceOver(resolve));
        }
        return text(silentParts(request));
      },
      { fastPath },
    );
    const wire = new Wire(port);
    await wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await (hasBegun ? wire.sees(/begun/) : waitUntil(() => isAsked));
    wire.socket.end();
    await wire.closed;
    await waitUntil(() => isEnded);
    expect(wire.received).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(errors).toEqual([]);
  });

  async function answerUnread() {
    return text(streamOf("enough"));
  }

  async function answerBegun({ body }: Request) {
    await firstOf(body.chunks());
    return text(streamOf("enough"));
  }

  async function answerBegunAtOnce({ body }: Request) {
    await firstOf(body.chunks());
    return text("enough");
  }

  async function* partAfter({ body }: Request, part?: Promise<string>) {
    await Array.fromAsync(body.chunks());
    yield (await part) ?? "";
  }

  async function answerNext() {
    return text("the next");
  }

  /** Serves all requests but the next. */
  function onlyFirst(serve: Serve): Serve {
    return (request) => (request.url === "/next" ? answerNext() : serve(request));
  }
});
