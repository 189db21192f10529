import { once } from "node:events";
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_BODY_BYTES } from "#src/http/body.ts";
import type { Answer, Request, Serve } from "#src/http/message.ts";
import { bodyOf, http2Client, resetOfHalfABody, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

/** Answers with the method, the path, and how long the body is. */
const measure: Serve = async ({ method, url, body }) =>
  text(`${method} ${url} ${(await body.whole(Number.POSITIVE_INFINITY)).length}`);

/** Sends one request on a connection of its own; a body in parts comes in a frame each. */
async function ask(url: string, headers: OutgoingHttpHeaders, parts: readonly (string | Buffer)[] = []) {
  const session = await http2Client(url);
  const stream = session.request({ ":path": "/a", ...headers }, { endStream: parts.length === 0 });
  for (const part of parts) {
    stream.write(part);
  }
  if (parts.length > 0) {
    stream.end();
  }
  const seen = await seenOf(stream);
  session.close();
  return seen;
}

async function seenOf(stream: ClientHttp2Stream) {
  const seen: Record<"head" | "trailers", Record<string, unknown>> = { head: {}, trailers: {} };
  // Without the symbol that Node adds.
  const note = (part: object) => (headers: IncomingHttpHeaders) =>
    Object.assign(part, Object.fromEntries(Object.entries(headers)));
  stream.on("response", note(seen.head));
  stream.on("trailers", note(seen.trailers));
  return { body: await bodyOf(stream), ...seen };
}

describe("requests of HTTP/2", () => {
  const large = [Buffer.alloc(MAX_BODY_BYTES), Buffer.alloc(100_000)];

  test.each<[string, OutgoingHttpHeaders, (string | Buffer)[], string]>([
    ["a GET", { ":path": "/a?b=c" }, [], "GET /a?b=c 0"],
    ["an OPTIONS", { ":method": "OPTIONS" }, [], "OPTIONS /a 0"],
    ["a body in parts", { ":method": "POST" }, ["abc", "def"], "POST /a 6"],
    ["a body of a stated length", { ":method": "POST", "content-length": 6 }, ["abcdef"], "POST /a 6"],
    ["a POST without a body", { ":method": "POST" }, [], "POST /a 0"],
    ["a body as large as any is read", { ":method": "POST" }, [Buffer.alloc(MAX_BODY_BYTES)], "POST /a 262144"],
    ["another method", { ":method": "PUT" }, ["abc"], "PUT /a 3"],
    ["a GET with a body", { ":method": "GET" }, ["abc"], "GET /a 3"],
    ["an expectation", { ":method": "POST", expect: "100-continue" }, ["abc"], "POST /a 3"],
    ["a body that is large", { ":method": "POST" }, large, "POST /a 362144"],
    ["a body that says so", { ":method": "POST", "content-length": 362_144 }, large, "POST /a 362144"],
  ])("are served with all of their body: %s", async (_, headers, parts, answer) => {
    const { url } = await start(measure);
    expect((await ask(url, headers, parts)).body).toBe(answer);
  });

  test("are served when their body is read later", async () => {
    const { url } = await start(async (request) => {
      await new Promise(setImmediate);
      return measure(request);
    });
    expect((await ask(url, {})).body).toBe("GET /a 0");
    expect((await ask(url, { ":method": "POST" }, ["abc", "def"])).body).toBe("POST /a 6");
    expect((await ask(url, { ":method": "POST" }, large)).body).toBe("POST /a 362144");
  });

  test("are answered when nobody reads their body", async () => {
    const { url } = await start(async () => text("no"));
    expect((await ask(url, { ":method": "POST" }, large)).body).toBe("no");
  });

  test("with HEAD are answered by the head alone, with the length of the body", async () => {
    const { url } = await start(async () => text("four"));
    const { head, body } = await ask(url, { ":method": "HEAD" });
    expect([head[":status"], head["content-length"], body]).toEqual([200, "4", ""]);
  });

  test.each<[string, Answer, Awaited<ReturnType<typeof seenOf>>]>([
    [
      "a text",
      { status: 202, headers: { "X-Many": ["1", "2"], "Content-Type": "text/plain" }, body: "ü" },
      {
        head: { ":status": 202, "x-many": "1, 2", "content-type": "text/plain", "content-length": "2" },
        body: "ü",
        trailers: {},
      },
    ],
    [
      "bytes and trailers",
      { status: 200, headers: { A: "b" }, body: Buffer.from([0, 255]), trailers: () => ({ "grpc-status": "0" }) },
      { head: { ":status": 200, a: "b" }, body: "\0\ufffd", trailers: { "grpc-status": "0" } },
    ],
    [
      "trailers alone",
      { status: 200, headers: {}, trailers: () => ({ "grpc-status": "5", "grpc-message": "no" }) },
      { head: { ":status": 200 }, body: "", trailers: { "grpc-status": "5", "grpc-message": "no" } },
    ],
    ["a status alone", { status: 204, headers: {} }, { head: { ":status": 204 }, body: "", trailers: {} }],
  ])("are answered with %s", async (_, answer, expected) => {
    const { url } = await start(async () => answer);
    const { head, ...rest } = await ask(url, { ":method": "POST" }, ["body"]);
    const { date, ...others } = head;
    expect(date).toMatch(/GMT$/);
    expect({ head: others, ...rest }).toEqual(expected);
  });

  test("have headers that come twice joined, as Node joins them", async () => {
    const { url } = await start(async ({ headers }) => text(`${headers.cookie}|${headers["x-a"]}`));
    expect((await ask(url, { cookie: ["a=1", "b=2"], "x-a": ["1", "2"] })).body).toBe("a=1; b=2|1, 2");
  });

  test("share a connection, and are answered as each is ready", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { url } = await start((request) => (request.url === "/slow" ? slow.promise : measure(request)));
    const session = await http2Client(url);
    const first = bodyOf(session.request({ ":path": "/slow" }));
    expect(await bodyOf(session.request({ ":path": "/fast" }))).toBe("GET /fast 0");
    slow.resolve(text("at last"));
    expect(await first).toBe("at last");
    session.close();
  });
});

describe("clients that go away", () => {
  test("amid a body are told to its reader", async () => {
    const seen: unknown[] = [];
    const { url } = await start(async (request) => {
      if (request.method === "POST") {
        await Promise.resolve(request.body.whole(10)).catch((error: Error) => seen.push(error.name));
      }
      return text("");
    });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    stream.write("abc");
    await bodyOf(session.request({})); // so the server has read what came before
    session.destroy();
    await vi.waitUntil(() => seen.length > 0);
    expect(seen).toEqual(["ClientGone"]);
  });

  test("before their answer are told to who waits for it, and get none", async () => {
    const told: unknown[] = [];
    const slow = Promise.withResolvers<Answer>();
    const { url, errors } = await start((request) => {
      request.onceOver(() => told.push(request.url));
      return request.url === "/slow" ? slow.promise : measure(request);
    });
    const session = await http2Client(url);
    const stream = session.request({ ":path": "/slow", ":method": "POST" });
    stream.on("error", () => {});
    stream.end("abc");
    await bodyOf(session.request({ ":path": "/fast" }));
    await vi.waitUntil(() => told.length === 1);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await vi.waitUntil(() => told.length === 2);
    slow.resolve(text("to nobody"));
    expect(await bodyOf(session.request({ ":path": "/still" }))).toBe("GET /still 0");
    expect(told.slice(0, 2)).toEqual(["/fast", "/slow"]);
    expect(errors).toEqual([]);
    session.close();
  });

  test("are told at once to who asks only then, and leave no address", async () => {
    const requests: Request[] = [];
    const { url } = await start((request) => {
      requests.push(request);
      return new Promise(() => {});
    });
    const session = await http2Client(url);
    session.request({}).on("error", () => {});
    await vi.waitUntil(() => requests.length === 1);
    const [request] = requests as [Request];
    expect([request.isGone, request.peer]).toEqual([false, "127.0.0.1"]);
    session.destroy();
    await vi.waitUntil(() => request.isGone);
    const tell = vi.fn();
    request.onceOver(tell);
    expect(tell).toHaveBeenCalledTimes(1);
    expect(request.peer).toBeUndefined();
  });

  test("behind an upload that nobody reads are told once", async () => {
    const tell = vi.fn();
    const { url } = await start((request) => {
      request.onceOver(tell);
      return new Promise(() => {});
    });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    stream.write("abc");
    await new Promise((resolve) => session.ping(resolve)); // so the server has read what came before
    stream.close(constants.NGHTTP2_CANCEL);
    await vi.waitUntil(() => tell.mock.calls.length > 0);
    await new Promise((resolve) => session.ping(resolve));
    session.destroy();
    expect(tell).toHaveBeenCalledTimes(1);
  });

  test("with their whole connection leave the server serving", async () => {
    const { url } = await start(measure);
    for (let count = 0; count < 20; count++) {
      const session = await http2Client(url);
      for (const parts of [["abc"], []]) {
        const stream = session.request({ ":method": "POST" });
        stream.on("error", () => {});
        for (const part of parts) {
          stream.write(part);
        }
      }
      session.request({}).on("error", () => {});
      session.destroy();
    }
    expect((await ask(url, {})).body).toBe("GET /a 0");
  });
});

describe("streams", () => {
  test("whose body stops coming are cancelled", async () => {
    const { url } = await start(measure, { headers: 30, request: 30 });
    expect(await resetOfHalfABody(url)).toBe(constants.NGHTTP2_CANCEL);
  });

  test.each<[string, (stream: ClientHttp2Stream) => void]>([
    ["has no body", (stream) => stream.end()],
    ["has a body that has come whole", (stream) => stream.end("abc")],
    ["has a body that the server does not read", (stream) => stream.write("abc")],
  ])("stay, however long nothing is sent, when the request %s", async (_, send) => {
    const answer = Promise.withResolvers<Answer>();
    const { url } = await start(() => answer.promise, { headers: 20, request: 20 });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    send(stream);
    await new Promise((resolve) => stream.setTimeout(70, () => resolve(undefined)));
    answer.resolve(text("late"));
    expect(await bodyOf(stream)).toBe("late");
    session.destroy();
  });

  test("whose body stops coming while they are answered are cut off recognisably", async () => {
    async function* parts() {
      yield "begun";
      await new Promise(() => {});
    }
    const { url } = await start(async () => text(parts()), { headers: 20, request: 20 });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    stream.on("error", () => {}).resume();
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    session.destroy();
  });

  test("are answered 500, and the operator is told, when answering fails", async () => {
    const { url, errors } = await start(async () => {
      throw new Error("rejected");
    });
    const { head, body } = await ask(url, { ":method": "POST" }, ["abc"]);
    expect([head[":status"], JSON.parse(body)]).toEqual([500, { error: "INTERNAL", message: expect.any(String) }]);
    expect(errors.map(String)).toEqual(["Error: rejected"]);
  });

  test("are reset, and the operator is told, when a header can't be sent", async () => {
    const { url, errors } = await start(async () => ({ status: 200, headers: { "not a name": "x" }, body: "" }));
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.end("abc");
    await closed;
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
    session.close();
  });

  test("are reset, and the operator is told, when a trailer can't be sent", async () => {
    const trailers = () => ({ "not a name": "x" });
    const { url, errors } = await start(async () => ({ status: 200, headers: {}, body: "all", trailers }));
    const session = await http2Client(url);
    const stream = session.request({});
    stream.on("error", () => {}).resume();
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
    session.close();
  });

  test("in flight are finished in a shutdown, behind a GOAWAY", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { url, listener } = await start(() => {
      isAsked = true;
      return slow.promise;
    });
    const session = await http2Client(url);
    const answer = bodyOf(session.request({}));
    await vi.waitUntil(() => isAsked);
    const goaway = once(session, "goaway");
    const closed = listener.close(60_000);
    await goaway;
    slow.resolve(text("the last"));
    expect(await answer).toBe("the last");
    await closed;
  });

  test("are all closed, whatever was read of their bodies, however many a connection has", async () => {
    const opened: Request[] = [];
    let open = 0;
    const { url } = await start(async (request) => {
      open += 1;
      opened.push(request);
      request.onceOver(() => {
        open -= 1;
      });
      if (request.url === "/read") {
        await request.body.whole(10);
      }
      return request.url === "/none" ? { status: 204, headers: {} } : text("");
    });
    const session = await http2Client(url);
    for (let count = 0; count < 2500; count += 50) {
      const streams = Array.from({ length: 50 }, (_, number) => {
        const [path, method] = [
          ["/read", "POST"],
          ["/unread", "POST"],
          ["/none", "GET"],
          ["/head", "HEAD"],
        ][number % 4] as [string, string];
        const stream = session.request({ ":path": path, ":method": method }, { endStream: method !== "POST" });
        if (method === "POST") {
          stream.end("abc");
        }
        return bodyOf(stream);
      });
      await Promise.all(streams);
    }
    await vi.waitUntil(() => open === 0);
    expect(opened).toHaveLength(2500);
    session.close();
  });

  test("whose uploads are refused leave the other streams of the connection alone", async () => {
    const { url } = await start(async (request) => {
      if (request.url === "/refused") {
        return { ...text("no"), status: 403 };
      }
      return measure(request);
    });
    const session = await http2Client(url);
    const other = session.request({ ":path": "/other", ":method": "POST" });
    other.write("abc");
    const refused = session.request({ ":path": "/refused", ":method": "POST" });
    refused.on("error", () => {});
    const closed = new Promise((resolve) => refused.once("close", resolve));
    const chunk = Buffer.alloc(64 * 1024);
    const sendOn = () => {
      while (!refused.destroyed && !refused.closed && refused.write(chunk)) {}
    };
    refused.on("drain", sendOn);
    const answer = bodyOf(refused);
    sendOn();
    expect(await answer).toBe("no");
    await closed;
    expect(refused.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
    other.end("def");
    expect(await bodyOf(other)).toBe("POST /other 6");
    session.close();
  });
});

/** A frame of HTTP/2: RFC 9113, 4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `POST http://h/a`, in HPACK without compression. */
const POST_HEADERS = Buffer.from("\x83\x86\x04\x02/a\x01\x01h", "latin1");

/** What a client begins with: the preface and empty settings. */
const OPENING = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0, 0, Buffer.alloc(0))]);

/** A frame that resets the first stream. */
function reset(code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(3, 0, 1, payload);
}

/** A header in HPACK without compression. */
function header(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Uint8Array.of(0, nameBytes.length), nameBytes, Uint8Array.of(valueBytes.length), valueBytes]);
}

describe("a body that its client cuts off by a reset", () => {
  test.each([
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "at once"],
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "later"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "at once"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "later"],
  ])("is not taken for whole: %s (%i), %s", async (_name, code, when) => {
    const served: string[] = [];
    const { port } = await start(async ({ body }) => {
      await Promise.resolve(body.whole(10)).then(
        (bytes) => served.push(`whole ${bytes}`),
        (error: unknown) => served.push((error as Error).name),
      );
      return text("");
    });
    const wire = new Wire(port);
    const begin = Buffer.concat([OPENING, frame(1, 4, 1, POST_HEADERS), frame(0, 0, 1, Buffer.from("abc"))]);
    const end = reset(code);
    if (when === "later") {
      await wire.send(begin);
      await wire.sees(/./);
    }
    await wire.send(when === "later" ? end : Buffer.concat([begin, end]));
    await vi.waitUntil(() => served.length > 0);
    expect(served).toEqual(["ClientGone"]);
    wire.socket.destroy();
  });
});

test.each([0, 1, 2, 5, 50])(
  "an empty body that ends in a frame of its own is read %i microtasks later",
  async (ticks) => {
    const { port } = await start(async (request) => {
      for (let tick = 0; tick < ticks; tick++) {
        await undefined;
      }
      return request.url === "/a"
        ? measure(request)
        : text(`chunks: ${(await Array.fromAsync(request.body.chunks())).length}`);
    });
    const wire = new Wire(port);
    const end = frame(0, 1, 1, Buffer.alloc(0));
    await wire.send(Buffer.concat([OPENING, frame(1, 4, 1, POST_HEADERS), end]));
    await wire.sees(/POST \/a 0/);
    const chunked = Buffer.from(POST_HEADERS.toString("latin1").replace("/a", "/b"), "latin1");
    await wire.send(Buffer.concat([frame(1, 4, 3, chunked), frame(0, 1, 3, Buffer.alloc(0))]));
    await wire.sees(/chunks: 0$/);
    wire.socket.destroy();
  },
);

test.each([
  ["an expectation", Buffer.concat([POST_HEADERS, header("expect", "100-continue")])],
  ["an expectation of anything else", Buffer.concat([POST_HEADERS, header("expect", "more")])],
  ["a CONNECT", Buffer.concat([header(":method", "CONNECT"), header(":authority", "a:1")])],
  ["a GET", Buffer.from("\x82\x86\x04\x02/a\x01\x01h", "latin1")],
])("a reset in one packet with %s leaves the server serving", async (_, headers) => {
  const { port, url, errors } = await start(measure);
  const wire = new Wire(port);
  await wire.send(Buffer.concat([OPENING, frame(1, 4, 1, headers), reset(constants.NGHTTP2_CANCEL)]));
  await wire.sees(/./);
  wire.socket.destroy();
  expect((await ask(url, {})).body).toBe("GET /a 0");
  expect(errors).toEqual([]);
});
