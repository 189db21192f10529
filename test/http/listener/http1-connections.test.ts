import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer, Serve } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, http1Paths, POST, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

describe.each(http1Paths)("connections, $path", ({ fastPath }) => {
  test("that have sent something in time are served, also when it is read too late", async () => {
    const headersMs = 200;
    const { port, listener } = await start(echo, { fastPath, headersMs });
    const wire = new Wire(port);
    await waitUntil(() => listener.connections === 1 && !wire.socket.connecting);
    // Behind this the event loop runs its timers, and then reads.
    await setImmediate();
    wire.socket.write(GET);
    // Blocks the whole process, as a busy machine does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * headersMs);
    await wire.sees(/200 OK/);
    wire.socket.destroy();
  });

  test("that are silent are closed", async () => {
    const { port } = await start(echo, { fastPath, keepAliveMs: 40 });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/GET/);
    await wire.closed;
  });

  test("whose body stops coming get Node's 408", async () => {
    const { port } = await start(echo, { fastPath, headersMs: 20, requestMs: 40, silenceMs: 40 });
    const wire = new Wire(port);
    await wire.send(POST.slice(0, -1));
    await wire.sees(/408 Request Timeout/);
    await wire.closed;
  });

  test("are closed by a shutdown at once when idle, and with the answer when one is under way", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { port, listener } = await start(
      (request) => {
        if (request.method === "GET") {
          return echo(request);
        }
        isAsked = true;
        return slow.promise;
      },
      { fastPath },
    );
    const [idle, busy] = [new Wire(port), new Wire(port)];
    await idle.send(GET);
    await idle.sees(/GET/);
    await busy.send(POST);
    await waitUntil(() => isAsked);
    const closed = listener.close(60_000);
    await idle.closed;
    slow.resolve(text("the last"));
    await busy.sees(/Connection: close[\s\S]*the last$/);
    await Promise.all([busy.closed, closed]);
  });

  test("stay open while a request is answered, however long that takes", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { port } = await start((request) => (request.method === "GET" ? slow.promise : echo(request)), {
      fastPath,
      keepAliveMs: 20,
    });
    const [busy, idle] = [new Wire(port), new Wire(port)];
    await busy.send(GET);
    await idle.send(POST);
    await idle.closed;
    slow.resolve(text("at last"));
    await busy.sees(/at last$/);
    await busy.closed;
  });

  test("wait in a shutdown for a body that is on its way", async () => {
    const { port, listener } = await start(echo, { fastPath });
    const [half, idle] = [new Wire(port), new Wire(port)];
    await half.send(POST.slice(0, -3));
    for (const path of ["/first", "/second"]) {
      // What came before these has been read when they are answered.
      await idle.send(GET.replace("/a", path));
      await idle.sees(new RegExp(`GET ${path}`));
    }
    const closed = listener.close(60_000);
    await idle.closed;
    await half.send("abc");
    await half.sees(/Connection: close[\s\S]*POST \/p abc$/);
    await closed;
  });

  test("end in a shutdown when the client has read its answer, and not before", async () => {
    const { port, listener } = await start(async () => text("x".repeat(20 << 20)), { fastPath });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/x/);
    wire.socket.pause();
    const closed = listener.close(60_000);
    wire.socket.resume();
    await Promise.all([closed, wire.closed]);
    expect(wire.received.slice(wire.received.indexOf("\r\n\r\n") + 4)).toHaveLength(20 << 20);
  });

  test("stay when answering fails, which is answered 500, and the operator is told", async () => {
    const failures: Serve[] = [
      () => Promise.reject(new Error("rejected")),
      async () => {
        throw new Error("thrown");
      },
      echo,
    ];
    const { port, errors } = await start((request) => (failures.shift() as Serve)(request), { fastPath });
    const wire = new Wire(port);
    await wire.send(GET + GET + GET);
    await wire.sees(/500 Internal[\s\S]*"INTERNAL"[\s\S]*500 Internal[\s\S]*"INTERNAL"[\s\S]*200 OK/);
    wire.socket.destroy();
    expect(errors.map(String)).toEqual(["Error: rejected", "Error: thrown"]);
  });

  test("are closed, and the operator is told, when a header can't be sent", async () => {
    const { port, errors } = await start(async () => ({ ...text(""), headers: { "X-A": "a\r\nb: c" } }), { fastPath });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.closed;
    expect(wire.received).toBe("");
    expect(errors.map(String)).toEqual([expect.stringMatching(/"?X-A"?/i)]);
  });

  test("are closed amid the answer, and the operator is told, when a trailer can't be sent", async () => {
    const answer = { ...text("all"), trailers: () => ({ "X-A": "a\r\nb: c" }) };
    const { port, errors } = await start(async () => answer, { fastPath });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.closed;
    expect(wire.received).not.toMatch(/\r\n0\r\n|b: c/);
    expect(errors).toHaveLength(1);
  });

  test("with thousands of requests at once are answered all, in order", async () => {
    const { port } = await start(echo, { fastPath });
    const wire = new Wire(port);
    const count = 5000;
    await wire.send(Array.from({ length: count }, (_, n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
    await wire.sees(new RegExp(`GET /${count - 1} $`));
    const answered = [...wire.received.matchAll(/\r\n\r\nGET \/(\d+) /g)].map(([, n]) => Number(n));
    expect(answered).toEqual(Array.from({ length: count }, (_, n) => n));
    wire.socket.destroy();
  });

  test("tell who waits for it when the answer is sent, and when the client has gone before", async () => {
    const told: unknown[] = [];
    const slow = Promise.withResolvers<Answer>();
    const { port } = await start(
      (request) => {
        request.onceOver(() => told.push(request.method));
        return request.method === "GET" ? Promise.resolve(text("done")) : slow.promise;
      },
      { fastPath },
    );
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/done/);
    await waitUntil(() => told.length === 1);
    await wire.send(POST);
    wire.socket.resetAndDestroy();
    await waitUntil(() => told.length === 2);
    slow.resolve(text("to nobody"));
    await setImmediate();
    expect(told).toEqual(["GET", "POST"]);
  });
});
