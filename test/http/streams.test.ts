import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import type { Readable, Writable } from "node:stream";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Answer, Request, Serve } from "#src/http/message.ts";
import { start, stopAll, text, Wire } from "./support.ts";

const MIB = 1024 * 1024;

/** How much may be under way between two ends that wait for each other: the buffers of Node and of the kernel. */
const MAX_UNDER_WAY = 16 * MIB;

/** One request of a client. */
interface Exchange {
  readonly upload: Writable;
  /** Resolves when the head of the answer is there. Rejects when the connection breaks before that. */
  readonly answer: Promise<Readable>;
  /** The headers that followed the body; known once that was read. */
  trailers(): IncomingHttpHeaders;
  /** Goes away without a word. */
  leave(): void;
}

type Ask = (url: string, method: string) => Exchange;

const closers: (() => void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) {
    close();
  }
  await stopAll();
});

const askByHttp1: Ask = (url, method) => {
  const agent = new Agent({ keepAlive: true });
  closers.push(() => agent.destroy());
  const upload = request(url, { method, agent });
  upload.on("error", () => {});
  let response: IncomingMessage | undefined;
  const answer = once(upload, "response").then(([incoming]) => {
    response = incoming as IncomingMessage;
    return response;
  });
  answer.catch(() => {});
  return { upload, answer, trailers: () => response?.trailers ?? {}, leave: () => upload.destroy() };
};

const askByHttp2: Ask = (url, method) => {
  const session: ClientHttp2Session = connect(url);
  session.on("error", () => {});
  closers.push(() => session.destroy());
  const stream = session.request({ ":method": method }, { endStream: false });
  stream.on("error", () => {});
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (headers) => {
    trailers = headers;
  });
  const answer = once(stream, "response").then(() => stream);
  answer.catch(() => {});
  // Node's client would send the regular end of an upload before it resets the stream.
  const leave = () => (method === "GET" ? stream.close(constants.NGHTTP2_CANCEL) : session.destroy());
  return { upload: stream, answer, trailers: () => trailers, leave };
};

const transports: { name: string; fastPath: boolean; ask: Ask }[] = [
  { name: "HTTP/1.1 with the fast path", fastPath: true, ask: askByHttp1 },
  { name: "HTTP/1.1 without the fast path", fastPath: false, ask: askByHttp1 },
  { name: "HTTP/2", fastPath: true, ask: askByHttp2 },
];

/** Starts a server, and asks it with a GET. */
function createGet(fastPath: boolean, ask: Ask) {
  return async (serve: Serve, method = "GET") => {
    const running = await start(serve, { fastPath });
    const exchange = ask(running.url, method);
    exchange.upload.end();
    return { ...running, ...exchange };
  };
}

async function allOf(answer: Promise<Readable>): Promise<string> {
  return Buffer.concat(await (await answer).toArray()).toString();
}

describe.each(transports)("a streamed answer over $name", ({ fastPath, ask }) => {
  const get = createGet(fastPath, ask);

  test("is sent as it comes, strings and bytes", async () => {
    const second = Promise.withResolvers<Uint8Array>();
    async function* parts() {
      yield "one ";
      yield "";
      yield await second.promise;
    }
    const { answer, leftToNode } = await get(async () => text(parts()));
    const seen: string[] = [];
    for await (const chunk of await answer) {
      seen.push(`${chunk}`);
      second.resolve(Buffer.from("two"));
    }
    expect(seen).toEqual(["one ", "two"]);
    expect(leftToNode).toEqual([]);
  });

  test("is produced no faster than the client reads it, however long it is", async () => {
    const part = Buffer.alloc(64 * 1024);
    const total = 128 * MIB;
    let produced = 0;
    async function* parts() {
      while (produced < total) {
        produced += part.length;
        yield part;
      }
    }
    const { answer } = await get(async () => text(parts()));
    let read = 0;
    let mostUnderWay = 0;
    for await (const chunk of await answer) {
      read += chunk.length;
      mostUnderWay = Math.max(mostUnderWay, produced - read);
    }
    expect(read).toBe(total);
    expect(mostUnderWay).toBeLessThan(MAX_UNDER_WAY);
  });

  test("ends its producer when the client leaves", async () => {
    let isEnded = false;
    async function* parts() {
      try {
        for (;;) {
          yield "x".repeat(1000);
        }
      } finally {
        isEnded = true;
      }
    }
    const { answer, leave, errors } = await get(async () => text(parts()));
    await once(await answer, "data");
    leave();
    await vi.waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("tells its producer that the client has left, also when that waits", async () => {
    let isEnded = false;
    async function* parts(request: Request) {
      const isOver = new Promise<void>((resolve) => request.onceOver(resolve));
      yield "first";
      await isOver;
      isEnded = true;
    }
    const { answer, leave, errors } = await get(async (request) => text(parts(request)));
    await once(await answer, "data");
    leave();
    await vi.waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("is ended, and not sent, when the client has left before it begins", async () => {
    let isEnded = false;
    let isAsked = false;
    async function* parts() {
      try {
        yield "to nobody";
      } finally {
        isEnded = true;
      }
    }
    const { leave, errors } = await get(async (request) => {
      isAsked = true;
      await new Promise<void>((resolve) => request.onceOver(resolve));
      return text(parts());
    });
    await vi.waitUntil(() => isAsked);
    leave();
    await vi.waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("is cut off, and the operator is told, when its producer throws", async () => {
    const second = Promise.withResolvers<string>();
    async function* parts() {
      yield "begun";
      yield await second.promise;
    }
    const { answer, errors } = await get(async () => text(parts()));
    const response = await answer;
    await once(response, "data");
    second.reject(new Error("broken"));
    await expect(response.resume().toArray()).rejects.toThrow();
    expect(errors).toEqual([new Error("broken")]);
  });

  test("is ended, and not begun, when its headers can't be sent", async () => {
    let isEnded = false;
    async function* parts() {
      try {
        yield "never";
      } finally {
        isEnded = true;
      }
    }
    const { answer, errors } = await get(async () => ({ ...text(parts()), headers: { "not a name": "x" } }));
    await expect(answer).rejects.toThrow();
    await vi.waitUntil(() => isEnded);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
  });

  test("is followed by trailers, which are asked for when it has ended", async () => {
    let count = 0;
    async function* parts() {
      yield `${++count}`;
      yield `${++count}`;
    }
    const { answer, trailers } = await get(async () => ({
      ...text(parts()),
      trailers: () => ({ "X-Count": `${count}` }),
    }));
    expect(await allOf(answer)).toBe("12");
    expect(trailers()["x-count"]).toBe("2");
  });

  test("to HEAD is its head alone, and ends its producer", async () => {
    let isEnded = false;
    let produced = 0;
    async function* parts() {
      try {
        for (;;) {
          produced += 1;
          yield "x".repeat(1000);
        }
      } finally {
        isEnded = true;
      }
    }
    const { answer, errors } = await get(async () => text(parts()), "HEAD");
    expect(await allOf(answer)).toBe("");
    await vi.waitUntil(() => isEnded);
    expect(produced).toBe(1);
    expect(errors).toEqual([]);
  });

  test("is finished in a shutdown", async () => {
    const second = Promise.withResolvers<string>();
    async function* parts() {
      yield "begun ";
      yield await second.promise;
    }
    const { answer, listener } = await get(async () => text(parts()));
    let seen = "";
    let closed: Promise<void> | undefined;
    for await (const chunk of await answer) {
      seen += chunk;
      closed ??= listener.close(60_000);
      second.resolve("and ended");
    }
    expect(seen).toBe("begun and ended");
    await closed;
  });
});

describe.each(transports)("an upload over $name", ({ fastPath, ask }) => {
  async function upload(serve: Serve) {
    const running = await start(serve, { fastPath });
    return { ...running, ...ask(running.url, "POST") };
  }

  test("is taken no faster than it is read, however long it is", async () => {
    const part = Buffer.alloc(64 * 1024);
    const total = 128 * MIB;
    let sent = 0;
    let read = 0;
    let mostUnderWay = 0;
    const client = await upload(async ({ body }) => {
      for await (const chunk of body.chunks()) {
        read += chunk.length;
        mostUnderWay = Math.max(mostUnderWay, sent - read);
      }
      return text(`${read}`);
    });
    while (sent < total) {
      sent += part.length;
      if (!client.upload.write(part)) {
        await once(client.upload, "drain");
      }
    }
    client.upload.end();
    expect(await allOf(client.answer)).toBe(`${total}`);
    expect(mostUnderWay).toBeLessThan(MAX_UNDER_WAY);
  });

  test("may be answered part by part while it goes on", async () => {
    async function* answers(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        yield `got ${Buffer.from(chunk)}`;
      }
    }
    const client = await upload(async ({ body }) => text(answers(body.chunks())));
    client.upload.write("1");
    const seen: string[] = [];
    for await (const line of await client.answer) {
      seen.push(`${line}`);
      if (seen.length < 3) {
        client.upload.write(`${seen.length + 1}`);
      } else {
        client.upload.end();
      }
    }
    expect(seen).toEqual(["got 1", "got 2", "got 3"]);
  });

  test.each<[string, (request: Request, hasBegun: () => void) => Promise<unknown>]>([
    [
      "reads it in chunks",
      async ({ body }, hasBegun) => {
        for await (const _ of body.chunks()) {
          hasBegun();
        }
      },
    ],
    [
      "reads it whole",
      async ({ body }, hasBegun) => {
        const whole = body.whole(1000);
        hasBegun();
        await whole;
      },
    ],
    [
      "begins to read it only then, in chunks",
      async (request, hasBegun) => {
        hasBegun();
        await new Promise<void>((resolve) => request.onceOver(resolve));
        await Array.fromAsync(request.body.chunks());
      },
    ],
    [
      "begins to read it only then, whole",
      async (request, hasBegun) => {
        hasBegun();
        await new Promise<void>((resolve) => request.onceOver(resolve));
        await request.body.whole(1000);
      },
    ],
  ])("whose client leaves is ClientGone to whoever %s", async (_, read) => {
    const begun = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    const client = await upload(async (request) => {
      await read(request, begun.resolve).then(
        () => seen.push("all"),
        (error: Error) => seen.push(error.name),
      );
      return text("");
    });
    client.upload.write("abc");
    await begun.promise;
    client.leave();
    await vi.waitUntil(() => seen.length > 0);
    expect(seen).toEqual(["ClientGone"]);
    expect(client.errors).toEqual([]);
  });

  test.each<[string, (request: Request) => Promise<Answer>]>([
    ["before it is read", async () => text("enough")],
    ["when some of it is read", async ({ body }) => text(`${await firstOf(body.chunks())}`)],
    ["with a stream, before it is read", async () => text(parts())],
    [
      "with a stream, when some of it is read",
      async ({ body }) => {
        await firstOf(body.chunks());
        return text(parts());
      },
    ],
  ])("that goes on without end may be answered %s, and is stopped then", async (_, serve) => {
    const client = await upload(serve);
    const part = Buffer.from("enough".padEnd(64 * 1024));
    let isStopped = false;
    client.upload.on("close", () => {
      isStopped = true;
    });
    const sendOn = () => {
      while (!isStopped && !client.upload.destroyed && client.upload.write(part)) {}
    };
    client.upload.on("drain", sendOn);
    sendOn();
    const response = await client.answer;
    let begin = "";
    response.on("data", (chunk: Buffer) => {
      begin = (begin + chunk).slice(0, 6);
    });
    response.on("error", () => {});
    await vi.waitUntil(() => isStopped && begin.length === 6, { timeout: 4000 });
    expect(begin).toBe("enough");
    expect(client.errors).toEqual([]);
  });
});

async function firstOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) {
    return Buffer.from(chunk);
  }
  return Buffer.alloc(0);
}

async function* parts() {
  yield "enough";
}

describe.each([{ fastPath: true }, { fastPath: false }])(
  "an HTTP/1.1 connection, fast path: $fastPath",
  ({ fastPath }) => {
    const NEXT = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
    const POST = "POST / HTTP/1.1\r\nHost: x\r\n";

    test.each<[string, string, string, Serve]>([
      ["a short body that nobody read", `${POST}Content-Length: 70000\r\n\r\n`, "x".repeat(70_000), answerUnread],
      [
        "the rest of a body in chunks",
        `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
        "0\r\n\r\n",
        answerBegun,
      ],
    ])("goes on behind a stream that answered %s", async (_, begin, end, serve) => {
      const { port } = await start((request) => (request.url === "/next" ? answerNext() : serve(request)), {
        fastPath,
      });
      const wire = new Wire(port);
      await wire.send(begin);
      await wire.sees(/enough\r\n0\r\n\r\n/);
      await wire.send(end + NEXT);
      await wire.sees(/the next$/);
      wire.socket.destroy();
    });

    test("goes on behind an answer to a short body that nobody read", async () => {
      const serve = async ({ url }: Request) => text(url === "/next" ? "the next" : "enough");
      const { port } = await start(serve, { fastPath });
      const wire = new Wire(port);
      await wire.send(`${POST}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`);
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
      const limit = 300;
      async function* answers({ body }: Request) {
        for await (const chunk of body.chunks()) {
          yield `got ${Buffer.from(chunk)}`;
        }
      }
      const { port } = await start(async (request) => text(answers(request)), {
        fastPath,
        headers: limit,
        request: limit,
        check: 10,
      });
      const wire = new Wire(port);
      const begin = performance.now();
      await wire.send(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
      for (let sent = 1; performance.now() - begin < 3 * limit; sent++) {
        await wire.send(`4\r\n${String(sent).padStart(4)}\r\n`);
        await wire.sees(new RegExp(`got +${sent}\\r`));
        wire.received = "";
      }
      const end = performance.now();
      await wire.closed;
      expect(performance.now() - end).toBeGreaterThan(limit / 2);
      expect(wire.received).toBe("");
    });

    test("is answered 408 when an upload that is read as it comes falls silent before its answer", async () => {
      const serve = async ({ body }: Request) => text(`${(await Array.fromAsync(body.chunks())).length}`);
      const { port } = await start(serve, { fastPath, headers: 40, request: 40, check: 10 });
      const wire = new Wire(port);
      await wire.send(`${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
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
      await (hasBegun ? wire.sees(/begun/) : vi.waitUntil(() => isAsked));
      wire.socket.end();
      await wire.closed;
      await vi.waitUntil(() => isEnded);
      expect(wire.received).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(errors).toEqual([]);
    });

    async function answerUnread() {
      return text(parts());
    }

    async function answerBegun({ body }: Request) {
      await firstOf(body.chunks());
      return text(parts());
    }

    async function answerNext() {
      return text("the next");
    }
  },
);
