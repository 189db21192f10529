import { once } from "node:events";
import { constants } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { StreakdError } from "#src/errors.ts";
import type { Answer } from "#src/http/message.ts";
import {
  bodyOf,
  echo,
  GET,
  http1Paths,
  http2Client,
  POST,
  resetOfHalfABody,
  start,
  stopAll,
  text,
  Wire,
} from "../support.ts";
import { askHttp2, inTwoParts, recordHttp2Get } from "./support.ts";

afterEach(stopAll);

describe.each(http1Paths)("what clients do wrong, $path", ({ fastPath }) => {
  test("a silent connection is closed, as is one that stops within the preface", async () => {
    const { port } = await start(echo, { fastPath, headersMs: 30 });
    const silent = new Wire(port);
    const stuck = new Wire(port);
    await stuck.send("PRI * HT");
    await Promise.all([silent.closed, stuck.closed]);
    expect(silent.received + stuck.received).toBe("");
  });

  test("headers that never end are answered 408", async () => {
    const { port } = await start(echo, { fastPath, headersMs: 40, requestMs: 80, silenceMs: 80 });
    const slow = new Wire(port);
    await slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1.1 408 [\s\S]*"error":"INVALID_BODY"/);
  });

  test("a body that never ends is answered 408", async () => {
    const { port } = await start(echo, { fastPath, headersMs: 20, requestMs: 40, silenceMs: 40 });
    const slow = new Wire(port);
    await slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1.1 408 /);
  });

  test("an HTTP/2 body that never ends has its stream cancelled", async () => {
    const { url } = await start(echo, { fastPath, requestMs: 30, silenceMs: 30 });
    expect(await resetOfHalfABody(url)).toBe(constants.NGHTTP2_CANCEL);
  });

  test("a slow answer does not count as a slow request", async () => {
    const read = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Answer>();
    const { url } = await start(
      async (request) => {
        if (request.url !== "/slow") {
          return echo(request);
        }
        await request.body.whole(10);
        read.resolve();
        return answer.promise;
      },
      { fastPath, requestMs: 20, silenceMs: 20 },
    );
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST", ":path": "/slow" });
    stream.end("abc");
    await read.promise;
    // A slow request that comes later is cancelled.
    await resetOfHalfABody(url);
    answer.resolve(text("late"));
    expect(await bodyOf(stream)).toBe("late");
    session.close();
  });

  test("an idle HTTP/2 connection is closed gracefully", async () => {
    const { url } = await start(echo, { fastPath, sessionMs: 30 });
    const session = await http2Client(url);
    const [code] = await once(session, "goaway");
    expect(code).toBe(constants.NGHTTP2_NO_ERROR);
  });

  test.each([
    ["no HTTP at all", "\x16\x03\x01\x00\xa5\x01\x00", 400],
    ["a broken preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\nAccept: a\r\n\r\n", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400],
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
    // It is read only once the answer has ended.
    finish();
    await wire.closed;
    expect(wire.received).toMatch(/begun\r\n5\r\nended\r\n0\r\n\r\nHTTP\/1\.1 400 /);
  });

  test("HTTP/1.0 needs no host", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send("GET /old HTTP/1.0\r\n\r\n");
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Connection: close[\s\S]*GET \/old $/);
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
    expect(JSON.parse(await bodyOf(stream))).toEqual({ error: "METHOD_NOT_ALLOWED", message: expect.any(String) });
    session.destroy();
  });

  test("an unknown expectation is answered 417 on either protocol, and the connection goes on", async () => {
    const { port, url } = await start(echo, { fastPath });
    const wire = new Wire(port);
    await wire.send(`${POST.replace("\r\n\r\n", "\r\nExpect: more\r\n\r\n")}${GET}`);
    await wire.sees(/GET \/a $/);
    expect(wire.received).toMatch(/^HTTP\/1\.1 417 [\s\S]*"error":"INVALID_BODY"[\s\S]*HTTP\/1\.1 200 /);
    wire.socket.destroy();
    const { head, body } = await askHttp2(url, { expect: "more" });
    expect([head[":status"], JSON.parse(body).error]).toEqual([417, "INVALID_BODY"]);
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

function chunkExtension(): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\nx\r\n`;
}
