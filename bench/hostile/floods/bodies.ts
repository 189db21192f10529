import { gzipSync } from "node:zlib";
import { drip, hold, pour } from "../acts.ts";
import type { Flood } from "../flood.ts";

/** The most bytes of a message by default. */
const MESSAGE_BYTES = 256 * 1024;

/** How large a zip bomb is when it is decompressed, in MiB. */
const BOMB_MIB = 200;

const RPC_PATH = "/streak.v1.StreakService/RecordEvent";
const JSON_TYPE = "Content-Type: application/json\r\n";
const NOTHING = Buffer.alloc(0);

/** Returns a POST. `length` is the stated length, which may differ from the length of the body. */
function post(path: string, headers: string, body: string | Buffer, length = Buffer.byteLength(body)): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body as string)]);
}

/** Returns the largest event that fits into a message. Its `meta` repeats the same part. */
function eventWith(meta: (count: number) => string, bytesEach: number): string {
  const event = (inner: string) => `{"siteKey":"proj_demo","userHash":"u","event":"visit","meta":{"m":${inner}}}`;
  return event(meta(Math.floor((MESSAGE_BYTES - event(meta(0)).length) / bytesEach)));
}

const emptyObjects = eventWith((count) => `[${"{},".repeat(count)}{}]`, 3);
const nested = eventWith((count) => "[".repeat(count) + "]".repeat(count), 2);
const escapes = eventWith((count) => `"${"\\u0041".repeat(count)}"`, 6);

/** Gzip members, one after the other, that decompress to a thousand times their size. */
const bomb = Buffer.concat(Array(BOMB_MIB).fill(gzipSync(Buffer.alloc(2 ** 20, " "))));

function again(request: Buffer): Pick<Flood, "act"> {
  return { act: pour(NOTHING, request) };
}

/** Floods of bodies over HTTP/1.1. */
export const bodies: readonly Flood[] = [
  {
    name: "2,000 slow bodies, a byte each second",
    connections: 2_000,
    act: drip(post("/v1/e", JSON_TYPE, "{", 1_000), Buffer.from(" "), 1_000),
  },
  {
    name: "2,000 bodies of 256 KiB without their last byte",
    connections: 2_000,
    act: hold(post("/v1/e", JSON_TYPE, Buffer.alloc(MESSAGE_BYTES - 1, " "), MESSAGE_BYTES)),
  },
  {
    name: "2,000 bodies of 256 KiB without their last byte, in chunks",
    connections: 2_000,
    act: hold(
      Buffer.concat([
        Buffer.from(`POST /v1/e HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n40000\r\n`),
        Buffer.alloc(MESSAGE_BYTES - 1, " "),
      ]),
    ),
  },
  {
    name: "2,000 bodies of 240 KiB without their end, in chunks of 60 KiB",
    connections: 2_000,
    act: hold(
      Buffer.concat([
        Buffer.from(`POST /v1/e HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`),
        Buffer.from(`f000\r\n${" ".repeat(0xf000)}\r\n`.repeat(4)),
      ]),
    ),
  },
  {
    name: "2,000 bodies of 256 KiB without their last byte, with Expect",
    connections: 2_000,
    act: hold(
      post("/v1/e", `${JSON_TYPE}Expect: 100-continue\r\n`, Buffer.alloc(MESSAGE_BYTES - 1, " "), MESSAGE_BYTES),
    ),
  },
  {
    name: "200 × bodies in chunks of a byte",
    connections: 200,
    act: pour(
      Buffer.from(`POST /v1/e HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`),
      Buffer.from("1\r\n \r\n".repeat(10_000)),
    ),
  },
  { name: "20 × events with 256 KiB of {}", connections: 20, ...again(post("/v1/e", JSON_TYPE, emptyObjects)) },
  { name: "20 × events with 256 KiB of {}, RPC", connections: 20, ...again(post(RPC_PATH, JSON_TYPE, emptyObjects)) },
  { name: "20 × events with 256 KiB of [[[", connections: 20, ...again(post("/v1/e", JSON_TYPE, nested)) },
  { name: "20 × events with 256 KiB of [[[, RPC", connections: 20, ...again(post(RPC_PATH, JSON_TYPE, nested)) },
  { name: "20 × events with 256 KiB of escapes", connections: 20, ...again(post("/v1/e", JSON_TYPE, escapes)) },
  {
    name: "20 × bombs of gzip, REST",
    connections: 20,
    ...again(post("/v1/e", `${JSON_TYPE}Content-Encoding: gzip\r\n`, bomb)),
  },
  {
    name: "20 × bombs of gzip, Connect",
    connections: 20,
    ...again(post(RPC_PATH, `${JSON_TYPE}Content-Encoding: gzip\r\n`, bomb)),
  },
];
