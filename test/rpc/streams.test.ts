import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import type { Call } from "#src/call/call.ts";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { ClientGone, StreakdError } from "#src/errors.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { type GeneratedFixture, generateFixture } from "../rest/fixture/generate.ts";
import { ROOT, startRpc } from "./support.ts";

let fixture: GeneratedFixture;

beforeAll(async () => {
  fixture = await generateFixture();
}, 60_000);

afterEach(() => void vi.useRealTimers());

afterAll(() => fixture.remove());

/** A message of the fixture, whose types there are only once its code is generated. */
type Item = { title?: string; count?: number; book?: { title: string }; imported?: number };

/** What serves the fixture's streams: the upload, the download, and both at once. */
interface Streams {
  importBooks(requests: AsyncIterable<Item>, call: Call): Promise<Item>;
  exportBooks(request: Item, call: Call): AsyncIterable<Item>;
  lendBooks(requests: AsyncIterable<Item>, call: Call): AsyncIterable<Item>;
}

const unused = async () => expect.unreachable();

const working: Streams = {
  async importBooks(requests) {
    let imported = 0;
    for await (const _ of requests) {
      imported += 1;
    }
    return { imported };
  },
  async *exportBooks({ count = 0 }) {
    for (let number = 1; number <= count; number++) {
      yield { book: { title: `${number}` } };
    }
  },
  async *lendBooks(requests) {
    for await (const { title = "" } of requests) {
      yield { title };
    }
  },
};

function serve(streams: Partial<Streams>) {
  const unary = { findBooks: unused, putBook: unused, readCard: unused, stampCard: unused, countBooks: unused };
  const handlers = { ...unary, ...working, ...streams } as unknown as Handlers<typeof fixture.service>;
  return startRpc(methodsOf(fixture.service, handlers, fixture.contracts));
}

/** How long a caller waits, in milliseconds. */
const TIMEOUT_MS = 100;

/** The header that says so. A client that is told so by an option would give up by itself. */
const CONNECT_TIMEOUT = { "connect-timeout-ms": `${TIMEOUT_MS}` };
const GRPC_TIMEOUT = { "grpc-timeout": `${TIMEOUT_MS}m` };

const protocols: [string, (baseUrl: string) => Transport, Record<string, string>][] = [
  ["Connect, HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }), CONNECT_TIMEOUT],
  [
    "Connect's JSON, HTTP/2",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false }),
    CONNECT_TIMEOUT,
  ],
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl }), GRPC_TIMEOUT],
  ["gRPC-Web, HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }), GRPC_TIMEOUT],
  ["gRPC-Web, HTTP/2", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" }), GRPC_TIMEOUT],
];

interface Options {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** The fixture's client, with each kind of stream as a function of messages to messages. */
function clientOf(transport: Transport) {
  const client = createClient(fixture.service, transport) as unknown as {
    importBooks(requests: AsyncIterable<Item>, options: Options): Promise<Item>;
    exportBooks(request: Item, options: Options): AsyncIterable<Item>;
    lendBooks(requests: AsyncIterable<Item>, options: Options): AsyncIterable<Item>;
  };
  return {
    async *importBooks(requests: AsyncIterable<Item>, options: Options) {
      yield await client.importBooks(requests, options);
    },
    async *exportBooks(requests: AsyncIterable<Item>, options: Options) {
      for await (const request of requests) {
        yield* client.exportBooks(request, options);
      }
    },
    lendBooks: client.lendBooks,
  };
}

type Kind = keyof Streams;

/** Every protocol with every kind of stream that it has: both at once needs HTTP/2. */
const cases = protocols.flatMap(([protocol, transport, timeout]) =>
  (["importBooks", "exportBooks", "lendBooks"] as const)
    .filter((kind) => kind !== "lendBooks" || !protocol.includes("HTTP/1.1"))
    .map((kind) => [kind, protocol, transport, timeout] as const),
);

/** Messages that are good for each kind of stream. */
const good: Record<Kind, (number: number) => Item> = {
  importBooks: (number) => ({ book: { title: `${number}` } }),
  exportBooks: () => ({ count: 3 }),
  lendBooks: (number) => ({ title: `${number}` }),
};

async function* messages(kind: Kind): AsyncGenerator<Item> {
  for (let number = 1; number <= (kind === "exportBooks" ? 1 : 3); number++) {
    yield good[kind](number);
  }
}

/** The first message that a stream needs, and none after it for as long as the test lasts. */
async function* firstMessage(kind: Kind): AsyncGenerator<Item> {
  yield good[kind](1);
  if (kind !== "exportBooks") {
    await new Promise(() => {});
  }
}

/** A handler of any kind that tells its call once it has a message, and then waits for more until it has to stop. */
function waiting(): { readonly streams: Streams; readonly begun: Promise<Call>; readonly ended: Promise<unknown> } {
  const begun = Promise.withResolvers<Call>();
  const ended = Promise.withResolvers<unknown>();
  async function wait(request: Item | AsyncIterable<Item>, call: Call): Promise<never> {
    try {
      for await (const _ of Symbol.asyncIterator in request ? request : [request]) {
        begun.resolve(call);
      }
      await new Promise((_, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason)));
      return expect.unreachable();
    } catch (error) {
      ended.resolve(error);
      throw error;
    }
  }
  // biome-ignore lint/correctness/useYield: it is stopped before its first message
  async function* waitStreaming(request: Item | AsyncIterable<Item>, call: Call) {
    await wait(request, call);
  }
  const streams = { importBooks: wait, exportBooks: waitStreaming, lendBooks: waitStreaming };
  return { streams, begun: begun.promise, ended: ended.promise };
}

/** What a stream brings, and the error that it ends with. */
async function collect(stream: AsyncIterable<Item>): Promise<{ readonly items: Item[]; readonly error?: object }> {
  const items: Item[] = [];
  try {
    for await (const item of stream) {
      items.push(item);
    }
    return { items };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const reasons = error.findDetails(ErrorInfoSchema).map(({ reason }) => reason);
    return { items, error: { code: error.code, message: error.rawMessage, reasons } };
  }
}

/** What metrics call the protocol. */
function nameOf(protocol: string): string {
  return protocol.startsWith("gRPC-Web") ? "grpc-web" : protocol.startsWith("gRPC") ? "grpc" : "connect";
}

describe.each(cases)("%s over %s", (kind, protocol, transport, timeout) => {
  const counted = (code: string) => [`${nameOf(protocol)} ${kind} ${code}`];

  test("brings every message, and is counted when it ends", async () => {
    const server = await serve({});
    const { items } = await collect(clientOf(transport(server.url))[kind](messages(kind), { headers: ROOT }));
    expect(items).toMatchObject(
      kind === "importBooks"
        ? [{ imported: 3 }]
        : ["1", "2", "3"].map((title) => (kind === "lendBooks" ? { title } : { book: { title } })),
    );
    await server.whenCounted(1);
    expect([server.counted, server.logged, server.errors]).toEqual([counted("OK"), [], []]);
  });

  test("ends with the caller's deadline, which the handler learns by its signal", async () => {
    const { streams, begun, ended } = waiting();
    const server = await serve(streams);
    const client = clientOf(transport(server.url));
    // Time stands still until the handler has begun, however busy the machine is.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const collected = collect(client[kind](firstMessage(kind), { headers: { ...ROOT, ...timeout } }));
    const { signal } = await begun;
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect((await collected).error).toMatchObject({ code: Code.DeadlineExceeded, reasons: ["DEADLINE_EXCEEDED"] });
    expect(await ended).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(signal.reason).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await server.whenCounted(1);
    expect([server.counted, server.logged, server.errors]).toEqual([counted("DEADLINE_EXCEEDED"), [], []]);
  });

  test("ends when the client leaves, which the handler learns by its signal", async () => {
    const { streams, begun, ended } = waiting();
    const server = await serve(streams);
    const leaving = new AbortController();
    const call = clientOf(transport(server.url))[kind](firstMessage(kind), { headers: ROOT, signal: leaving.signal });
    const collected = collect(call);
    const { signal } = await begun;
    leaving.abort();
    expect(await ended).toBeInstanceOf(ClientGone);
    expect(signal.reason).toBeInstanceOf(ClientGone);
    expect((await collected).error).toMatchObject({ code: Code.Canceled });
    await server.whenCounted(1);
    expect([server.counted, server.logged, server.errors]).toEqual([counted("OTHER"), [], []]);
  });

  test("ends with an error in the middle, behind what came before it", async () => {
    async function* failing(): AsyncGenerator<Item> {
      yield { title: "1", book: { title: "1" } };
      throw new StreakdError("NOT_FOUND", "No “more” books, 100 %.");
    }
    const server = await serve({
      async importBooks(requests) {
        for await (const _ of requests) {
          throw new StreakdError("NOT_FOUND", "No “more” books, 100 %.");
        }
        return expect.unreachable();
      },
      exportBooks: failing,
      lendBooks: failing,
    });
    const { items, error } = await collect(clientOf(transport(server.url))[kind](messages(kind), { headers: ROOT }));
    expect(items).toHaveLength(kind === "importBooks" ? 0 : 1);
    expect(error).toEqual({ code: Code.NotFound, message: "No “more” books, 100 %.", reasons: ["NOT_FOUND"] });
    await server.whenCounted(1);
    expect([server.counted, server.logged, server.errors]).toEqual([counted("NOT_FOUND"), [], []]);
  });

  test("hides a failure of ours in the middle, and logs it once", async () => {
    async function* failing(): AsyncGenerator<Item> {
      yield { title: "1", book: { title: "1" } };
      throw new Error("a secret");
    }
    const server = await serve({
      importBooks: () => Promise.reject(new Error("a secret")),
      exportBooks: failing,
      lendBooks: failing,
    });
    const { error } = await collect(clientOf(transport(server.url))[kind](messages(kind), { headers: ROOT }));
    expect(error).toMatchObject({ code: Code.Internal, reasons: ["INTERNAL"] });
    expect(error).not.toMatchObject({ message: expect.stringContaining("secret") });
    await server.whenCounted(1);
    expect(server.counted).toEqual(counted("INTERNAL"));
    expect(server.logged).toEqual([expect.stringMatching(/^fixture\.v1\.LibraryService\/\w+: a secret$/)]);
  });

  test("lets a handler end it before all messages are read", async () => {
    const server = await serve({
      importBooks: async () => ({ imported: 7 }),
      async *exportBooks() {},
      async *lendBooks() {},
    });
    const client = clientOf(transport(server.url));
    const { items, error } = await collect(client[kind](firstMessage(kind), { headers: ROOT }));
    expect(error).toBeUndefined();
    expect(items).toMatchObject(kind === "importBooks" ? [{ imported: 7 }] : []);
    await server.whenCounted(1);
    expect(server.counted).toEqual(counted("OK"));
  });
});

const uploads = cases.filter(([kind]) => kind === "importBooks");

describe.each(uploads)("the upload %s over %s", (kind, protocol, transport) => {
  const counted = (code: string) => [`${nameOf(protocol)} ${kind} ${code}`];

  /** Uploads these, and returns what the client is told and which of them the handler got. */
  async function upload(requests: AsyncIterable<Item>, headers: Record<string, string>) {
    const seen: (string | undefined)[] = [];
    const server = await serve({
      async importBooks(books) {
        for await (const { book } of books) {
          seen.push(book?.title);
        }
        return { imported: seen.length };
      },
    });
    const { error } = await collect(clientOf(transport(server.url)).importBooks(requests, { headers }));
    await server.whenCounted(1);
    expect([server.logged, server.errors]).toEqual([[], []]);
    return { error, seen, counted: server.counted };
  }

  test("is refused at a message that is larger than the method's limit", async () => {
    async function* requests() {
      yield { book: { title: "x".repeat(1000) } };
      yield { book: { title: "x".repeat(1024) } };
    }
    const told = await upload(requests(), ROOT);
    expect(told.error).toMatchObject({ code: Code.ResourceExhausted, reasons: ["BODY_TOO_LARGE"] });
    // The first may have come with it, and is refused with it then.
    expect(told.seen.length).toBeLessThan(2);
    expect(told.counted).toEqual(counted("BODY_TOO_LARGE"));
  });

  test("is refused at the message that breaks a rule of the contract", async () => {
    async function* requests() {
      yield { book: { title: "1" } };
      yield { book: { title: "2" } };
      yield { book: { title: "" } };
      yield { book: { title: "4" } };
    }
    const told = await upload(requests(), ROOT);
    expect(told.error).toEqual({
      code: Code.InvalidArgument,
      message: "Message 3: book.title is required and must not be empty.",
      reasons: ["INVALID_BODY"],
    });
    expect(told).toMatchObject({ seen: ["1", "2"], counted: counted("INVALID_BODY") });
  });

  test("is refused for bad credentials before any message is read", async () => {
    async function* never(): AsyncGenerator<Item> {
      await new Promise(() => {});
    }
    const told = await upload(never(), { "X-Admin-Token": "wrong" });
    expect(told.error).toMatchObject({ code: Code.Unauthenticated, reasons: ["UNAUTHORIZED"] });
    expect(told).toMatchObject({ seen: [], counted: counted("UNAUTHORIZED") });
  });
});

test.each([
  [
    "has a key twice",
    Buffer.from('{"book":{"title":"first"},"book":{"title":"last"}}'),
    { seen: ["last"], code: "OK" },
  ],
  ["is not UTF-8", Buffer.from('{"book":{"title":"\xff"}}', "latin1"), { seen: [], code: "INVALID_BODY" }],
])("a message of an upload in JSON that %s is read as in a unary call", async (_, message, { seen, code }) => {
  const titles: unknown[] = [];
  const { url, counted } = await serve({
    async importBooks(requests) {
      for await (const { book } of requests) {
        titles.push(book?.title);
      }
      return {};
    },
  });
  await fetch(`${url}/fixture.v1.LibraryService/ImportBooks`, {
    method: "POST",
    headers: { ...ROOT, "Content-Type": "application/connect+json" },
    body: new Uint8Array(closeEnvelope(message)),
  });
  expect([titles, counted]).toEqual([seen, [`connect importBooks ${code}`]]);
});

test("a stream both ways is refused over HTTP/1.1, whose clients can't have one", async () => {
  const server = await serve({});
  const response = await fetch(`${server.url}/fixture.v1.LibraryService/LendBooks`, {
    method: "POST",
    headers: { "Content-Type": "application/connect+proto" },
    body: "x",
  });
  expect([response.status, response.headers.get("connection"), await response.text()]).toEqual([505, "close", ""]);
  expect([server.counted, server.logged, server.errors]).toEqual([[], [], []]);
});

test.each(["OPTIONS", "GET", "PUT"])(
  "%s on a stream of any kind, over HTTP/1.1 too, is told what is allowed",
  async (method) => {
    const { url } = await serve({});
    for (const name of ["ImportBooks", "ExportBooks", "LendBooks"]) {
      const response = await fetch(`${url}/fixture.v1.LibraryService/${name}`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect(await response.json()).toMatchObject({ error: "METHOD_NOT_ALLOWED" });
    }
  },
);
