import { afterEach, describe, expect, test } from "vitest";
import { measure } from "../listener/support.ts";
import { start, stopAll, text } from "../support.ts";
import {
  ACK,
  block,
  END_HEADERS,
  END_STREAM,
  FrameClient,
  frame,
  numbers,
  opening,
  PADDED,
  PRIORITY,
  request,
  settings,
  TYPE,
} from "./support.ts";

afterEach(stopAll);

const PROTOCOL_ERROR = 1;
const FLOW_CONTROL_ERROR = 3;
const STREAM_CLOSED = 5;
const FRAME_SIZE_ERROR = 6;
const COMPRESSION_ERROR = 9;

const get = (stream: number, more: readonly (readonly [string, string])[] = []) =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, stream, request("GET", "/a", more));
const post = (stream: number, more: readonly (readonly [string, string])[] = []) =>
  frame(TYPE.headers, END_HEADERS, stream, request("POST", "/a", more));
const headers = (...pairs: readonly (readonly [string, string])[]) =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, 1, block(...pairs));

describe("a connection ends, with the code that RFC 9113 says, at", () => {
  test.each<[string, number, Buffer[]]>([
    ["a first frame that is no SETTINGS", PROTOCOL_ERROR, [opening().subarray(0, 24), get(1)]],
    ["a first frame that acknowledges", PROTOCOL_ERROR, [opening().subarray(0, 24), frame(TYPE.settings, ACK, 0)]],
    ["a frame that is too large", FRAME_SIZE_ERROR, [opening(), frame(TYPE.data, 0, 1, Buffer.alloc(16_385))]],
    ["DATA of no stream", PROTOCOL_ERROR, [opening(), frame(TYPE.data, 0, 0, "a")]],
    ["DATA before HEADERS", PROTOCOL_ERROR, [opening(), frame(TYPE.data, 0, 1, "a")]],
    [
      "DATA with more padding than payload",
      PROTOCOL_ERROR,
      [opening(), post(1), frame(TYPE.data, PADDED, 1, "\x05abc")],
    ],
    ["DATA without the length of its padding", FRAME_SIZE_ERROR, [opening(), post(1), frame(TYPE.data, PADDED, 1)]],
    ["HEADERS of no stream", PROTOCOL_ERROR, [opening(), get(0)]],
    ["HEADERS of a server's stream", PROTOCOL_ERROR, [opening(), get(2)]],
    [
      "HEADERS with a priority that is cut",
      FRAME_SIZE_ERROR,
      [opening(), frame(TYPE.headers, PRIORITY | END_HEADERS, 1, "abc")],
    ],
    ["HEADERS that are no header block", COMPRESSION_ERROR, [opening(), frame(TYPE.headers, END_HEADERS, 1, "\x80")]],
    [
      "a frame amid a header block",
      PROTOCOL_ERROR,
      [opening(), frame(TYPE.headers, 0, 1, "\x82"), frame(TYPE.ping, 0, 0, Buffer.alloc(8))],
    ],
    [
      "an unknown frame amid a header block",
      PROTOCOL_ERROR,
      [opening(), frame(TYPE.headers, 0, 1, "\x82"), frame(200, 0, 1)],
    ],
    [
      "CONTINUATION of another stream",
      PROTOCOL_ERROR,
      [opening(), frame(TYPE.headers, 0, 1, "\x82"), frame(TYPE.continuation, 0, 3)],
    ],
    ["CONTINUATION without HEADERS", PROTOCOL_ERROR, [opening(), get(1), frame(TYPE.continuation, END_HEADERS, 1)]],
    ["RST_STREAM of no stream", PROTOCOL_ERROR, [opening(), frame(TYPE.reset, 0, 0, numbers(8))]],
    ["RST_STREAM before HEADERS", PROTOCOL_ERROR, [opening(), frame(TYPE.reset, 0, 1, numbers(8))]],
    ["RST_STREAM of another length", FRAME_SIZE_ERROR, [opening(), post(1), frame(TYPE.reset, 0, 1, "abc")]],
    ["SETTINGS of a stream", PROTOCOL_ERROR, [opening(), frame(TYPE.settings, 0, 1)]],
    ["SETTINGS that are cut", FRAME_SIZE_ERROR, [opening(), frame(TYPE.settings, 0, 0, "abc")]],
    [
      "an acknowledgement of SETTINGS with a payload",
      FRAME_SIZE_ERROR,
      [opening(), frame(TYPE.settings, ACK, 0, settings([4, 1]))],
    ],
    ["a push that is neither on nor off", PROTOCOL_ERROR, [opening([2, 2])]],
    ["a window that is too large", FLOW_CONTROL_ERROR, [opening([4, 2 ** 31])]],
    ["frames that may be too small", PROTOCOL_ERROR, [opening([5, 16_383])]],
    ["frames that may be too large", PROTOCOL_ERROR, [opening([5, 2 ** 24])]],
    [
      "a window of a stream that SETTINGS make too large",
      FLOW_CONTROL_ERROR,
      [
        opening([4, 100]),
        post(1),
        frame(TYPE.window, 0, 1, numbers(2 ** 31 - 101)),
        frame(TYPE.settings, 0, 0, settings([4, 101])),
      ],
    ],
    ["PUSH_PROMISE", PROTOCOL_ERROR, [opening(), post(1), frame(TYPE.push, END_HEADERS, 1, numbers(2))]],
    ["PING of a stream", PROTOCOL_ERROR, [opening(), frame(TYPE.ping, 0, 1, Buffer.alloc(8))]],
    ["PING of another length", FRAME_SIZE_ERROR, [opening(), frame(TYPE.ping, 0, 0, Buffer.alloc(7))]],
    ["GOAWAY of a stream", PROTOCOL_ERROR, [opening(), frame(TYPE.goaway, 0, 1, numbers(0, 0))]],
    ["GOAWAY that is cut", FRAME_SIZE_ERROR, [opening(), frame(TYPE.goaway, 0, 0, numbers(0))]],
    ["WINDOW_UPDATE of another length", FRAME_SIZE_ERROR, [opening(), frame(TYPE.window, 0, 0, "abc")]],
    ["WINDOW_UPDATE by nothing", PROTOCOL_ERROR, [opening(), frame(TYPE.window, 0, 0, numbers(0))]],
    ["WINDOW_UPDATE before HEADERS", PROTOCOL_ERROR, [opening(), frame(TYPE.window, 0, 1, numbers(1))]],
    [
      "a window of the connection that is too large",
      FLOW_CONTROL_ERROR,
      [opening(), frame(TYPE.window, 0, 0, numbers(2 ** 31 - 1))],
    ],
    ["PRIORITY of no stream", PROTOCOL_ERROR, [opening(), frame(TYPE.priority, 0, 0, Buffer.alloc(5))]],
    [
      "PRIORITY that is cut, of a stream that is not open",
      PROTOCOL_ERROR,
      [opening(), frame(TYPE.priority, 0, 1, Buffer.alloc(4))],
    ],
    ["HEADERS of a stream before the newest", STREAM_CLOSED, [opening(), get(5), get(3)]],
  ])("%s: %i", async (_, code, bytes) => {
    const { port, errors } = await start(() => new Promise(() => {}));
    const client = new FrameClient(port);
    await client.send(...bytes);
    expect(await client.goawayCode()).toBe(code);
    await client.closed;
    expect(errors).toEqual([]);
  });
});

describe("a stream is reset, and its connection goes on, at", () => {
  test.each<[string, number, Buffer[]]>([
    [
      "a window of the stream that is too large",
      FLOW_CONTROL_ERROR,
      [post(1), frame(TYPE.window, 0, 1, numbers(2 ** 31 - 1))],
    ],
    ["WINDOW_UPDATE by nothing", PROTOCOL_ERROR, [post(1), frame(TYPE.window, 0, 1, numbers(0))]],
    ["PRIORITY that is cut", FRAME_SIZE_ERROR, [post(1), frame(TYPE.priority, 0, 1, Buffer.alloc(4))]],
    [
      "a stream that depends on itself",
      PROTOCOL_ERROR,
      [post(1), frame(TYPE.priority, 0, 1, Buffer.concat([numbers(1), Buffer.alloc(1)]))],
    ],
    ["DATA behind the end", STREAM_CLOSED, [get(1), frame(TYPE.data, 0, 1, "a")]],
    [
      "HEADERS behind the end",
      STREAM_CLOSED,
      [get(1), frame(TYPE.headers, END_HEADERS | END_STREAM, 1, block(["a", "b"]))],
    ],
    ["trailers that don't end it", PROTOCOL_ERROR, [post(1), frame(TYPE.headers, END_HEADERS, 1, block(["a", "b"]))]],
    ["trailers with a pseudo-header", PROTOCOL_ERROR, [post(1), headers([":path", "/"])]],
    [
      "a length that is larger than the body",
      PROTOCOL_ERROR,
      [post(1, [["content-length", "3"]]), frame(TYPE.data, END_STREAM, 1, "ab")],
    ],
    [
      "a length that is smaller than the body",
      PROTOCOL_ERROR,
      [post(1, [["content-length", "3"]]), frame(TYPE.data, 0, 1, "abcd")],
    ],
    [
      "a length that is larger than the body before trailers",
      PROTOCOL_ERROR,
      [post(1, [["content-length", "3"]]), headers(["a", "b"])],
    ],
    ["a length of a request without a body", PROTOCOL_ERROR, [get(1, [["content-length", "3"]])]],
    [
      "lengths that differ",
      PROTOCOL_ERROR,
      [
        get(1, [
          ["content-length", "0"],
          ["content-length", "00"],
        ]),
      ],
    ],
    ["a length that is no number", PROTOCOL_ERROR, [get(1, [["content-length", "+0"]])]],
    ["no method", PROTOCOL_ERROR, [headers([":scheme", "http"], [":path", "/"], [":authority", "h"])]],
    [
      "a method that is no token",
      PROTOCOL_ERROR,
      [headers([":method", "G T"], [":scheme", "http"], [":path", "/"], [":authority", "h"])],
    ],
    ["no scheme", PROTOCOL_ERROR, [headers([":method", "GET"], [":path", "/"], [":authority", "h"])]],
    [
      "a scheme that is none",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "1:"], [":path", "/"], [":authority", "h"])],
    ],
    ["no path", PROTOCOL_ERROR, [headers([":method", "GET"], [":scheme", "http"], [":authority", "h"])]],
    [
      "an empty path",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", ""], [":authority", "h"])],
    ],
    [
      "a path that does not begin at the root",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", "a"], [":authority", "h"])],
    ],
    [
      "a path with a space",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", "/a b"], [":authority", "h"])],
    ],
    ["two paths", PROTOCOL_ERROR, [get(1, [[":path", "/b"]])]],
    [
      "a pseudo-header behind a header",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], ["a", "b"], [":path", "/"])],
    ],
    [
      "an unknown pseudo-header",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", "/"], [":a", "b"])],
    ],
    [
      "a pseudo-header of answers",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", "/"], [":status", "200"])],
    ],
    ["a host that is not the authority", PROTOCOL_ERROR, [get(1, [["host", "other"]])]],
    [
      "two hosts",
      PROTOCOL_ERROR,
      [headers([":method", "GET"], [":scheme", "http"], [":path", "/"], ["host", "a"], ["host", "b"])],
    ],
    ["a name in upper case", PROTOCOL_ERROR, [get(1, [["A", "b"]])]],
    ["a name that is no token", PROTOCOL_ERROR, [get(1, [["a b", "c"]])]],
    ["an empty name", PROTOCOL_ERROR, [get(1, [["", "c"]])]],
    ["a value with a new line", PROTOCOL_ERROR, [get(1, [["a", "b\r\nc: d"]])]],
    ["a value with a zero byte", PROTOCOL_ERROR, [get(1, [["a", "b\0c"]])]],
    ["connection", PROTOCOL_ERROR, [get(1, [["connection", "close"]])]],
    ["transfer-encoding", PROTOCOL_ERROR, [get(1, [["transfer-encoding", "chunked"]])]],
    ["te with anything but trailers", PROTOCOL_ERROR, [get(1, [["te", "gzip"]])]],
    ["CONNECT with a path", PROTOCOL_ERROR, [headers([":method", "CONNECT"], [":path", "/"], [":authority", "h"])]],
  ])("%s: %i", async (_, code, bytes) => {
    const { port, errors } = await start(async (asked) =>
      asked.url === "/next" ? measure(asked) : new Promise(() => {}),
    );
    const client = new FrameClient(port);
    await client.send(opening(), ...bytes);
    expect(await client.resetCode(1)).toBe(code);
    await client.send(frame(TYPE.headers, END_HEADERS | END_STREAM, 7, request("GET", "/next")));
    expect((await client.answer(7))?.body.toString()).toBe("GET /next 0");
    expect(errors).toEqual([]);
    client.socket.destroy();
  });
});

describe("a request is served", () => {
  test.each<[string, Buffer[], string]>([
    ["with its host in another case than the authority", [get(1, [["host", "H"]])], "GET /a 0"],
    ["with te: trailers", [get(1, [["te", "trailers"]])], "GET /a 0"],
    ["with a header called constructor", [get(1, [["constructor", "a"]])], "GET /a 0"],
    ["with trailers", [post(1), frame(TYPE.data, 0, 1, "abc"), headers(["a", "b"])], "POST /a 3"],
    [
      "with a length of its own",
      [post(1, [["content-length", "3"]]), frame(TYPE.data, 0, 1, "abc"), headers(["a", "b"])],
      "POST /a 3",
    ],
    ["with padding", [post(1), frame(TYPE.data, PADDED | END_STREAM, 1, "\x03abc\0\0\0")], "POST /a 3"],
    ["with nothing but padding", [post(1), frame(TYPE.data, PADDED | END_STREAM, 1, "\x03\0\0\0")], "POST /a 0"],
    [
      "with a padded priority",
      [
        frame(
          TYPE.headers,
          PADDED | PRIORITY | END_HEADERS | END_STREAM,
          1,
          Buffer.concat([Uint8Array.of(2, 0, 0, 0, 0, 9), request("GET"), Buffer.alloc(2)]),
        ),
      ],
      "GET /a 0",
    ],
    [
      "with a header block in parts, one of them empty",
      [
        frame(TYPE.headers, END_STREAM, 1, request("GET").subarray(0, 5)),
        frame(TYPE.continuation, 0, 1),
        frame(TYPE.continuation, END_HEADERS, 1, request("GET").subarray(5)),
      ],
      "GET /a 0",
    ],
    [
      "beside unknown frames, settings and flags",
      [
        frame(99, 255, 1, "abc"),
        frame(TYPE.settings, 0, 0, settings([99, 1])),
        frame(TYPE.priority, 255, 9, Buffer.alloc(5)),
        get(1),
      ],
      "GET /a 0",
    ],
    ["behind GOAWAY", [frame(TYPE.goaway, 0, 0, numbers(0, 0)), get(1)], "GET /a 0"],
    ["in a stream behind others that were never opened", [get(1)], "GET /a 0"],
    [
      "with an expectation in another case",
      [post(1, [["expect", "100-Continue"]]), frame(TYPE.data, END_STREAM, 1, "abc")],
      "POST /a 3",
    ],
  ])("%s", async (_, bytes, body) => {
    const { port } = await start(measure);
    const client = new FrameClient(port);
    // A byte at a time, so that no frame and no header block comes whole.
    for (const byte of Buffer.concat([opening(), ...bytes])) {
      client.socket.write(Uint8Array.of(byte));
    }
    expect((await client.answer(1))?.body.toString()).toBe(body);
    client.socket.destroy();
  });
});

test("spaces and tabs at the ends of a value are no part of it", async () => {
  const { port } = await start(async ({ headers }) => text(JSON.stringify([headers["x-a"], headers["x-b"]])));
  const client = new FrameClient(port);
  await client.send(
    opening(),
    get(1, [
      ["x-a", " \ta b\t "],
      ["x-b", " \t"],
    ]),
  );
  expect((await client.answer(1))?.body.toString()).toBe('["a b",""]');
  client.socket.destroy();
});

test("a body that ends before its stated length is no failure once its request is answered", async () => {
  const { port } = await start(async () => text("too long"));
  const client = new FrameClient(port);
  await client.send(opening(), post(1, [["content-length", "3"]]), frame(TYPE.data, 0, 1, "ab"));
  expect((await client.answer(1))?.body.toString()).toBe("too long");
  await client.send(frame(TYPE.data, END_STREAM, 1), get(3));
  expect((await client.answer(3))?.body.toString()).toBe("too long");
  expect(client.frames.filter(({ type }) => type === TYPE.reset)).toEqual([]);
  client.socket.destroy();
});

test("frames of a stream that was reset by the server are dropped, and their bytes are given back", async () => {
  const { port } = await start(measure);
  const client = new FrameClient(port);
  await client.send(opening(), get(1, [["content-length", "3"]]));
  expect(await client.resetCode(1)).toBe(PROTOCOL_ERROR);
  for (let sent = 0; sent < 64; sent++) {
    // Four times the connection's window in all.
    await client.send(frame(TYPE.data, 0, 1, Buffer.alloc(16_384)));
    await client.settled(sent);
  }
  await client.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, block(["a", "b"])), get(3));
  expect((await client.answer(3))?.body.toString()).toBe("GET /a 0");
  client.socket.destroy();
});

test("DATA behind the client's own reset ends the connection", async () => {
  const { port } = await start(measure);
  const client = new FrameClient(port);
  await client.send(opening(), post(1), frame(TYPE.reset, 0, 1, numbers(8)), frame(TYPE.data, 0, 1, "a"));
  expect(await client.goawayCode()).toBe(STREAM_CLOSED);
  await client.closed;
});

test("the id that GOAWAY has told never grows", async () => {
  const { port, listener } = await start(() => new Promise(() => {}));
  const client = new FrameClient(port);
  await client.send(opening(), get(1));
  await client.settled(1);
  void listener.close(60_000);
  await client.sees(({ type }) => type === TYPE.goaway);
  await client.send(get(3), frame(TYPE.data, 0, 0, "wrong"));
  await client.closed;
  const ids = client.frames.filter(({ type }) => type === TYPE.goaway).map(({ payload }) => payload.readUInt32BE(0));
  // First that the connection ends at all, then that this was the last request.
  expect(ids).toEqual([2 ** 31 - 1, 1, 1]);
  expect(await client.resetCode(3)).toBe(7);
});

test("the first header block behind a change of the table's size says so, even when another could not be sent", async () => {
  const { port } = await start(async ({ url }) => ({
    status: 200,
    headers: url === "/bad" ? { "not a name": "x" } : {},
  }));
  const client = new FrameClient(port);
  const path = (stream: number, name: string) =>
    frame(TYPE.headers, END_HEADERS | END_STREAM, stream, request("GET", name));
  await client.send(opening([1, 0]), path(1, "/bad"));
  expect(await client.resetCode(1)).toBe(2);
  await client.send(path(3, "/good"), path(5, "/good"));
  await client.answer(5);
  const firstBytes = client.frames.filter(({ type }) => type === TYPE.headers).map(({ payload }) => payload[0]);
  // A table of no bytes, and then :status 200 at once.
  expect(firstBytes).toEqual([0x20, 0x88]);
  client.socket.destroy();
});
