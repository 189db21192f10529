import { once } from "node:events";
import {
  type ClientHttp2Stream,
  constants,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_BODY_BYTES, readBody } from "#src/http/body.ts";
import type { RequestHandlers } from "#src/http/listener/listener.ts";
import type { Answer } from "#src/http/message.ts";
import {
  bodyOf,
  type Handle,
  http2Client,
  resetOfHalfABody,
  start,
  stopAll,
  type WholeAnswerer,
  Wire,
  wholly,
} from "../support.ts";

afterEach(stopAll);

/** Answers with who has answered, the method, the path, and how long the body is. */
const plainEcho: WholeAnswerer = async ({ method, url, body }) => text(`plain ${method} ${url} ${body.length}`);

const nodeEcho: Handle = (req, res) => {
  readBody(req, Number.POSITIVE_INFINITY).then(
    (body) => res.end(`Node ${req.method} ${req.url} ${body.length}`),
    () => {}, // the client has gone
  );
};

function text(body: string | Uint8Array): Answer {
  return { status: 200, headers: { "Content-Type": "text/plain" }, body };
}

function echoes(answer = plainEcho): RequestHandlers {
  return { handle: nodeEcho, answer: wholly(answer) };
}

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
  const seen: { head: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { head: {}, trailers: {} };
  stream.on("response", (head) => Object.assign(seen.head, head));
  stream.on("trailers", (trailers) => Object.assign(seen.trailers, trailers));
  return { body: await bodyOf(stream), ...seen };
}

describe("plain requests of HTTP/2", () => {
  test("are answered without Node's request and response", async () => {
    const { url } = await start(echoes());
    const length = { ":method": "POST", "content-length": 6 };
    expect((await ask(url, { ":path": "/a?b=c" })).body).toBe("plain GET /a?b=c 0");
    expect((await ask(url, { ":method": "OPTIONS" })).body).toBe("plain OPTIONS /a 0");
    expect((await ask(url, { ":method": "POST" }, ["abc", "def"])).body).toBe("plain POST /a 6");
    expect((await ask(url, length, ["abcdef"])).body).toBe("plain POST /a 6");
    expect((await ask(url, { ":method": "POST" })).body).toBe("plain POST /a 0");
    expect((await ask(url, { ":method": "POST" }, [Buffer.alloc(MAX_BODY_BYTES)])).body).toBe("plain POST /a 262144");
  });

  test.each<[string, Answer, (res: Http2ServerResponse) => void]>([
    [
      "a text",
      { status: 202, headers: { "X-Many": ["1", "2"], "Content-Type": "text/plain" }, body: "ü" },
      (res) => res.writeHead(202, { "X-Many": ["1", "2"], "Content-Type": "text/plain", "Content-Length": 2 }).end("ü"),
    ],
    [
      "bytes and trailers",
      { status: 200, headers: { A: "b" }, body: Buffer.from([0, 255]), trailers: { "grpc-status": "0" } },
      (res) => {
        res.addTrailers({ "grpc-status": "0" });
        res.writeHead(200, { A: "b" }).end(Buffer.from([0, 255]));
      },
    ],
    [
      "trailers alone",
      { status: 200, headers: {}, trailers: { "grpc-status": "5", "grpc-message": "no" } },
      (res) => {
        res.addTrailers({ "grpc-status": "5", "grpc-message": "no" });
        res.writeHead(200).end();
      },
    ],
    ["a status alone", { status: 204, headers: {} }, (res) => res.writeHead(204).end()],
  ])("are answered as Node answers: %s", async (_, answer, respond) => {
    const handle: Handle = (_req, res) => respond(res as Http2ServerResponse);
    const { url: plain } = await start({ handle, answer: wholly(async () => answer) });
    const { url: node } = await start({ handle, answer: () => undefined });
    const [ours, nodes] = await Promise.all([plain, node].map((url) => ask(url, { ":method": "POST" }, ["body"])));
    expect(ours?.head.date).toMatch(/GMT$/);
    expect({ ...ours, head: { ...ours?.head, date: "now" } }).toEqual({
      ...nodes,
      head: { ...nodes?.head, date: "now" },
    });
  });

  test("have headers that come twice joined, as Node joins them", async () => {
    const { url } = await start(echoes(async ({ headers }) => text(`${headers.cookie}|${headers["x-a"]}`)));
    expect((await ask(url, { cookie: ["a=1", "b=2"], "x-a": ["1", "2"] })).body).toBe("a=1; b=2|1, 2");
  });

  test("share a connection, and are answered as each is ready", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { url } = await start(
      echoes((request) => (request.url === "/slow" ? slow.promise : plainEcho(request, gone))),
    );
    const session = await http2Client(url);
    const first = bodyOf(session.request({ ":path": "/slow" }));
    expect(await bodyOf(session.request({ ":path": "/fast" }))).toBe("plain GET /fast 0");
    slow.resolve(text("at last"));
    expect(await first).toBe("at last");
    session.close();
  });
});

const gone = { once: () => {} };

describe("what is not plain is Node's, with all of its body", () => {
  const large = [Buffer.alloc(MAX_BODY_BYTES), Buffer.alloc(100_000)];

  test.each<[string, OutgoingHttpHeaders, (string | Buffer)[], string]>([
    ["another method", { ":method": "PUT" }, ["abc"], "Node PUT /a 3"],
    ["a GET with a body", { ":method": "GET" }, ["abc"], "Node GET /a 3"],
    ["an expectation", { ":method": "POST", expect: "100-continue" }, ["abc"], "Node POST /a 3"],
    ["a body that is large", { ":method": "POST" }, large, "Node POST /a 362144"],
    ["a body that says so", { ":method": "POST", "content-length": 362_144 }, large, "Node POST /a 362144"],
  ])("%s", async (_, headers, parts, answer) => {
    const { url } = await start(echoes());
    expect((await ask(url, headers, parts)).body).toBe(answer);
  });

  test("what turns out so with the head, with a body, and without one", async () => {
    const { url } = await start({ handle: nodeEcho, answer: () => undefined });
    expect((await ask(url, {})).body).toBe("Node GET /a 0");
    expect((await ask(url, { ":method": "POST" }, ["abc", "def"])).body).toBe("Node POST /a 6");
  });

  test("what turns out so with the body, read at once or later", async () => {
    const later: Handle = (req, res) => setImmediate(() => nodeEcho(req, res));
    for (const handle of [nodeEcho, later]) {
      const { url } = await start({ handle, answer: wholly(() => undefined) });
      expect((await ask(url, {})).body).toBe("Node GET /a 0");
      expect((await ask(url, { ":method": "POST" }, ["abc", "def"])).body).toBe("Node POST /a 6");
    }
  });

  test("a large body that is read later, and one that nobody reads", async () => {
    const later: Handle = (req, res) => setImmediate(() => nodeEcho(req, res));
    const { url } = await start({ handle: later, answer: wholly(plainEcho) });
    expect((await ask(url, { ":method": "POST" }, large)).body).toBe("Node POST /a 362144");
    const { url: deaf } = await start({ handle: (_req, res) => res.end("no"), answer: wholly(plainEcho) });
    expect((await ask(deaf, { ":method": "POST" }, large)).body).toBe("no");
  });

  test("a HEAD", async () => {
    const { url } = await start({ handle: (_req, res) => res.end(), answer: wholly(plainEcho) });
    expect((await ask(url, { ":method": "HEAD" })).head[":status"]).toBe(200);
  });
});

describe("clients that go away", () => {
  test("amid a body are Node's to see", async () => {
    const seen: unknown[] = [];
    const handle: Handle = (req) => {
      void readBody(req).catch((error: Error) => seen.push(error.name));
    };
    const { url } = await start({ handle, answer: wholly(plainEcho) });
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
    const { url, errors } = await start(
      echoes((request, closing) => {
        closing.once("close", () => told.push(request.url));
        return request.url === "/slow" ? slow.promise : plainEcho(request, closing);
      }),
    );
    const session = await http2Client(url);
    const stream = session.request({ ":path": "/slow", ":method": "POST" });
    stream.on("error", () => {});
    stream.end("abc");
    await bodyOf(session.request({ ":path": "/fast" }));
    await vi.waitUntil(() => told.length === 1);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await vi.waitUntil(() => told.length === 2);
    slow.resolve(text("to nobody"));
    expect(await bodyOf(session.request({ ":path": "/still" }))).toBe("plain GET /still 0");
    expect(told.slice(0, 2)).toEqual(["/fast", "/slow"]);
    expect(errors).toEqual([]);
    session.close();
  });

  test("with their whole connection leave the server serving", async () => {
    const { url } = await start(echoes());
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
    expect((await ask(url, {})).body).toBe("plain GET /a 0");
  });
});

describe("streams", () => {
  test("whose body stops coming are cancelled", async () => {
    const { url } = await start(echoes(), { headers: 30, request: 30 });
    expect(await resetOfHalfABody(url)).toBe(constants.NGHTTP2_CANCEL);
  });

  test("are reset, and the operator is told, when answering fails after all", async () => {
    const failures: WholeAnswerer[] = [
      async () => ({ status: 200, headers: { "not a name": "x" }, body: "" }),
      () => Promise.reject(new Error("rejected")),
      () => {
        throw new Error("thrown");
      },
    ];
    const { url, errors } = await start(echoes((...args) => failures.pop()?.(...args)));
    const session = await http2Client(url);
    for (const _ of [1, 2, 3]) {
      const stream = session.request({ ":method": "POST" });
      stream.on("error", () => {});
      const closed = new Promise((resolve) => stream.once("close", resolve));
      stream.end("abc");
      await closed;
      expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    }
    expect(errors.map(String)).toEqual(["Error: thrown", "Error: rejected", expect.stringContaining("not a name")]);
    session.close();
  });

  test("in flight are finished in a shutdown, behind a GOAWAY", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { url, listener } = await start(
      echoes(() => {
        isAsked = true;
        return slow.promise;
      }),
    );
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

describe("a body that its client cuts off by a reset", () => {
  test.each([
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "at once"],
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "later"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "at once"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "later"],
  ])("is not taken for whole: %s (%i), %s", async (_name, code, when) => {
    const served: string[] = [];
    const { port } = await start({
      handle: (req) =>
        readBody(req).then(
          (body) => served.push(`whole ${body}`),
          (error: unknown) => served.push((error as Error).name),
        ),
      answer: wholly(async ({ body }) => {
        served.push(`whole ${body}`);
        return text("");
      }),
    });
    const reset = Buffer.alloc(4);
    reset.writeUInt32BE(code);
    const wire = new Wire(port);
    const begin = Buffer.concat([
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      frame(4, 0, 0, Buffer.alloc(0)),
      frame(1, 4, 1, POST_HEADERS),
      frame(0, 0, 1, Buffer.from("abc")),
    ]);
    const end = frame(3, 0, 1, reset);
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
