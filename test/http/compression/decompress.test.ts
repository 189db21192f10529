import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ClientGone } from "#src/errors.ts";
import { decompressStream } from "#src/http/compression/decompress.ts";
import { ENCODINGS, type Encoding, STREAM_ENCODINGS } from "#src/http/compression/encoding.ts";
import { defaultCompression } from "../../support/listener.ts";

const compressors = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  br: brotliCompressSync,
  deflate: deflateSync,
};

const compression = defaultCompression();

/** Unpacks for a client that waits. */
function decompress(bytes: Uint8Array, encoding: Encoding, limit: number) {
  return compression.decompress(bytes, encoding, limit, undefined);
}

const MEGABYTE = Buffer.alloc(1024 * 1024);

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}

const text = Buffer.from("many words, ".repeat(1000));

const wrongs: [string, (right: Buffer) => Buffer][] = [
  ["that are something else", () => Buffer.from("many words")],
  ["that are cut off", (right) => right.subarray(0, -3)],
  ["with others behind", (right) => Buffer.concat([right, Buffer.from("more")])],
];

const SIZES = [1, 12, 100_000, 1_000_000];

describe.each(ENCODINGS)("a body in %s", (encoding) => {
  const compress = compressors[encoding];

  test.each(SIZES)("gives %i bytes back", async (bytes) => {
    const content = Buffer.alloc(bytes, text);
    expect(await decompress(compress(content), encoding, bytes)).toEqual(content);
  });

  test("gives no bytes for none", async () => {
    expect(await decompress(Buffer.alloc(0), encoding, 10)).toHaveLength(0);
  });

  test.each([11_999, 1])("is refused with a byte more than the limit of %i bytes", async (limit) => {
    const content = text.subarray(0, limit + 1);
    await expect(async () => decompress(compress(content), encoding, limit)).rejects.toMatchObject({
      code: "BODY_TOO_LARGE",
      message: `The body is larger than ${limit} bytes: send less.`,
    });
  });

  test.each(wrongs)("is refused when it has bytes %s", async (_, made) => {
    const refusal = { code: "INVALID_BODY", message: expect.stringContaining(encoding) };
    await expect(async () => decompress(made(compress(text)), encoding, 100_000)).rejects.toMatchObject(refusal);
  });
});

describe.each(STREAM_ENCODINGS)("a stream in %s", (encoding) => {
  const compress = compressors[encoding];

  test.each(SIZES)("gives %i bytes back", async (bytes) => {
    const content = Buffer.alloc(bytes, text);
    expect(await whole(decompressStream(inParts(compress(content), 7), encoding, bytes))).toEqual(content);
  });

  test.each(wrongs)("is refused when it has bytes %s", async (_, made) => {
    const refusal = { code: "INVALID_BODY", message: expect.stringContaining(encoding) };
    const stream = decompressStream(inParts(made(compress(text)), 7), encoding, 100_000);
    await expect(whole(stream)).rejects.toMatchObject(refusal);
  });

  test("passes on why a body does not come", async () => {
    async function* broken() {
      yield compress(text).subarray(0, 10);
      throw new ClientGone();
    }
    await expect(whole(decompressStream(broken(), encoding, 100_000))).rejects.toThrow(ClientGone);
  });

  test("lets go of a body whose reader stops", async () => {
    const { promise: released, resolve } = Promise.withResolvers<void>();
    async function* endless() {
      try {
        yield compress(text);
        await new Promise(setImmediate);
        yield compress(text);
      } finally {
        resolve();
      }
    }
    for await (const part of decompressStream(endless(), encoding, 100_000)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    await released;
  });
});

test("a bomb of 200 MB is refused, whatever makes it", async () => {
  const members = Buffer.concat(new Array(200).fill(gzipSync(MEGABYTE)));
  for (const [bomb, encoding] of [
    [members, "gzip"],
    [zstdCompressSync(Buffer.alloc(200 * MEGABYTE.length)), "zstd"],
  ] as const) {
    await expect(async () => decompress(bomb, encoding, 256 * 1024)).rejects.toMatchObject({ code: "BODY_TOO_LARGE" });
  }
  let made = 0;
  const parts = (async () => {
    for await (const part of decompressStream(inParts(members, 1000), "gzip", 256 * 1024)) {
      made += part.length;
    }
  })();
  await expect(parts).rejects.toMatchObject({ code: "BODY_TOO_LARGE" });
  // As much as the message's limit, and a hundred times what has come.
  expect(made).toBeLessThanOrEqual(256 * 1024 + 100 * members.length);
});

test.each([23, 24])("a Brotli window of 2^%i bytes is refused before the decoder fills it", async (lgwin) => {
  const params = { [constants.BROTLI_PARAM_LGWIN]: lgwin };
  const body = brotliCompressSync("text", { params });
  await expect(async () => decompress(body, "br", 1000)).rejects.toMatchObject({
    code: "INVALID_BODY",
    message: expect.stringContaining("4 MiB"),
  });
});

test.each([10, 16, 17, 18, 22])("a Brotli window of 2^%i bytes is read", async (lgwin) => {
  const body = brotliCompressSync("text", { params: { [constants.BROTLI_PARAM_LGWIN]: lgwin } });
  expect(`${await decompress(body, "br", 1000)}`).toBe("text");
});

test("several texts of gzip are one", async () => {
  const twice = Buffer.concat([gzipSync("one, "), gzipSync("two")]);
  expect(`${await decompress(twice, "gzip", 100)}`).toBe("one, two");
});

test("a zstd window larger than HTTP allows is refused", async () => {
  // A frame's head (RFC 8878, 3.1.1) with a window of 128 MiB, and one empty last block.
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00]);
  await expect(async () => decompress(frame, "zstd", 1000)).rejects.toMatchObject({ code: "INVALID_BODY" });
});

test("more bodies than zlib has threads all come back", async () => {
  const contents = Array.from({ length: 50 }, (_, index) => Buffer.alloc(100_000, `${index}`));
  const unpacked = await Promise.all(contents.map((content) => decompress(gzipSync(content), "gzip", 100_000)));
  expect(unpacked).toEqual(contents);
});
