import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http2";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { http2Client } from "../http/support.ts";
import { type GeneratedFixture, generateFixture } from "../rest/fixture/generate.ts";
import { ROOT, startRpc } from "./support.ts";

let fixture: GeneratedFixture;

beforeAll(async () => {
  fixture = await generateFixture();
}, 60_000);

afterAll(() => fixture.remove());

/** The methods that are called: one of each kind, with a request that is good. */
const requests = {
  PutBook: { book: { title: "Emma" } },
  ImportBooks: { book: { title: "Emma" } },
  ExportBooks: { count: 1 },
  LendBooks: { title: "Emma" },
};

type Name = keyof typeof requests;

/** Handlers that read all of their requests. */
const handlers = {
  putBook: async () => ({}),
  importBooks: async (books: AsyncIterable<unknown>) => ({ imported: (await Array.fromAsync(books)).length }),
  async *exportBooks() {
    yield {};
  },
  async *lendBooks(loans: AsyncIterable<{ title: string }>) {
    for await (const { title } of loans) {
      yield { title };
    }
  },
};

async function serve() {
  const unused = Object.fromEntries(
    ["findBooks", "readCard", "stampCard", "countBooks"].map((name) => [name, async () => ({})]),
  );
  const all = { ...unused, ...handlers } as unknown as Handlers<typeof fixture.service>;
  return startRpc(methodsOf(fixture.service, all, fixture.contracts));
}

function encode(name: Name): Buffer {
  const desc = fixture.service.methods.find((method) => method.name === name);
  return desc === undefined
    ? expect.unreachable()
    : closeEnvelope(toBinary(desc.input, create(desc.input, requests[name] as never)));
}

/** The protocols whose calls Connect's library reads, with the method kinds that it reads in each. */
const streams: readonly Name[] = ["ImportBooks", "ExportBooks", "LendBooks"];
const calls: readonly (readonly [Name, string])[] = [
  ["PutBook", "application/grpc-web+proto"],
  ...["application/grpc-web+proto", "application/grpc", "application/connect+proto"].flatMap((type) =>
    streams.map((name) => [name, type] as const),
  ),
];

interface Wrong {
  readonly headers?: OutgoingHttpHeaders;
  /** The body, made of a good one. */
  readonly body?: (good: Buffer) => Buffer;
  /** What the call is counted by. */
  readonly code: (name: Name) => string;
}

/** What is wrong with a request. */
const wrongs: Record<string, Wrong> = {
  "is compressed in a way that nobody knows, it says": {
    headers: { "grpc-encoding": "snappy", "connect-content-encoding": "snappy" },
    code: () => "OTHER",
  },
  "has a deadline that can't be read": {
    headers: { "grpc-timeout": "soon", "connect-timeout-ms": "soon" },
    code: (name) => (name === "PutBook" ? "OTHER" : "INVALID_BODY"),
  },
  "has a message that is cut off": { body: (good) => good.subarray(0, -1), code: () => "INVALID_BODY" },
  "has half a head of a message": { body: (good) => good.subarray(0, 3), code: () => "INVALID_BODY" },
  "has a cut-off message behind a good one": {
    body: (good) => Buffer.concat([good, good.subarray(0, -1)]),
    code: () => "INVALID_BODY",
  },
  "has bytes that are no message": {
    body: () => closeEnvelope(Uint8Array.of(10, 200, 1, 2)),
    code: () => "INVALID_BODY",
  },
  "has a message that is too large": {
    body: () => closeEnvelope(Buffer.alloc(1024 * 1024 + 1)),
    code: () => "BODY_TOO_LARGE",
  },
  "has a message whose flag says that it is compressed": {
    body: (good) => Buffer.concat([Buffer.of(1), good.subarray(1)]),
    // The protocols want `internal`, which only the library says.
    code: (name) => (name === "PutBook" ? "INVALID_BODY" : "OTHER"),
  },
  "has a message that is not compressed as it says": {
    headers: { "grpc-encoding": "gzip", "connect-content-encoding": "gzip" },
    body: (good) => Buffer.concat([Buffer.of(1), good.subarray(1)]),
    code: () => "INVALID_BODY",
  },
  "has a message that unpacks to too much": {
    headers: { "grpc-encoding": "gzip", "connect-content-encoding": "gzip" },
    body: () => closeEnvelope(gzipSync(Buffer.alloc(1024 * 1024 + 1)), true),
    code: () => "BODY_TOO_LARGE",
  },
  "has no message": {
    body: () => Buffer.alloc(0),
    code: (name) => ({ PutBook: "INVALID_BODY", ImportBooks: "OK", ExportBooks: "OTHER", LendBooks: "OK" })[name],
  },
  "has two messages": {
    body: (good) => Buffer.concat([good, good]),
    code: (name) => ({ PutBook: "INVALID_BODY", ImportBooks: "OK", ExportBooks: "OTHER", LendBooks: "OK" })[name],
  },
};

/** Lets all that a call has begun come to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(setImmediate);
  }
}

async function send(
  url: string,
  name: Name,
  type: string,
  headers: OutgoingHttpHeaders,
  body: Buffer,
): Promise<number> {
  const session = await http2Client(url);
  const path = `/fixture.v1.LibraryService/${name}`;
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": type, ...ROOT, ...headers });
  stream.on("error", () => {});
  stream.end(body);
  const [answer] = await once(stream, "response");
  stream.resume();
  await once(stream, "end");
  session.close();
  return answer[":status"];
}

const cases = calls.flatMap(([name, type]) =>
  Object.entries(wrongs).map(([wrong, how]) => [name, type, wrong, how] as const),
);

test.each(cases)("a call of %s as %s that %s is answered, and counted once", async (name, type, _, how) => {
  const { url, counted, whenCounted, logged, errors } = await serve();
  const good = encode(name);
  expect(await send(url, name, type, how.headers ?? {}, how.body?.(good) ?? good)).toBe(200);
  await whenCounted(1);
  await settle();
  expect(counted).toEqual([expect.stringMatching(new RegExp(` ${name} ${how.code(name)}$`, "i"))]);
  expect([logged, errors]).toEqual([[], []]);
});

test.each(calls)("a call of %s as %s whose client leaves amid a message is counted once", async (name, type) => {
  const { url, counted, whenCounted, logged, errors } = await serve();
  const session = await http2Client(url);
  const path = `/fixture.v1.LibraryService/${name}`;
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": type, ...ROOT });
  stream.on("error", () => {});
  const good = encode(name);
  await new Promise((resolve) => stream.write(Buffer.concat([good, good.subarray(0, -1)]), resolve));
  session.destroy();
  await whenCounted(1);
  await settle();
  expect(counted).toEqual([expect.stringMatching(/ OTHER$/)]);
  expect([logged, errors]).toEqual([[], []]);
});

test.each(["text/plain", "application/json"])("a stream as %s, which no protocol has, is not counted", async (type) => {
  const { url, counted, logged, errors } = await serve();
  expect(await send(url, "ImportBooks", type, {}, encode("ImportBooks"))).toBe(415);
  await settle();
  expect([counted, logged, errors]).toEqual([[], [], []]);
});
