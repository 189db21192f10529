import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { codecs } from "#src/http/compression/codecs.ts";
import { createCompress } from "#src/http/compression/compress.ts";
import { compressAnswer } from "#src/http/compression/compress-answer.ts";
import { ENCODINGS, STREAM_ENCODINGS } from "#src/http/compression/encoding.ts";
import type { Answer, RequestHead } from "#src/http/message.ts";

const compress = createCompress();

const decompressors = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
  br: brotliDecompressSync,
  deflate: inflateSync,
};

const JSON_TYPE = { "Content-Type": "application/json" };
const LONG = JSON.stringify({ text: "many words, ".repeat(200) });

function asking(accepted?: string): RequestHead {
  return { method: "GET", url: "/", httpVersionMajor: 1, headers: { "accept-encoding": accepted } };
}

function answerOf(body: Answer["body"], headers: Answer["headers"] = JSON_TYPE): Answer {
  return { status: 200, headers, body };
}

describe.each(ENCODINGS)("for a client that accepts %s", (encoding) => {
  test.each([
    ["text", LONG],
    ["bytes", Buffer.from(LONG)],
    ["a lot of bytes", Buffer.alloc(100_000, LONG)],
  ])("%s is compressed", async (_, body) => {
    const answer = await compressAnswer(answerOf(body), asking(encoding), compress);
    expect(answer.headers).toEqual({ ...JSON_TYPE, "Content-Encoding": encoding, Vary: "Accept-Encoding" });
    expect(decompressors[encoding](answer.body as Uint8Array)).toEqual(Buffer.from(body));
  });
});

describe.each(STREAM_ENCODINGS)("for a client that accepts %s", (encoding) => {
  test("each part of a stream is sent before the next is there", async () => {
    const next = Promise.withResolvers<string>();
    async function* parts() {
      yield "first";
      yield await next.promise;
    }
    const answer = await compressAnswer(answerOf(parts()), asking(encoding), compress);
    const sent: Uint8Array[] = [];
    for await (const part of answer.body as AsyncIterable<Uint8Array>) {
      sent.push(part);
      next.resolve("second");
    }
    expect(sent.length).toBeGreaterThan(1);
    expect(`${decompressors[encoding](Buffer.concat(sent))}`).toBe("firstsecond");
  });
});

test.each([
  ["a small body", answerOf("{}"), "gzip"],
  ["no body", answerOf(undefined), "gzip"],
  ["a body that is compressed", answerOf(LONG, { ...JSON_TYPE, "content-encoding": "br" }), "gzip"],
  ["an image", answerOf(LONG, { "Content-Type": "image/png" }), "gzip"],
  ["a body of gRPC", answerOf(LONG, { "content-type": "application/grpc+proto" }), "gzip"],
  ["a stream of Connect", answerOf(LONG, { "content-type": "application/connect+json" }), "gzip"],
])("%s is sent as it is", async (_, answer, accepted) => {
  expect(await compressAnswer(answer, asking(accepted), compress)).toBe(answer);
});

test("a body that the client does not accept compressed is sent as it is, and says that others get another", async () => {
  const { body, headers } = await compressAnswer(answerOf(LONG), asking("identity"), compress);
  expect([body, headers]).toEqual([LONG, { ...JSON_TYPE, Vary: "Accept-Encoding" }]);
});

test("what the answer depends on else is kept", async () => {
  const { headers } = await compressAnswer(answerOf(LONG, { ...JSON_TYPE, Vary: "Origin" }), asking("gzip"), compress);
  expect(headers).toMatchObject({ Vary: "Origin, Accept-Encoding" });
});

test("a stream that breaks off breaks off compressed too", async () => {
  async function* parts() {
    yield "first";
    throw new Error("the store is away");
  }
  const { body } = await compressAnswer(answerOf(parts()), asking("gzip"), compress);
  await expect(Array.fromAsync(body as AsyncIterable<Uint8Array>)).rejects.toThrow("the store is away");
});

test("a stream that nobody reads to its end is ended", async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  async function* parts() {
    try {
      for (;;) {
        yield LONG;
        await new Promise(setImmediate);
      }
    } finally {
      resolve();
    }
  }
  const { body } = await compressAnswer(answerOf(parts()), asking("gzip"), compress);
  for await (const _ of body as AsyncIterable<Uint8Array>) {
    break;
  }
  await ended;
});

test("a page is compressed once", async () => {
  const page = Buffer.alloc(100_000, LONG);
  const [first, second] = await Promise.all([
    compressAnswer(answerOf(page), asking("gzip"), compress),
    compressAnswer(answerOf(page), asking("gzip"), compress),
  ]);
  expect(second.body).toBe(first.body);
});

test("a page that could not be compressed is compressed the next time", async () => {
  const page = Buffer.alloc(100_000, LONG);
  const failing = vi.spyOn(codecs.gzip, "compress").mockRejectedValueOnce(new Error("no memory"));
  await expect(compressAnswer(answerOf(page), asking("gzip"), compress)).rejects.toThrow("no memory");
  const { body } = await compressAnswer(answerOf(page), asking("gzip"), compress);
  expect(gunzipSync(body as Uint8Array)).toEqual(page);
  failing.mockRestore();
});
