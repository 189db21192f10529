import { describe, expect, test } from "vitest";
import { chooseEncoding, contentEncoding, ENCODINGS, STREAM_ENCODINGS } from "#src/http/compression/encoding.ts";

describe("the encoding of an answer", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["compress, snappy", undefined],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["br", "br"],
    ["zstd", "zstd"],
    ["deflate", "deflate"],
    ["*", "gzip"],
    ["gzip;q=0", undefined],
    ["*;q=0", undefined],
    ["gzip;q=0, *", "zstd"],
    ["gzip;q=much", undefined],
    ["gzip;q=0.5, br;q=0.8", "br"],
    ["gzip;level=1;q=0.5, br", "br"],
    ["identity;q=1, gzip;q=0.5", undefined],
    ["identity;q=0.5, gzip", "gzip"],
    // As browsers send it, and gRPC's clients.
    ["gzip, deflate, br, zstd", "gzip"],
    ["identity, deflate, gzip", "gzip"],
  ])("for a client that accepts %j is %s", (accepted, encoding) => {
    expect(chooseEncoding(accepted, ENCODINGS)).toBe(encoding);
  });
});

test("a stream is not compressed in what takes megabytes for as long as it lasts", () => {
  expect(chooseEncoding("br, zstd, gzip;q=0.1", STREAM_ENCODINGS)).toBe("gzip");
  expect(chooseEncoding("br, zstd", STREAM_ENCODINGS)).toBe(undefined);
  expect(() => contentEncoding("br", STREAM_ENCODINGS)).toThrow(/gzip, deflate, or not at all/);
});

describe("the encoding of a body", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    [" GZip ", "gzip"],
    ["x-gzip", "gzip"],
    ["br", "br"],
    ["zstd", "zstd"],
    ["deflate", "deflate"],
  ])("that says %j is %s", (header, encoding) => {
    expect(contentEncoding(header, ENCODINGS)).toBe(encoding);
  });

  test.each(["compress", "gzip, gzip", "gzip, identity", "*"])("that says %j is not understood", (header) => {
    expect(() => contentEncoding(header, ENCODINGS)).toThrow(/gzip, zstd, br, deflate/);
  });
});
