import { once } from "node:events";
import type { ClientHttp2Stream } from "node:http2";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { http2Client } from "../http/support.ts";
import { type GeneratedFixture, generateFixture } from "../rest/fixture/generate.ts";
import { ROOT, startRpc } from "./support.ts";

/** How many messages a stream has, and how many the client sends at once. */
const MESSAGES = 200_000;
const BATCH = 1_000;

/** How much more memory may be held at the end of a stream than soon after its begin, in bytes: some 20 for each message. */
const MAX_GROWTH_BYTES = 4 * 1024 * 1024;

let fixture: GeneratedFixture;
let collectGarbage: () => void;

beforeAll(async () => {
  fixture = await generateFixture();
  setFlagsFromString("--expose-gc");
  collectGarbage = runInNewContext("gc");
}, 60_000);

afterAll(() => fixture.remove());

/** Measures the memory that is held when a stream has begun, and when it is about to end. */
function createScale() {
  const held: number[] = [];
  let seen = 0;
  return {
    /** One message more. */
    count() {
      seen += 1;
      if (seen === MESSAGES / 10 || seen === MESSAGES) {
        collectGarbage();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        held.push(heapUsed + arrayBuffers);
      }
    },
    /** How much more is held at the end. */
    get growth(): number {
      return (held[1] ?? Number.NaN) - (held[0] ?? Number.NaN);
    },
  };
}

async function serve(handlers: object) {
  const others = [
    "findBooks",
    "putBook",
    "readCard",
    "stampCard",
    "countBooks",
    "importBooks",
    "exportBooks",
    "lendBooks",
  ];
  const unused = Object.fromEntries(others.map((name) => [name, () => expect.unreachable(name)]));
  const all = { ...unused, ...handlers } as unknown as Handlers<typeof fixture.service>;
  return startRpc(methodsOf(fixture.service, all, fixture.contracts));
}

async function call(url: string, method: string, type: string): Promise<ClientHttp2Stream> {
  const session = await http2Client(url);
  const stream = session.request({
    ":method": "POST",
    ":path": `/fixture.v1.LibraryService/${method}`,
    "content-type": type,
    ...ROOT,
  });
  stream.once("close", () => session.close());
  return stream;
}

/** A request in binary. */
function encode(method: string, request: object): Buffer {
  const desc = fixture.service.methods.find(({ name }) => name === method);
  return desc === undefined
    ? expect.unreachable()
    : closeEnvelope(toBinary(desc.input, create(desc.input, request as never)));
}

/** Sends the same message again and again, as fast as the server reads. */
async function sendAll(stream: ClientHttp2Stream, message: Buffer): Promise<void> {
  const batch = Buffer.concat(Array(BATCH).fill(message));
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    if (!stream.write(batch)) {
      await once(stream, "drain");
    }
  }
  stream.end();
}

/** How many messages an answer has; they are all of one length, and Connect and gRPC-Web end with something else. */
async function countMessages(stream: ClientHttp2Stream, length: number): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
  }
  return Math.floor(bytes / length);
}

/** gRPC-Web streams like gRPC, but for its end. */
const types = ["application/connect+proto", "application/grpc"];

test.each(types)(
  "an upload as %s of 200,000 messages is held a few messages at a time",
  async (type) => {
    const scale = createScale();
    const { url, whenCounted, counted } = await serve({
      async importBooks(requests: AsyncIterable<unknown>) {
        for await (const _ of requests) {
          scale.count();
        }
        return {};
      },
    });
    const stream = await call(url, "ImportBooks", type);
    stream.resume();
    await sendAll(stream, encode("ImportBooks", { book: { title: "Emma" } }));
    await whenCounted(1);
    expect(counted).toEqual([expect.stringMatching(/OK$/)]);
    expect(scale.growth).toBeLessThan(MAX_GROWTH_BYTES);
  },
  60_000,
);

test.each(types)(
  "a download as %s of 200,000 messages is held a few messages at a time",
  async (type) => {
    const scale = createScale();
    const { url, whenCounted, counted } = await serve({
      async *exportBooks() {
        for (let sent = 0; sent < MESSAGES; sent++) {
          scale.count();
          yield { book: { title: "Emma" } };
        }
      },
    });
    const stream = await call(url, "ExportBooks", type);
    stream.end(encode("ExportBooks", { count: 1 }));
    // Request and response have the same length: each holds a book.
    const { length } = encode("ImportBooks", { book: { title: "Emma" } });
    expect(Math.abs((await countMessages(stream, length)) - MESSAGES)).toBeLessThan(10);
    await whenCounted(1);
    expect(counted).toEqual([expect.stringMatching(/OK$/)]);
    expect(scale.growth).toBeLessThan(MAX_GROWTH_BYTES);
  },
  60_000,
);
