import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createListener } from "#src/http/listener/listener.ts";
import type { Answer } from "#src/http/message.ts";
import { defaultInit } from "../../support/listener.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { bodyOf, echo, GET, http1Paths, http2Client, start, stopAll, text, Wire } from "../support.ts";
import { inTwoParts, recordHttp2Get } from "./support.ts";

afterEach(stopAll);

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
    await waitUntil(() => isAsked);
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
    await waitUntil(() => isAsked);
    const goaway = once(session, "goaway");
    const closed = listener.close(60_000);
    await goaway;
    slow.resolve(text("done"));
    expect(await bodyOf(stream)).toBe("done");
    await closed;
  });

  test("draining, HTTP/1.1: answers say that the connection ends, new clients are served, idle ones stay", async () => {
    const { port, listener } = await start(echo, { fastPath });
    const [first, second] = [new Wire(port), new Wire(port)];
    for (const wire of [first, second]) {
      await wire.send(GET);
      await wire.sees(/keep-alive[\s\S]*GET \/a $/i);
      wire.received = "";
    }

    listener.drain();
    const newcomer = new Wire(port);
    await Promise.all([first.send(GET), newcomer.send(GET)]);
    await Promise.all([first.closed, newcomer.closed]);

    for (const { received } of [first, newcomer]) {
      expect(received).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Connection: close[\s\S]*GET \/a $/i);
    }
    expect(second.socket.destroyed).toBe(false);
    await listener.close(60_000);
    await second.closed;
  });

  test("draining, HTTP/2: GOAWAY at once, and what a client has sent all the same is answered", async () => {
    const { url, listener } = await start(echo, { fastPath });
    const session = await http2Client(url);
    const asked = session.request({ ":method": "POST", ":path": "/1" });
    asked.write("a");
    const goaway = once(session, "goaway");
    await once(session, "remoteSettings");
    listener.drain();
    await goaway;
    asked.end("b");
    expect(await bodyOf(asked)).toBe("POST /1 ab");

    const newcomer = await http2Client(url);
    expect(await bodyOf(newcomer.request({ ":path": "/2" }))).toBe("GET /2 ");
    newcomer.close();
    await listener.close(60_000);
  });

  test("an idle connection ends without a reset, also when the client has just sent something", async () => {
    const { port, listener } = await start(echo, { fastPath });
    const wire = new Wire(port);
    const errors: unknown[] = [];
    wire.socket.on("error", (error) => errors.push(error));
    await wire.send(GET);
    await wire.sees(/GET \/a $/);
    // Half a request: nobody reads it any more.
    wire.socket.once("end", () => wire.socket.write("POST / HTTP/1.1\r\n"));
    const closed = listener.close(60_000);
    await Promise.all([wire.closed, closed]);
    expect(errors).toEqual([]);
  });

  test("a request that comes when the shutdown has ended its connection is not served", async () => {
    const served: string[] = [];
    const { port, listener } = await start(
      async ({ url }) => {
        served.push(url);
        return text("");
      },
      { fastPath },
    );
    const silent = connect({ port, allowHalfOpen: true });
    await once(silent, "connect");
    const other = new Wire(port);
    await other.send(GET.replace("/a", "/b"));
    await other.sees(/200 OK/);
    const closed = listener.close(60_000);
    silent.resume();
    await once(silent, "end");
    silent.on("error", () => {});
    silent.write(GET);
    await closed;
    expect(served).toEqual(["/b"]);
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
    await waitUntil(() => requests === 2);
    await listener.close(20);
    await wire.closed;
    await waitUntil(() => session.destroyed);
  });

  test("closing a listener that never listened resolves", async () => {
    await createListener({ ...defaultInit(), serve: echo }).close(60_000);
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
    await waitUntil(() => sockets() <= before);
    await listener.close(60_000);
  });
});
