import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  type EventType,
  GetStateResponseSchema,
  RecordEventRequestSchema,
  RecordEventResponseSchema,
} from "#gen/streak/v1/streak_service_pb.ts";
import { EVENT, startBridge } from "./bridge-server.ts";

const JSON_EVENT = JSON.stringify(EVENT);

test.each(["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/plain;charset=UTF-8"])(
  "a body of type %s is JSON",
  async (type) => {
    const { record } = await startBridge();
    expect((await record(EVENT, { "Content-Type": type })).status).toBe(202);
  },
);

test("a body without a type is JSON", async () => {
  const { ask } = await startBridge();
  expect((await ask("POST", "/v1/e", { body: new TextEncoder().encode(JSON_EVENT) })).status).toBe(202);
});

test.each(["application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "json"])(
  "a body of type %s is refused, saying which to send",
  async (type) => {
    const { record } = await startBridge();
    const answer = await record(EVENT, { "Content-Type": type });
    expect([answer.status, answer.json.error]).toEqual([400, "INVALID_BODY"]);
    expect(answer.json.message).toContain("application/json");
  },
);

test("a body in an encoding that nobody knows is refused, saying which are understood", async () => {
  const { record } = await startBridge();
  for (const encoding of ["compress", "gzip, br"]) {
    const answer = await record(EVENT, { "Content-Encoding": encoding });
    expect([answer.status, answer.json.error]).toEqual([400, "INVALID_BODY"]);
    expect(answer.json.message).toMatch(/Content-Encoding.*gzip, zstd, br, deflate/);
  }
  expect((await record(EVENT, { "Content-Encoding": "identity" })).status).toBe(202);
});

test.each([
  ["an empty body", "", "The body is empty: send a JSON object."],
  [
    "a body that is cut off",
    '{"siteKey":"p","user',
    "The body is not JSON, or is cut off: send one complete JSON object.",
  ],
  ["two objects", "{}{}", "The body is not JSON, or is cut off: send one complete JSON object."],
  ["a list", "[]", "The body must be a JSON object, not a list."],
  ["null", "null", "The body must be a JSON object, not null."],
  ["a string", '"siteKey"', "The body must be a JSON object, not a string."],
])("%s is refused", async (_, body, message) => {
  const { record } = await startBridge();
  const answer = await record(body);
  expect([answer.status, answer.json]).toEqual([400, { error: "INVALID_BODY", message }]);
});

test("bytes that are not UTF-8 are refused", async () => {
  const { ask } = await startBridge();
  const body = Buffer.from('{"siteKey":"\xff"}', "latin1");
  expect((await ask("POST", "/v1/e", { body })).json.message).toBe("The body is not UTF-8: send JSON in UTF-8.");
});

test("nesting as deep as a body can hold overflows nothing; in free data it is the service's to refuse", async () => {
  const { record, seen, errors } = await startBridge();
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  for (const body of [deep, `{"x":${deep}}`]) {
    expect((await record(body)).json.error).toBe("INVALID_BODY");
  }
  expect((await record(`{"siteKey":"p","userHash":"u","event":"e","meta":{"a":${deep}}}`)).status).toBe(202);
  expect(seen).toHaveLength(1);
  expect(errors).toEqual([]);
});

test("a body that says it is too large is refused before it is sent", async () => {
  const { port } = await startBridge();
  const socket = createConnection(port, "127.0.0.1");
  socket.write("POST /v1/e HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{");
  let text = "";
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes("BODY_TOO_LARGE")) {
      break; // the whole answer is here, though 999,999 bytes never were
    }
  }
  expect(text).toMatch(/^HTTP\/1.1 413 /);
});

test("a megabyte without an announced length is refused, and the client gets to read it", async () => {
  const { url, seen } = await startBridge();
  const sending = request(`${url}/v1/e`, { method: "POST" });
  sending.on("error", () => {}); // the connection is closed on the rest
  const answered = once(sending, "response");
  for (let i = 0; i < 64; i++) {
    sending.write(Buffer.alloc(16 * 1024, " "));
  }
  sending.end();
  const [response] = await answered;
  expect(response.statusCode).toBe(413);
  expect(response.headers.connection).toBe("close");
  response.resume();
  expect(seen).toEqual([]);
});

test("over HTTP/2 too a body that is too large is refused, and the connection goes on", async () => {
  const { url } = await startBridge();
  const session = connect(url);
  const post = async (body: Buffer) => {
    const stream = session.request({ ":method": "POST", ":path": "/v1/e" });
    stream.on("error", () => {});
    stream.end(body);
    const [headers] = await once(stream, "response");
    stream.resume();
    return headers[":status"];
  };
  expect(await post(Buffer.alloc(1_000_000, " "))).toBe(413);
  expect(await post(Buffer.from(JSON_EVENT))).toBe(202);
  session.destroy();
});

test("a caller that goes away in the middle of a body is nobody's error", async () => {
  const { port, errors, seen, record } = await startBridge();
  const socket = createConnection(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write('POST /v1/e HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"site');
  await new Promise<void>((resolve) => socket.end(resolve));
  expect((await record(EVENT)).status).toBe(202); // the server is still there
  expect([errors, seen.length]).toEqual([[], 1]);
});

test.each(["application/proto", "application/x-protobuf"])(
  "a body of type %s is protobuf, and so is its answer",
  async (type) => {
    const { ask, seen } = await startBridge();
    const body = toBinary(RecordEventRequestSchema, create(RecordEventRequestSchema, EVENT));
    const answer = await ask("POST", "/v1/e", { headers: { "Content-Type": type }, body });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([202, "application/proto"]);
    expect(fromBinary(RecordEventResponseSchema, answer.bytes).ok).toBe(true);
    expect(seen).toEqual([create(RecordEventRequestSchema, EVENT)]);
  },
);

test("bad protobuf and protobuf that breaks a rule are refused in JSON", async () => {
  const { ask } = await startBridge();
  const headers = { "Content-Type": "application/proto" };
  const broken = await ask("POST", "/v1/e", { headers, body: Buffer.from([0xff, 0xff]) });
  expect(broken.json).toEqual({
    error: "INVALID_BODY",
    message: "The body is not a streak.v1.RecordEventRequest in protobuf binary.",
  });
  const event = create(RecordEventRequestSchema, { ...EVENT, eventType: 9 as EventType });
  const unknown = await ask("POST", "/v1/e", { headers, body: toBinary(RecordEventRequestSchema, event) });
  expect(unknown.json.message).toMatch(/^eventType must be one of/);
});

test("a GET that accepts protobuf is answered in it", async () => {
  const { ask } = await startBridge();
  const path = "/v1/state?siteKey=p&userHash=u&event=like";
  const answer = await ask("GET", path, { headers: { Accept: "application/proto" } });
  expect(answer.headers.get("content-type")).toBe("application/proto");
  expect(fromBinary(GetStateResponseSchema, answer.bytes).streak?.current).toBe(5);
  expect((await ask("GET", path, { headers: { Accept: "*/*" } })).json.streak.current).toBe(5);
});
