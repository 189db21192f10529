import { once } from "node:events";
import { Agent, get, request } from "node:http";
import { connect as connectHttp2, constants, createServer as createPeer } from "node:http2";
import { connect, createServer, Server, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { StreakdError } from "#src/errors.ts";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import type { Answer } from "#src/http/message.ts";
import { bodyOf, echo, http1Paths, http2Client, resetOfHalfABody, start, stopAll, text, Wire } from "../support.ts";

const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/** All that an HTTP/2 client sends for one GET, recorded from a real one. */
async function recordHttp2Get(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let accepted: Socket | undefined;
  const peer = createPeer();
  const server = createServer((socket) => {
    accepted = socket;
    socket.on("data", (chunk) => chunks.push(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  session.on("error", () => {});
  session
    .request({ ":path": "/recorded" })
    .on("error", () => {})
    .end();
  await vi.waitUntil(() => Buffer.concat(chunks).length > 60);
  session.destroy();
  accepted?.destroy();
  server.close();
  peer.close();
  return Buffer.concat(chunks);
}

afterEach(stopAll);

describe.each(http1Paths)("one port, $path", ({ fastPath }) => {
  test("serves HTTP/1.1 and HTTP/2 with bodies at the same time", async () => {
    const { url } = await start(echo, { fastPath });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST", ":path": "/two" });
    stream.end("second");
    const second = bodyOf(stream);
    const first = fetch(`${url}/one`, { method: "POST", body: "first" });

    expect(await (await first).text()).toBe("POST /one first");
    expect(await second).toBe("POST /two second");
    session.close();
  });

  test("tells HTTP/2 from a preface that arrives a byte at a time", async () => {
    const { port } = await start(async () => text("served over two"), { fastPath });
    const wire = new Wire(port);
    for (const byte of await recordHttp2Get()) {
      await wire.send(Uint8Array.of(byte));
    }
    await wire.sees(/served over two/);
    wire.socket.destroy();
  });

  test("tells HTTP/2 from a preface and a request in one packet", async () => {
    const { port } = await start(async () => text("served over two"), { fastPath });
    const wire = new Wire(port);
    await wire.send(await recordHttp2Get());
    await wire.sees(/served over two/);
    wire.socket.destroy();
  });

  test.each([["PUT /a"], ["PRI /a"], ["P /a"]])("decides at the first byte that differs: %s", async (start1) => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    for (const byte of Buffer.from(`${start1} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`)) {
      await wire.send(Uint8Array.of(byte));
    }
    await wire.sees(start1 === "PUT /a" ? /200 OK/ : /400 Bad Request/);
    wire.socket.destroy();
  });

  test("reads a body that came with the headers, and pipelined requests, in order", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(`POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc${GET}${GET.replace("/a", "/b")}`);
    await wire.sees(/POST \/1 abc[\s\S]*GET \/a [\s\S]*GET \/b /);
    wire.socket.destroy();
  });

  test("serves request after request on one HTTP/1.1 connection", async () => {
    const { url } = await start(echo, { fastPath });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      const req = get(`${url}/${i}`, { agent });
      const [res] = await once(req, "response");
      ports.add(req.socket?.localPort);
      res.resume();
      await once(res, "end");
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  test("serves as HTTP/1.1 who asks for an upgrade to h2c", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(
      "GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n",
    );
    await wire.sees(/200 OK[\s\S]*GET \/up/);
    wire.socket.destroy();
  });

  test("takes an upload of megabytes on either protocol, at the pace of its reader", async () => {
    const big = Buffer.alloc(8 << 20, 1);
    const { url } = await start(
      async ({ body }) => {
        let length = 0;
        for await (const chunk of body.chunks()) {
          length += chunk.length;
          await new Promise(setImmediate);
        }
        return text(String(length));
      },
      { fastPath },
    );
    expect(await (await fetch(url, { method: "POST", body: big })).text()).toBe(String(big.length));

    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.end(big);
    expect(await bodyOf(stream)).toBe(String(big.length));
    session.close();
  });

  test("tells a client to go on that expects it", async () => {
    const { url } = await start(echo, { fastPath });
    const req = request(`${url}/e`, { method: "POST", headers: { expect: "100-continue" } });
    req.flushHeaders();
    await once(req, "continue");
    req.end("body");
    const [res] = await once(req, "response");
    expect(res.statusCode).toBe(200);
    res.resume();
  });

  test("serves hundreds of streams on one HTTP/2 connection", async () => {
    const { url } = await start(echo, { fastPath });
    const session = await http2Client(url);
    const answers = Array.from({ length: 600 }, (_, i) => bodyOf(session.request({ ":path": `/${i}` })));
    expect(new Set(await Promise.all(answers)).size).toBe(600);
    session.close();
  });
});

describe.each(http1Paths)("what clients do wrong, $path", ({ fastPath }) => {
  test("a silent connection is closed, as is one that stops within the preface", async () => {
    const { port } = await start(echo, { fastPath, preface: 30 });
    const silent = new Wire(port);
    const stuck = new Wire(port);
    await stuck.send("PRI * HT");
    await Promise.all([silent.closed, stuck.closed]);
    expect(silent.received + stuck.received).toBe("");
  });

  test("headers that never end are answered 408", async () => {
    const { port } = await start(echo, { fastPath, headers: 40, request: 80, check: 10 });
    const slow = new Wire(port);
    await slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1.1 408 [\s\S]*"error":"INVALID_BODY"/);
  });

  test("a body that never ends is answered 408", async () => {
    const { port } = await start(echo, { fastPath, headers: 20, request: 40, check: 10 });
    const slow = new Wire(port);
    await slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1.1 408 /);
  });

  test("an HTTP/2 body that never ends has its stream cancelled", async () => {
    const { url } = await start(echo, { fastPath, headers: 30, request: 30 });
    expect(await resetOfHalfABody(url)).toBe(constants.NGHTTP2_CANCEL);
  });

  test("a slow answer does not count as a slow request", async () => {
    const answer = Promise.withResolvers<Answer>();
    const { url } = await start(
      async ({ body }) => {
        await body.whole(10);
        return answer.promise;
      },
      { fastPath, headers: 20, request: 20 },
    );
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    const timedOut = new Promise((resolve) => stream.setTimeout(60, () => resolve(undefined)));
    stream.end("abc");
    await timedOut;
    answer.resolve(text("late"));
    expect(await bodyOf(stream)).toBe("late");
    session.close();
  });

  test("an idle HTTP/2 connection is closed gracefully", async () => {
    const { url } = await start(echo, { fastPath, session: 30 });
    const session = await http2Client(url);
    const [code] = await once(session, "goaway");
    expect(code).toBe(constants.NGHTTP2_NO_ERROR);
  });

  test.each([
    ["no HTTP at all", "\x16\x03\x01\x00\xa5\x01\x00", 400],
    ["a broken preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["a header too large", `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"a".repeat(200_000)}\r\n\r\n`, 431],
    ["chunk extensions too large", chunkExtension(), 413],
  ])("%s is answered with a JSON error", async (_what, bytes, status) => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(Buffer.from(bytes, "latin1"));
    await wire.closed;
    const [head = "", body = ""] = wire.received.split("\r\n\r\n");
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain("Connection: close");
    expect(JSON.parse(body)).toEqual({ error: "INVALID_BODY", message: expect.any(String) });
  });

  test("rubbish after a request whose answer has begun does not get into that answer", async () => {
    const { serve, finish } = inTwoParts();
    const { port } = await start(serve, { fastPath });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/begun/);
    await wire.send("rubbish\r\n\r\n");
    if (fastPath) {
      // It is read only once the answer has ended.
      finish();
      await wire.closed;
      expect(wire.received).toMatch(/begun\r\n5\r\nended\r\n0\r\n\r\nHTTP\/1\.1 400 /);
    } else {
      await wire.closed;
      finish();
      expect(wire.received).not.toContain("400");
    }
  });

  test("CONNECT is refused on either protocol", async () => {
    const { port, url } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    await wire.closed;
    const session = await http2Client(url);
    const stream = session.request({ ":method": "CONNECT", ":authority": "a:1" });
    const [headers] = await once(stream, "response");
    expect(headers[":status"]).toBe(405);
    session.destroy();
  });

  test("ends and resets at any point leave the server serving", async () => {
    const { port, url } = await start(echo, { fastPath });
    const openings = [
      "",
      "P",
      "PRI * HTTP/2.0",
      "GET / HT",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
      GET,
    ];
    openings.push((await recordHttp2Get()).toString("latin1"));
    for (const opening of openings) {
      const ended = new Wire(port);
      const reset = new Wire(port);
      await Promise.all([once(ended.socket, "connect"), once(reset.socket, "connect")]);
      await Promise.all([ended.send(Buffer.from(opening, "latin1")), reset.send(Buffer.from(opening, "latin1"))]);
      ended.socket.end();
      reset.socket.resetAndDestroy();
      await reset.closed;
      await ended.closed;
    }
    expect(await (await fetch(url)).text()).toBe("GET / ");
  });

  test("a handler that throws is answered 500 on either protocol, and reported", async () => {
    const { url, errors } = await start(
      async () => {
        throw new Error("bug");
      },
      { fastPath },
    );
    const res = await fetch(url);
    expect([res.status, await res.json()]).toEqual([500, { error: "INTERNAL", message: expect.any(String) }]);
    const session = await http2Client(url);
    expect(JSON.parse(await bodyOf(session.request({})))).toMatchObject({ error: "INTERNAL" });
    session.close();
    expect(errors).toEqual([new Error("bug"), new Error("bug")]);
  });

  test("an error that is meant for the caller is answered with its status, and not reported", async () => {
    const serve = async () => {
      throw new StreakdError("INVALID_BODY", "The Host header names no valid host.");
    };
    const { url, errors } = await start(serve, { fastPath });
    const res = await fetch(url);
    expect([res.status, await res.json()]).toEqual([
      400,
      { error: "INVALID_BODY", message: "The Host header names no valid host." },
    ]);
    const session = await http2Client(url);
    expect(JSON.parse(await bodyOf(session.request({})))).toMatchObject({ error: "INVALID_BODY" });
    session.close();
    expect(errors).toEqual([]);
  });
});

describe.each(http1Paths)("closing, $path", ({ fastPath }) => {
  test("HTTP/1.1: idle connections are closed, a request in flight is answered with Connection: close", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { port, listener } = await start(
      async ({ url }) => {
        isAsked ||= url === "/slow";
        return url === "/slow" ? slow.promise : text("quick");
      },
      { fastPath },
    );
    const idle = new Wire(port);
    await idle.send(GET);
    await idle.sees(/quick/);
    const busy = new Wire(port);
    await busy.send(GET.replace("/a", "/slow"));
    await vi.waitUntil(() => isAsked);
    const undecided = new Wire(port);
    await once(undecided.socket, "connect");
    await undecided.send("P");

    const closed = listener.close(60_000);
    expect(listener.close(1)).toBe(closed);
    await Promise.all([idle.closed, undecided.closed]);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    slow.resolve(text("done"));
    await Promise.all([busy.closed, closed]);
    expect(busy.received).toMatch(/Connection: close[\s\S]*done/);
  });

  test("a client that has sent half a head, and one that does not close its side, hold nothing up", async () => {
    const { port, listener } = await start(async () => text(""), { fastPath });
    const half = new Wire(port);
    await half.send("GET / HTTP/1.1\r\nHost: ");
    const stubborn = connect({ port, allowHalfOpen: true });
    // The preface and empty settings: a session, in which nothing is asked.
    stubborn.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    await once(stubborn, "data");
    await listener.close(60_000);
    await half.closed;
    stubborn.destroy();
  });

  test("HTTP/1.1: an answer whose headers are out is finished, then its connection closed", async () => {
    const { serve, finish } = inTwoParts();
    const { port, listener } = await start(serve, { fastPath });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/keep-alive[\s\S]*begun/);
    const closed = listener.close(60_000);
    finish();
    await Promise.all([wire.closed, closed]);
    expect(wire.received).toMatch(/begun\r\n5\r\nended\r\n0\r\n\r\n$/);
  });

  test("HTTP/2: GOAWAY at once, the stream in flight is finished", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { url, listener } = await start(
      () => {
        isAsked = true;
        return slow.promise;
      },
      { fastPath },
    );
    const session = await http2Client(url);
    const stream = session.request({});
    await vi.waitUntil(() => isAsked);
    const goaway = once(session, "goaway");
    const closed = listener.close(60_000);
    await goaway;
    slow.resolve(text("done"));
    expect(await bodyOf(stream)).toBe("done");
    await closed;
  });

  test("what is not done after the grace is destroyed", async () => {
    let requests = 0;
    const { port, url, listener } = await start(
      () => {
        requests++;
        return new Promise(() => {});
      },
      { fastPath },
    );
    const wire = new Wire(port);
    await wire.send(GET);
    const session = await http2Client(url);
    const stream = session.request({});
    stream.on("error", () => {});
    await vi.waitUntil(() => requests === 2);
    await listener.close(20);
    await wire.closed;
    await vi.waitUntil(() => session.destroyed);
  });

  test("closing a listener that never listened resolves", async () => {
    await createListener({ serve: echo, onError: () => {} }).close(60_000);
  });

  test("hundreds of connections in sequence, of each kind, leave none behind", async () => {
    const { port, listener } = await start(echo, { fastPath });
    const preface = await recordHttp2Get();
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = sockets();
    for (let i = 0; i < 500; i++) {
      const wire = new Wire(port);
      const bytes = [GET, preface, "P", "rubbish\r\n\r\n"][i % 4] as string;
      await wire.send(bytes);
      if (i % 4 === 0) {
        await wire.sees(/200 OK/);
      }
      wire.socket.destroy();
      await wire.closed;
    }
    await vi.waitUntil(() => sockets() <= before);
    await listener.close(60_000);
  });
});

describe("listening", () => {
  test("a port in use is refused with the setting to mend", async () => {
    const { port } = await start(echo);
    await expect(createListener({ serve: echo, onError: () => {} }).listen(port, "127.0.0.1")).rejects.toThrow(
      /another process[\s\S]*PORT/,
    );
  });

  test.runIf(process.platform === "linux")("takes in many connections at a turn of the event loop", async () => {
    let turn = 0;
    const servedIn: number[] = [];
    const { port } = await start(async () => {
      servedIn.push(turn);
      return text("");
    });
    const wires = Array.from({ length: 200 }, () => new Wire(port));
    await Promise.all(wires.map((wire) => wire.send(GET)));
    while (servedIn.length < wires.length) {
      await new Promise(setImmediate);
      turn += 1;
    }
    const turns = new Set(servedIn).size;
    expect(turns).toBeLessThan(wires.length / 4);
    for (const { socket } of wires) {
      socket.destroy();
    }
  });

  test.runIf(process.platform === "linux")("leaves nothing open when one of its sockets can't be had", async () => {
    const { listen: original } = Server.prototype;
    let opened = 0;
    const listen = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...args) {
      opened += 1;
      if (opened < 5) {
        return original.apply(this, args as Parameters<typeof original>);
      }
      setImmediate(() => this.emit("error", Object.assign(new Error("too many"), { code: "EMFILE" })));
      return this;
    });
    onTestFinished(() => listen.mockRestore());
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
    const before = servers();

    await expect(createListener({ serve: echo, onError: () => {} }).listen(0, "127.0.0.1")).rejects.toThrow(
      /file descriptors[\s\S]*ulimit/,
    );

    expect(opened).toBeGreaterThan(5);
    await vi.waitUntil(() => servers() <= before);
  });

  test("a listener that is closed before it listens does not stay", async () => {
    const { listen, close } = createListener({ serve: echo, onError: () => {} });
    const listening = listen(0, "127.0.0.1");
    await close(0);
    const { port } = await listening;
    const wire = new Wire(port);
    await wire.closed;
    expect(wire.received).toBe("");
  });

  test("of several that want a port at the same moment one gets it", async () => {
    const { port, listener } = await start(echo);
    await listener.close(0);
    for (const turns of [0, 1, 2, 3, 4, 5]) {
      const rivals: Listener[] = [];
      // Elsewhere one of both would get it for each of them.
      const hosts = process.platform === "linux" ? ["127.0.0.1", "0.0.0.0"] : ["127.0.0.1"];
      const wanted: Promise<boolean>[] = [];
      while (rivals.length < 6) {
        const rival = createListener({ serve: echo, onError: () => {} });
        rivals.push(rival);
        wanted.push(
          rival.listen(port, hosts[rivals.length % hosts.length] as string).then(
            () => true,
            () => false,
          ),
        );
        for (let turn = 0; turn < turns; turn++) {
          await new Promise(setImmediate);
        }
      }
      expect((await Promise.all(wanted)).filter((gotIt) => gotIt)).toHaveLength(1);
      await Promise.all(rivals.map((rival) => rival.close(0)));
    }
  });

  test("a host that is not ours is refused with the setting to mend", async () => {
    await expect(createListener({ serve: echo, onError: () => {} }).listen(0, "192.0.2.1")).rejects.toThrow(/Set HOST/);
  });

  test("a port that can't be is refused", async () => {
    await expect(createListener({ serve: echo, onError: () => {} }).listen(70_000, "127.0.0.1")).rejects.toThrow(
      /port/,
    );
  });
});

function chunkExtension(): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\nx\r\n`;
}

/** Answers with "begun" at once, and with "ended" once it is told to. */
function inTwoParts() {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* parts() {
    yield "begun";
    await promise;
    yield "ended";
  }
  return { serve: async () => text(parts()), finish: resolve };
}
