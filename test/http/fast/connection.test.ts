import { once } from "node:events";
import { Agent, request } from "node:http";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readRequest } from "#src/http/fast/request.ts";
import type { Answer, Serve } from "#src/http/message.ts";
import { echo, http1Paths, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

const GET = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";
const POST = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";

/** A header that only Node's server would be given: on the fast path it makes the connection Node's. */
const LEFT_TO_NODE = "DELETE /d HTTP/1.1\r\nHost: x\r\n\r\n";

/** A promise that the test resolves when it wants to. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  return Promise.withResolvers<T>();
}

describe("usual requests", () => {
  test("are answered one after the other on one connection, without Node", async () => {
    const { port, leftToNode } = await start(echo);
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/\r\n\r\nGET \/a\?b=c $/);
    await wire.send(POST);
    await wire.sees(/\r\n\r\nPOST \/p abc$/);
    await wire.send("OPTIONS /o HTTP/1.1\r\nHost: x\r\n\r\n");
    await wire.sees(/\r\n\r\nOPTIONS \/o $/);
    expect(leftToNode).toEqual([]);
    wire.socket.destroy();
  });

  test("are answered in order when they are pipelined, the second not before the first", async () => {
    const answers = [later<Answer>(), later<Answer>(), later<Answer>()];
    let asked = 0;
    const { port } = await start(() => answers[asked++]?.promise as Promise<Answer>);
    const wire = new Wire(port);
    await wire.send(GET + POST + GET);
    await vi.waitUntil(() => asked > 0);
    await setImmediate();
    expect(asked).toBe(1);
    answers[1]?.resolve(text("second"));
    answers[2]?.resolve(text("third"));
    answers[0]?.resolve(text("first"));
    await wire.sees(/first[\s\S]*second[\s\S]*third/);
    wire.socket.destroy();
  });

  test("may come in two parts, as many clients send head and body", async () => {
    const { port } = await start(echo);
    const wire = new Wire(port);
    for (const length of [POST.length - 3, POST.length - 2, 10]) {
      await wire.send(POST.slice(0, length));
      await setImmediate();
      await wire.send(POST.slice(length));
      await wire.sees(/\r\n\r\nPOST \/p abc$/);
      wire.received = "";
    }
    wire.socket.destroy();
  });

  test("and others of Node's own client are served alike", async () => {
    const { url } = await start(echo);
    const ask = async (method: string, headers: Record<string, string>, body?: string) => {
      const agent = new Agent({ keepAlive: true });
      const req = request(`${url}/x`, { method, headers, agent });
      req.end(body);
      const [res] = await once(req, "response");
      const answer = Buffer.concat(await res.toArray()).toString();
      agent.destroy();
      return answer;
    };
    expect(await ask("POST", { "content-length": "2" }, "ok")).toBe("POST /x ok");
    expect(await ask("POST", { "transfer-encoding": "chunked" }, "ok")).toBe("POST /x ok");
    expect(await ask("GET", {})).toBe("GET /x ");
    expect(await ask("DELETE", {})).toBe("DELETE /x ");
  });

  test.each<[string, () => Answer]>([
    [
      "a text",
      () => ({ status: 202, headers: { "X-Many": ["1", "2"], "Content-Type": "text/plain", "X-N": 5 }, body: "ü" }),
    ],
    ["bytes", () => ({ status: 200, headers: { "X-None": undefined }, body: Buffer.from([0, 255]) })],
    ["a status alone", () => ({ status: 204, headers: {} })],
    ["an unusual status", () => ({ status: 599, headers: {}, body: "" })],
    ["trailers", () => ({ status: 200, headers: {}, body: "all", trailers: () => ({ "X-After": "1" }) })],
    ["trailers alone", () => ({ status: 200, headers: {}, trailers: () => ({ "X-After": ["1", "2"] }) })],
    [
      "a stream",
      () => ({
        status: 200,
        headers: {},
        body: (async function* () {
          yield "one";
          yield "";
          yield Buffer.from([0, 255]);
        })(),
      }),
    ],
  ])("are answered as Node answers them, but for the names of headers and their order: %s", async (_, answer) => {
    const lines = await Promise.all(
      http1Paths.map(async ({ fastPath }) => {
        const { port } = await start(async ({ url }) => (url === "/end" ? text("end") : answer()), { fastPath });
        const wire = new Wire(port);
        await wire.send(`${GET}${GET.replace("/a?b=c", "/end")}`);
        await wire.sees(/end$/);
        wire.socket.destroy();
        const [head = "", ...rest] = wire.received.replaceAll(/Date: .*\r\n/g, "Date: now\r\n").split("\r\n\r\n");
        return [head.split("\r\n").sort(), ...rest.map((part) => part.split("\r\n").sort())];
      }),
    );
    expect(lines[0]).toEqual(lines[1]);
  });

  test("are answered with bytes, and with nothing but a status", async () => {
    const { port } = await start(async ({ method }) =>
      method === "GET" ? text(Buffer.from([0, 255])) : { status: 204, headers: {} },
    );
    const wire = new Wire(port);
    await wire.send(POST);
    await wire.sees(/^HTTP\/1\.1 204 No Content\r\n(?![\s\S]*Content-Length)[\s\S]*\r\n\r\n$/);
    await wire.send(GET);
    await wire.sees(/Content-Length: 2\r\n[\s\S]*\r\n\r\n\0\xff$/);
    wire.socket.destroy();
  });
});

describe("what is not in the one form", () => {
  test.each([
    ["a method that only Node serves", "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["another version", "GET / HTTP/1.0\r\nHost: x\r\n\r\n"],
    ["a body in chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [
      "a length beside chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"],
    ["a list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n"],
    ["a length with a sign", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n"],
    ["no length", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["OPTIONS with a body", "OPTIONS / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"],
    ["a GET with a body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a line that goes on", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"],
    ["lines that end without a return", "GET / HTTP/1.1\nHost: x\n\n\r\n\r\n"],
    ["a return inside of a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n"],
    ["a control character", "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n"],
    ["letters that are not ASCII", "GET / HTTP/1.1\r\nHost: x\r\nA: \xe9\r\n\r\n"],
    ["no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"],
    ["a connection to be closed", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n"],
    ["an expectation", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"],
    ["a cookie to be set", "GET / HTTP/1.1\r\nHost: x\r\nSet-Cookie: a=b\r\n\r\n"],
    ["a whole URL as the target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["an asterisk as the target", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a name that every object has", "GET / HTTP/1.1\r\nHost: x\r\nconstructor: y\r\n\r\n"],
    ["rubbish", "\r\n\r\nrubbish\r\n\r\n"],
  ])("is left to Node: %s", (_, bytes) => {
    expect(readRequest(Buffer.from(bytes, "latin1"))).toBeUndefined();
  });

  test("makes the connection Node's, after the answers to what came before it", async () => {
    const first = later<Answer>();
    const { port, leftToNode } = await start((request) => (request.method === "POST" ? first.promise : echo(request)));
    const wire = new Wire(port);
    await wire.send(POST + LEFT_TO_NODE + GET);
    await setImmediate();
    first.resolve(text("the first one"));
    await wire.sees(/the first one[\s\S]*DELETE \/d [\s\S]*GET \/a\?b=c $/);
    expect(leftToNode).toHaveLength(1);
    wire.socket.destroy();
  });

  test("is answered by Node with its error, and can't be made to hide a request in another's body", async () => {
    const asked: unknown[] = [];
    const { port } = await start(async ({ url }) => {
      asked.push(url);
      return text("ok");
    });
    const wire = new Wire(port);
    const hidden = "POST /hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    await wire.send(`${GET}POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n${hidden}`);
    await wire.sees(/ok[\s\S]*400 Bad Request/);
    await wire.closed;
    expect(asked).toEqual(["/a?b=c"]);
  });

  test("reading whatever comes, the form is only that of what is read as what it was written from", () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(
        fc.dictionary(token, value, { maxKeys: 5 }),
        fc.stringMatching(/^\/[!-~]{0,30}$/),
        fc.uint8Array({ maxLength: 50 }),
        fc.uint8Array({ maxLength: 5 }),
        (given, url, body, rest) => {
          const headers = { ...given, host: "x", "content-length": `${body.length}` };
          const lines = Object.entries(headers).map(([name, text]) => `${name.toUpperCase()}: \t${text} \r\n`);
          const head = `POST ${url} HTTP/1.1\r\n${lines.join("")}\r\n`;
          const read = readRequest(Buffer.concat([Buffer.from(head), body, rest]));
          if (typeof read === "object") {
            expect({ ...read, body: Uint8Array.from(read.body) }).toEqual({
              method: "POST",
              url,
              httpVersionMajor: 1,
              headers,
              body,
              length: head.length + body.length,
            });
          } else {
            const special = ["connection", "upgrade", "trailer", "expect", "transfer-encoding"];
            expect(Object.keys(given).some((name) => name in {} || special.includes(name))).toBe(true);
          }
        },
      ),
    );
  });

  test("and every part of a request in the form is unfinished, or Node's", () => {
    for (let length = 0; length < POST.length; length++) {
      const read = readRequest(Buffer.from(POST.slice(0, length)));
      const headMissing = length < "POST /".length ? undefined : "head missing";
      expect(read).toBe(length < POST.length - 3 ? headMissing : "body missing");
    }
  });
});

describe.each(http1Paths)("connections, $path", ({ fastPath }) => {
  test("that are silent are closed", async () => {
    const { port } = await start(echo, { fastPath, keepAlive: 40 });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/GET/);
    await wire.closed;
  });

  test("whose body stops coming get Node's 408", async () => {
    const { port } = await start(echo, { fastPath, headers: 20, request: 40, check: 10 });
    const wire = new Wire(port);
    await wire.send(POST.slice(0, -1));
    await wire.sees(/408 Request Timeout/);
    await wire.closed;
  });

  test("are closed by a shutdown at once when idle, and with the answer when one is under way", async () => {
    const slow = later<Answer>();
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
    await vi.waitUntil(() => isAsked);
    const closed = listener.close(60_000);
    await idle.closed;
    slow.resolve(text("the last"));
    await busy.sees(/Connection: close[\s\S]*the last$/);
    await Promise.all([busy.closed, closed]);
  });

  test("stay open while a request is answered, however long that takes", async () => {
    const slow = later<Answer>();
    const { port } = await start((request) => (request.method === "GET" ? slow.promise : echo(request)), {
      fastPath,
      keepAlive: 20,
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
    expect(wire.received.match(/x+$/)?.[0]).toHaveLength(20 << 20);
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
    const slow = later<Answer>();
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
    await vi.waitUntil(() => told.length === 1);
    await wire.send(POST);
    wire.socket.resetAndDestroy();
    await vi.waitUntil(() => told.length === 2);
    slow.resolve(text("to nobody"));
    await setImmediate();
    expect(told).toEqual(["GET", "POST"]);
  });
});

describe("connections of the fast path that clients end", () => {
  test("behind a request are answered first", async () => {
    const slow = later<Answer>();
    const { port } = await start(() => slow.promise, { fastPath: true });
    const wire = new Wire(port);
    wire.socket.end(GET);
    await once(wire.socket, "finish");
    slow.resolve(text("still here"));
    await wire.sees(/still here$/);
    await wire.closed;
  });

  test("behind a request that is Node's get the answer to what came before it", async () => {
    const slow = later<Answer>();
    const { port } = await start(() => slow.promise, { fastPath: true });
    const wire = new Wire(port);
    wire.socket.end(`${GET}GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nrubbish`);
    await once(wire.socket, "finish");
    slow.resolve(text("the first"));
    await wire.sees(/the first/);
    await wire.closed;
  });
});
