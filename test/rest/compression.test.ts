import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN, EVENT, startBridge } from "./bridge-server.ts";
import { type GeneratedFixture, generateFixture } from "./fixture/generate.ts";
import { EXPORT, IMPORT, LINES, startLibrary } from "./fixture/support.ts";

const compressors = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  zstd: zstdCompressSync,
  br: brotliCompressSync,
  deflate: deflateSync,
};

describe.each(Object.entries(compressors))("a body in %s", (encoding, compress) => {
  test("is read", async () => {
    const { ask, seen } = await startBridge();
    const headers = { "Content-Encoding": encoding };
    const { status } = await ask("POST", "/v1/e", { headers, body: compress(JSON.stringify(EVENT)) });
    expect([status, seen]).toEqual([202, [create(RecordEventRequestSchema, EVENT)]]);
  });

  test.each([
    ["is a bomb", compress(Buffer.alloc(10 * 1024 * 1024)), 413, "BODY_TOO_LARGE"],
    ["is something else", Buffer.from(JSON.stringify(EVENT)), 400, "INVALID_BODY"],
    ["is cut off", compress(JSON.stringify(EVENT)).subarray(0, -4), 400, "INVALID_BODY"],
  ])("is refused when it %s", async (_, body, status, error) => {
    const { ask, seen, errors } = await startBridge();
    const answer = await ask("POST", "/v1/e", { headers: { "Content-Encoding": encoding }, body });
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect([seen, errors]).toEqual([[], []]);
  });
});

test("an answer is compressed when that is accepted and worth it", async () => {
  const projects = Array.from({ length: 200 }, (_, number) => ({ siteKey: `p${number}` }));
  const { ask } = await startBridge(() => ({ projects }));
  const plain = await ask("GET", "/admin/projects", { headers: { ...ADMIN, "Accept-Encoding": "identity" } });
  expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([null, "Accept-Encoding"]);
  const answer = await ask("GET", "/admin/projects", { headers: { ...ADMIN, "Accept-Encoding": "br, gzip;q=0.5" } });
  expect([answer.headers.get("content-encoding"), answer.headers.get("vary")]).toEqual(["br", "Accept-Encoding"]);
  expect(Number(answer.headers.get("content-length"))).toBeLessThan(plain.bytes.length / 4);
  expect(answer.json).toEqual(plain.json);
  const small = await ask("GET", "/admin/projects/p", { headers: { ...ADMIN, "Accept-Encoding": "gzip" } });
  expect([small.status, small.headers.get("content-encoding"), small.headers.get("vary")]).toEqual([200, null, null]);
});

describe("a stream of lines", () => {
  let fixture: GeneratedFixture;

  beforeAll(async () => {
    fixture = await generateFixture();
  }, 60_000);

  afterAll(() => fixture.remove());

  async function upload(body: Buffer) {
    const served = await startLibrary(fixture);
    const headers = { ...ADMIN, ...LINES, "Content-Encoding": "gzip" };
    const response = await fetch(served.url + IMPORT, { method: "POST", headers, body: new Uint8Array(body) });
    return [response.status, await response.json()];
  }

  test("may be compressed in an upload", async () => {
    const lines = Array.from({ length: 10_000 }, (_, number) => `{"title":"Book ${number}"}\n`).join("");
    expect(await upload(gzipSync(lines))).toEqual([201, { imported: 10_000 }]);
  });

  test.each([
    ["a line", Buffer.alloc(10 * 1024 * 1024, "x")],
    ["empty lines", Buffer.alloc(10 * 1024 * 1024, "\n")],
  ])("is refused when it unpacks to too much: %s", async (_, lines) => {
    expect(await upload(gzipSync(lines))).toMatchObject([413, { error: "BODY_TOO_LARGE" }]);
  });

  test("is refused when it is not compressed as it says", async () => {
    expect(await upload(Buffer.from('{"title":"A"}\n'))).toMatchObject([400, { error: "INVALID_BODY" }]);
  });

  test("is compressed in a download that accepts it", async () => {
    const served = await startLibrary(fixture);
    const response = await fetch(`${served.url}${EXPORT}?count=1000`, { headers: { "Accept-Encoding": "gzip" } });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect((await response.text()).split("\n")).toHaveLength(1001);
  });
});
