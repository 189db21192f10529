import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http2";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { MIN_COMPRESSED_BYTES } from "#src/http/compression/compress.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { http2Client } from "../http/support.ts";
import { type GeneratedFixture, generateFixture } from "../rest/fixture/generate.ts";
import { ROOT, startRpc } from "./support.ts";

let fixture: GeneratedFixture;

beforeAll(async () => {
  fixture = await generateFixture();
}, 60_000);

afterAll(() => fixture.remove());

/** A message of the fixture, whose types there are only once its code is generated. */
type Item = { title?: string; count?: number; book?: { title: string; genres?: string[] }; imported?: number };

const LONG = "many words, ".repeat(500);

const handlers = {
  async putBook({ book }: Item) {
    return { book };
  },
  async importBooks(books: AsyncIterable<Item>) {
    return { imported: (await Array.fromAsync(books)).length };
  },
  async *exportBooks({ count = 0 }: Item) {
    for (let number = 0; number < count; number++) {
      yield { book: { title: `${number} ${LONG}` } };
    }
  },
  async *lendBooks(loans: AsyncIterable<Item>) {
    for await (const { title = "" } of loans) {
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

const compressed = (compression: typeof compressionGzip) => ({
  sendCompression: compression,
  acceptCompression: [compression],
  compressMinBytes: 0,
});

const transports: [string, (baseUrl: string) => Transport][] = [
  ["gzip", compressionGzip] as const,
  ["br", compressionBrotli] as const,
].flatMap(([name, compression]): [string, (baseUrl: string) => Transport][] => {
  const all = compressed(compression);
  return [
    [`Connect, ${name}`, (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", ...all })],
    [
      `Connect's JSON, ${name}`,
      (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false, ...all }),
    ],
    [`gRPC, ${name}`, (baseUrl) => createGrpcTransport({ baseUrl, ...all })],
    [`gRPC-Web, ${name}`, (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", ...all })],
  ];
});

describe.each(transports)("%s", (_, transport) => {
  async function clientOf() {
    const served = await serve();
    return { ...served, client: createClient(fixture.service, transport(served.url)) as never as typeof handlers };
  }
  const root = { headers: ROOT } as never;

  async function* several(count: number): AsyncGenerator<Item> {
    for (let number = 0; number < count; number++) {
      yield { title: `${number} ${LONG}`, book: { title: `${number}` } };
    }
  }

  test("a unary call is read and answered", async () => {
    const { client, counted } = await clientOf();
    const { book } = (await client.putBook({ book: { title: LONG.slice(0, 1500), genres: [] } })) as Item;
    expect(book?.title).toBe(LONG.slice(0, 1500));
    expect(counted).toEqual([expect.stringMatching(/ putBook OK$/)]);
  });

  test("an upload is read", async () => {
    const { client } = await clientOf();
    const call = client.importBooks as never as (books: AsyncIterable<Item>, options: never) => Promise<Item>;
    const books = (async function* () {
      for await (const { book } of several(20)) {
        yield { book } as Item;
      }
    })();
    expect(await call(books, root)).toMatchObject({ imported: 20 });
  });

  test("a download is answered", async () => {
    const { client } = await clientOf();
    const titles: unknown[] = [];
    for await (const { book } of client.exportBooks({ count: 3 }) as AsyncIterable<Item>) {
      titles.push(book?.title);
    }
    expect(titles).toEqual([`0 ${LONG}`, `1 ${LONG}`, `2 ${LONG}`]);
  });
});

const compressors = { gzip: gzipSync, zstd: zstdCompressSync, br: brotliCompressSync, deflate: deflateSync };
type Name = keyof typeof compressors;

function putBook(title: string): Buffer {
  const desc = fixture.service.methods.find(({ name }) => name === "PutBook");
  return desc === undefined
    ? expect.unreachable()
    : Buffer.from(toBinary(desc.input, create(desc.input, { book: { title } } as never)));
}

interface Seen {
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
}

/** Calls PutBook over HTTP/2. */
async function send(url: string, type: string, headers: OutgoingHttpHeaders, body: Uint8Array): Promise<Seen> {
  const session = await http2Client(url);
  const path = "/fixture.v1.LibraryService/PutBook";
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": type, ...headers });
  stream.on("error", () => {});
  stream.end(body);
  let trailers = {};
  stream.on("trailers", (all) => {
    trailers = all;
  });
  const [answered] = await once(stream, "response");
  const chunks: Buffer[] = await stream.toArray();
  session.close();
  return { headers: answered, trailers, body: Buffer.concat(chunks) };
}

describe.each(Object.keys(compressors) as Name[])("%s", (encoding) => {
  test("is read in a unary call of Connect, and answered when it is accepted and worth it", async () => {
    const { url } = await serve();
    const body = compressors[encoding](putBook("t".repeat(MIN_COMPRESSED_BYTES)));
    const sent = { "content-encoding": encoding };
    const plain = await send(url, "application/proto", sent, body);
    expect([plain.headers[":status"], plain.headers["content-encoding"]]).toEqual([200, undefined]);
    const answer = await send(url, "application/proto", { ...sent, "accept-encoding": encoding }, body);
    expect([answer.headers[":status"], answer.headers["content-encoding"]]).toEqual([200, encoding]);
    expect(answer.body.length).toBeLessThan(200);
    const small = compressors[encoding](putBook("t"));
    const smallAnswer = await send(url, "application/proto", { ...sent, "accept-encoding": encoding }, small);
    expect([smallAnswer.headers[":status"], smallAnswer.headers["content-encoding"]]).toEqual([200, undefined]);
  });

  test("is read in a unary call of gRPC, and answered when it is accepted and worth it", async () => {
    const { url } = await serve();
    const body = closeEnvelope(compressors[encoding](putBook("t".repeat(MIN_COMPRESSED_BYTES))), true);
    const sent = { "grpc-encoding": encoding };
    const plain = await send(url, "application/grpc", sent, body);
    expect([plain.trailers["grpc-status"], plain.headers["grpc-encoding"], plain.body[0]]).toEqual(["0", undefined, 0]);
    const accepted = { ...sent, "grpc-accept-encoding": `identity,${encoding}` };
    const answer = await send(url, "application/grpc", accepted, body);
    expect([answer.trailers["grpc-status"], answer.headers["grpc-encoding"], answer.body[0]]).toEqual([
      "0",
      encoding,
      1,
    ]);
    expect(answer.body.length).toBeLessThan(200);
    const uncompressed = await send(url, "application/grpc", accepted, closeEnvelope(putBook("t")));
    expect([uncompressed.trailers["grpc-status"], uncompressed.body[0]]).toEqual(["0", 0]);
  });
});

test.each([
  ["application/proto", (bytes: Uint8Array) => bytes, "content-encoding"],
  ["application/grpc", (bytes: Uint8Array) => closeEnvelope(bytes, true), "grpc-encoding"],
  ["application/grpc-web", (bytes: Uint8Array) => closeEnvelope(bytes, true), "grpc-encoding"],
])("a bomb as %s is refused as too large", async (type, frame, header) => {
  const { url, counted, errors } = await serve();
  const bomb = zstdCompressSync(Buffer.alloc(200 * 1024 * 1024));
  await send(url, type, { [header]: "zstd" }, frame(bomb));
  expect(counted).toEqual([expect.stringMatching(/ putBook BODY_TOO_LARGE$/)]);
  expect(errors).toEqual([]);
});

test.each(["application/grpc", "application/grpc-web", "application/grpc+json"])(
  "%s in an encoding that nobody knows is unimplemented, and told which are understood",
  async (type) => {
    const { url } = await serve();
    const { headers, trailers, body } = await send(
      url,
      type,
      { "grpc-encoding": "snappy" },
      closeEnvelope(putBook("t")),
    );
    expect(`${body}${JSON.stringify([trailers, headers])}`).toMatch(/"?grpc-status"?: ?"?12/);
    expect(headers["grpc-accept-encoding"]).toBe("gzip,zstd,br,deflate");
  },
);
