import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "#src/http/body.ts";
import type { Answer } from "#src/http/message.ts";
import { askHttp2, measure } from "../listener/support.ts";
import { bodyOf, http2Client, start, stopAll, text } from "../support.ts";

afterEach(stopAll);

describe("requests of HTTP/2", () => {
  const large = [Buffer.alloc(MAX_BODY_BYTES), Buffer.alloc(100_000)];

  test.each<[string, OutgoingHttpHeaders, (string | Buffer)[], string]>([
    ["a GET", { ":path": "/a?b=c" }, [], "GET /a?b=c 0"],
    ["an OPTIONS", { ":method": "OPTIONS" }, [], "OPTIONS /a 0"],
    ["a body in parts", { ":method": "POST" }, ["abc", "def"], "POST /a 6"],
    ["a body of a stated length", { ":method": "POST", "content-length": 6 }, ["abcdef"], "POST /a 6"],
    ["a POST without a body", { ":method": "POST" }, [], "POST /a 0"],
    ["a body as large as any is read", { ":method": "POST" }, [Buffer.alloc(MAX_BODY_BYTES)], "POST /a 262144"],
    ["another method", { ":method": "PUT" }, ["abc"], "PUT /a 3"],
    ["a GET with a body", { ":method": "GET" }, ["abc"], "GET /a 3"],
    ["an expectation", { ":method": "POST", expect: "100-continue" }, ["abc"], "POST /a 3"],
    ["a body that is large", { ":method": "POST" }, large, "POST /a 362144"],
    ["a body that says so", { ":method": "POST", "content-length": 362_144 }, large, "POST /a 362144"],
  ])("are served with all of their body: %s", async (_, headers, parts, answer) => {
    const { url } = await start(measure);
    expect((await askHttp2(url, headers, parts)).body).toBe(answer);
  });

  test("are served when their body is read later", async () => {
    const { url } = await start(async (request) => {
      await new Promise(setImmediate);
      return measure(request);
    });
    expect((await askHttp2(url, {})).body).toBe("GET /a 0");
    expect((await askHttp2(url, { ":method": "POST" }, ["abc", "def"])).body).toBe("POST /a 6");
    expect((await askHttp2(url, { ":method": "POST" }, large)).body).toBe("POST /a 362144");
  });

  test.each([
    ["by its length", { "content-length": 300_000 }, 100],
    ["when it has come", {}, 5_000],
  ])("are refused before their body ends, if it is known to be too large %s", async (_, headers, bytes) => {
    const { url } = await start(async ({ body }) => text(`${(await body.whole(1_000)).length}`));
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST", ...headers }, { endStream: false });
    stream.on("error", () => {});
    stream.write(Buffer.alloc(bytes));
    const [head] = await once(stream, "response");
    expect(head[":status"]).toBe(413);
    session.destroy();
  });

  test("are answered when nobody reads their body", async () => {
    const { url } = await start(async () => text("no"));
    expect((await askHttp2(url, { ":method": "POST" }, large)).body).toBe("no");
  });

  test("with HEAD are answered by the head alone, with the length of the body", async () => {
    const { url } = await start(async () => text("four"));
    const { head, body } = await askHttp2(url, { ":method": "HEAD" });
    expect([head[":status"], head["content-length"], body]).toEqual([200, "4", ""]);
  });

  test.each<[string, Answer, Awaited<ReturnType<typeof askHttp2>>]>([
    [
      "a text",
      { status: 202, headers: { "X-Many": ["1", "2"], "Content-Type": "text/plain" }, body: "ü" },
      {
        head: { ":status": 202, "x-many": "1, 2", "content-type": "text/plain", "content-length": "2" },
        body: "ü",
        trailers: {},
      },
    ],
    [
      "bytes and trailers",
      { status: 200, headers: { A: "b" }, body: Buffer.from([0, 255]), trailers: () => ({ "grpc-status": "0" }) },
      { head: { ":status": 200, a: "b" }, body: "\0\ufffd", trailers: { "grpc-status": "0" } },
    ],
    [
      "trailers alone",
      { status: 200, headers: {}, trailers: () => ({ "grpc-status": "5", "grpc-message": "no" }) },
      { head: { ":status": 200 }, body: "", trailers: { "grpc-status": "5", "grpc-message": "no" } },
    ],
    ["a status alone", { status: 204, headers: {} }, { head: { ":status": 204 }, body: "", trailers: {} }],
  ])("are answered with %s", async (_, answer, expected) => {
    const { url } = await start(async () => answer);
    const { head, ...rest } = await askHttp2(url, { ":method": "POST" }, ["body"]);
    const { date, "x-request-id": requestId, ...others } = head;
    expect(date).toMatch(/GMT$/);
    expect(requestId).toMatch(/^[\w-]+\.[0-9a-z]+$/);
    expect({ head: others, ...rest }).toEqual(expected);
  });

  test("have headers that come twice joined, as Node joins them", async () => {
    const { url } = await start(async ({ headers }) => text(`${headers.cookie}|${headers["x-a"]}`));
    expect((await askHttp2(url, { cookie: ["a=1", "b=2"], "x-a": ["1", "2"] })).body).toBe("a=1; b=2|1, 2");
  });

  test("share a connection, and are answered as each is ready", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { url } = await start((request) => (request.url === "/slow" ? slow.promise : measure(request)));
    const session = await http2Client(url);
    const first = bodyOf(session.request({ ":path": "/slow" }));
    expect(await bodyOf(session.request({ ":path": "/fast" }))).toBe("GET /fast 0");
    slow.resolve(text("at last"));
    expect(await first).toBe("at last");
    session.close();
  });
});
