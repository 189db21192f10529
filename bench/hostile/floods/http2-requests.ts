import { hold, leaveWhenAnswered, pour } from "../acts.ts";
import type { Act, Flood } from "../flood.ts";
import {
  END_HEADERS,
  END_STREAM,
  envelope,
  type Field,
  frame,
  get,
  grpc,
  INITIAL_WINDOW_SIZE,
  preface,
  request,
  streams,
  Type,
} from "../frames.ts";
import { upload } from "../uploads.ts";

/** How many streams a connection has open, and how many requests a client resets before it comes again. */
const STREAMS = 100;
const RESETS = 5_000;

const WATCH = grpc("/grpc.health.v1.Health/Watch");
const CHECK = grpc("/grpc.health.v1.Health/Check");
const REFLECTION = grpc("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
const RECORD = grpc("/streak.v1.StreakService/RecordEvent");

/** Asks reflection for the file of a service, with all that it imports. */
const symbol = Buffer.from("streak.v1.AdminService");
const FILE_QUESTION = envelope(Buffer.concat([Buffer.of(0x22, symbol.length), symbol]));

const CANCEL = Buffer.of(0, 0, 0, 8);
const LARGE_WINDOW = Buffer.of(0x3f, 0xff, 0, 0);

/** Begins a connection with a number of requests. */
function requests(each: (stream: number) => Buffer, count = STREAMS, opening = preface()): Buffer {
  return Buffer.concat([opening, ...streams(count).map(each)]);
}

/** Requests that are reset at once, on connection after connection. */
function rapidReset(fields: readonly Field[], flags?: number): Act {
  const each = (stream: number) =>
    Buffer.concat([request(stream, fields, flags), frame(Type.RST_STREAM, 0, stream, CANCEL)]);
  return hold(Buffer.concat([requests(each, RESETS), frame(Type.GOAWAY, 0, 0, Buffer.alloc(8))]));
}

/** A call with one message, and perhaps more to come. */
function call(fields: readonly Field[], message: Buffer, flags = 0) {
  return (stream: number) =>
    Buffer.concat([request(stream, fields, END_HEADERS), frame(Type.DATA, flags, stream, message)]);
}

const zeroWindow = preface([[INITIAL_WINDOW_SIZE, 0]]);
const largeWindows = Buffer.concat([
  preface([[INITIAL_WINDOW_SIZE, 0x3fff0000]]),
  frame(Type.WINDOW_UPDATE, 0, 0, LARGE_WINDOW),
]);

/** Floods of HTTP/2 requests. */
export const http2Requests: readonly Flood[] = [
  {
    name: "HTTP/2: 1,000 × 100 GET /openapi.json with window 0",
    connections: 1_000,
    act: hold(requests((stream) => request(stream, get("/openapi.json")), STREAMS, zeroWindow)),
  },
  {
    name: "HTTP/2: 1,000 × 100 GET /openapi.json, unread",
    connections: 1_000,
    reads: "nothing",
    act: hold(requests((stream) => request(stream, get("/openapi.json")), STREAMS, largeWindows)),
  },
  {
    name: "HTTP/2: 100 × GET /metrics, 100 at a time, again and again",
    connections: 100,
    act: leaveWhenAnswered(requests((stream) => request(stream, get("/metrics")))),
  },
  { name: "HTTP/2: rapid reset of GET /metrics", connections: 20, act: rapidReset(get("/metrics")) },
  { name: "HTTP/2: rapid reset of GET /openapi.json", connections: 20, act: rapidReset(get("/openapi.json")) },
  { name: "HTTP/2: rapid reset of RecordEvent", connections: 20, act: rapidReset(RECORD, END_HEADERS) },
  { name: "HTTP/2: rapid reset of Watch", connections: 20, act: rapidReset(WATCH, END_HEADERS) },
  {
    name: "HTTP/2: 1,000 × 100 streams of Watch",
    connections: 1_000,
    act: hold(requests(call(WATCH, envelope(Buffer.alloc(0)), END_STREAM))),
  },
  {
    name: "HTTP/2: 1,000 × 100 streams of reflection",
    connections: 1_000,
    act: hold(requests(call(REFLECTION, FILE_QUESTION))),
  },
  {
    name: "HTTP/2: 100 × questions to reflection on one stream",
    connections: 100,
    act: upload({
      streams: [1],
      head: (stream) =>
        Buffer.concat([frame(Type.WINDOW_UPDATE, 0, 0, LARGE_WINDOW), request(stream, REFLECTION, END_HEADERS)]),
      body: Buffer.concat(Array(50_000).fill(FILE_QUESTION)),
      ends: false,
    }),
  },
  {
    name: "HTTP/2: 100 × questions to reflection on one stream, beyond its window",
    connections: 100,
    act: pour(
      Buffer.concat([largeWindows, request(1, REFLECTION, END_HEADERS)]),
      frame(Type.DATA, 0, 1, Buffer.concat(Array.from({ length: 100 }, () => FILE_QUESTION))),
    ),
  },
  {
    name: "HTTP/2: 200 × 100 health checks, again and again",
    connections: 200,
    act: leaveWhenAnswered(requests(call(CHECK, envelope(Buffer.alloc(0)), END_STREAM))),
  },
  {
    name: "HTTP/2: 200 × 100 DELETE /, again and again",
    connections: 200,
    act: leaveWhenAnswered(requests((stream) => request(stream, [[":method", "DELETE"], ...get("/").slice(1)]))),
  },
  {
    name: "HTTP/2: 200 × 100 heads that are malformed",
    connections: 200,
    act: leaveWhenAnswered(requests((stream) => request(stream, [...get("/healthz"), ["Upper", "case"]]))),
  },
  {
    name: "HTTP/2: 100 × streams beyond the limit",
    connections: 100,
    act: hold(requests((stream) => request(stream, RECORD, END_HEADERS), RESETS)),
  },
];
