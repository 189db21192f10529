import { once } from "node:events";
import { Agent, get, request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { bodyOf, echo, GET, http1Paths, http2Client, start, stopAll, text, Wire } from "../support.ts";
import { recordHttp2Get } from "./support.ts";

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
