import { drip, hold, pour } from "../acts.ts";
import type { Act, Flood } from "../flood.ts";
import {
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  get,
  grpc,
  MAX_FRAME_BYTES,
  preface,
  request,
  Type,
  text,
} from "../frames.ts";

const NOTHING = Buffer.alloc(0);

/** The size of a value that HPACK's dynamic table can just hold, and how often a header block refers to it. */
const TABLE_VALUE_BYTES = 4_000;
const REFERENCES = 16_000;

/** Sends the same frame again and again. */
function frames(one: Buffer, opening: readonly Buffer[] = []): Act {
  const many = Buffer.concat(Array.from({ length: Math.ceil(65_536 / one.length) }, () => one));
  return pour(Buffer.concat([preface(), ...opening]), many);
}

/** A request that puts a large header into the server's table, and one that refers to the header thousands of times. */
const hpackBomb = Buffer.concat([
  preface(),
  frame(
    Type.HEADERS,
    END_STREAM | END_HEADERS,
    1,
    Buffer.concat([block(get("/healthz")), Buffer.of(0x40), text("x"), text("x".repeat(TABLE_VALUE_BYTES))]),
  ),
  frame(
    Type.HEADERS,
    END_STREAM | END_HEADERS,
    3,
    Buffer.concat([block(get("/healthz")), Buffer.alloc(REFERENCES, 0xbe)]),
  ),
]);

const openUpload = request(1, grpc("/streak.v1.StreakService/RecordEvent"), END_HEADERS);
const unfinishedHead = request(1, get("/healthz"), END_STREAM);

/** Floods of HTTP/2 frames that ask for nothing. */
export const http2Control: readonly Flood[] = [
  { name: "HTTP/2: 50 × PING", connections: 50, act: frames(frame(Type.PING, 0, 0, Buffer.alloc(8))) },
  {
    name: "HTTP/2: 50 × PING, unread",
    connections: 50,
    reads: "nothing",
    act: frames(frame(Type.PING, 0, 0, Buffer.alloc(8))),
  },
  { name: "HTTP/2: 50 × SETTINGS", connections: 50, act: frames(frame(Type.SETTINGS, 0, 0)) },
  { name: "HTTP/2: 50 × SETTINGS, unread", connections: 50, reads: "nothing", act: frames(frame(Type.SETTINGS, 0, 0)) },
  {
    name: "HTTP/2: 50 × WINDOW_UPDATE",
    connections: 50,
    act: frames(frame(Type.WINDOW_UPDATE, 0, 1, Buffer.of(0, 0, 0, 1)), [openUpload]),
  },
  { name: "HTTP/2: 50 × PRIORITY", connections: 50, act: frames(frame(Type.PRIORITY, 0, 1, Buffer.of(0, 0, 0, 3, 1))) },
  { name: "HTTP/2: 50 × empty DATA", connections: 50, act: frames(frame(Type.DATA, 0, 1), [openUpload]) },
  { name: "HTTP/2: 50 × unknown frames", connections: 50, act: frames(frame(0xee, 0, 0)) },
  {
    name: "HTTP/2: 50 × empty CONTINUATION",
    connections: 50,
    act: frames(frame(Type.CONTINUATION, 0, 1), [unfinishedHead]),
  },
  {
    name: "HTTP/2: 50 × CONTINUATION with headers",
    connections: 50,
    act: frames(frame(Type.CONTINUATION, 0, 1, Buffer.concat(Array(1_000).fill(block([["x", "y"]])))), [
      unfinishedHead,
    ]),
  },
  {
    name: "HTTP/2: 1,000 heads that never end",
    connections: 1_000,
    act: hold(Buffer.concat([preface(), unfinishedHead])),
  },
  {
    name: "HTTP/2: 1,000 heads that never end, a byte each second",
    connections: 1_000,
    act: drip(Buffer.concat([preface(), unfinishedHead]), frame(Type.CONTINUATION, 0, 1, Buffer.of(0x82)), 1_000),
  },
  { name: "HTTP/2: 100 × bombs of HPACK", connections: 100, act: hold(hpackBomb) },
  {
    name: "HTTP/2: 100 × heads of 3,000 headers",
    connections: 100,
    act: hold(
      Buffer.concat([
        preface(),
        frame(Type.HEADERS, END_STREAM, 1, block(get("/healthz"))),
        frame(Type.CONTINUATION, END_HEADERS, 1, Buffer.concat(Array(3_000).fill(Buffer.of(0, 1, 120, 0)))),
      ]),
    ),
  },
  {
    name: "HTTP/2: 50 × frames that are too large",
    connections: 50,
    act: hold(Buffer.concat([preface(), frame(Type.DATA, 0, 1, Buffer.alloc(MAX_FRAME_BYTES + 1)), NOTHING])),
  },
];
