import { gzipSync } from "node:zlib";
import { drip, hold } from "../acts.ts";
import type { Flood } from "../flood.ts";
import { END_HEADERS, envelope, frame, grpc, preface, request, streams, Type } from "../frames.ts";
import { upload } from "../uploads.ts";

const KIB = 1024;
const STREAMS = streams(100);

/** Begins an upload of a message of this stated length on each of 100 streams, and sends all but the last 100 bytes. */
function almostWhole(path: string, bytes: number) {
  return upload({
    streams: STREAMS,
    head: (stream) => request(stream, grpc(path), END_HEADERS),
    body: envelope(Buffer.alloc(bytes - 100), bytes),
    ends: false,
  });
}

/** A message of `count` bytes, one byte in each frame. */
function bytes(stream: number, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => frame(Type.DATA, 0, stream, Buffer.of(0))));
}

const RECORD = "/streak.v1.StreakService/RecordEvent";

/** A gRPC message that decompresses to a thousand times its size. Its envelope says that it is compressed. */
const bomb = envelope(Buffer.concat(Array(60).fill(gzipSync(Buffer.alloc(KIB * KIB)))));
bomb[0] = 1;

/** Floods of uploads over HTTP/2. */
export const http2Uploads: readonly Flood[] = [
  {
    name: "HTTP/2: 1 × 100 messages of almost 8 MiB to Watch",
    connections: 1,
    act: almostWhole("/grpc.health.v1.Health/Watch", 8 * KIB * KIB),
  },
  {
    name: "HTTP/2: 1 × 100 messages of almost 8 MiB to reflection",
    connections: 1,
    act: almostWhole("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", 8 * KIB * KIB),
  },
  {
    name: "HTTP/2: 10 × 100 messages of almost 256 KiB to RecordEvent",
    connections: 10,
    act: almostWhole(RECORD, 256 * KIB),
  },
  {
    name: "HTTP/2: 500 × 100 messages of almost 64 KiB to RecordEvent",
    connections: 500,
    act: almostWhole(RECORD, 64 * KIB),
  },
  {
    name: "HTTP/2: 1,000 × 100 bodies that never come",
    connections: 1_000,
    act: hold(Buffer.concat([preface(), ...STREAMS.map((stream) => request(stream, grpc(RECORD), END_HEADERS))])),
  },
  {
    name: "HTTP/2: 1,000 slow bodies, a byte each second",
    connections: 1_000,
    act: drip(
      Buffer.concat([preface(), request(1, grpc(RECORD), END_HEADERS)]),
      frame(Type.DATA, 0, 1, Buffer.of(0)),
      1_000,
    ),
  },
  {
    name: "HTTP/2: 20 × 100 bombs of gzip to RecordEvent",
    connections: 20,
    act: upload({
      streams: STREAMS,
      head: (stream) => request(stream, [...grpc(RECORD), ["grpc-encoding", "gzip"]], END_HEADERS),
      body: bomb,
      ends: true,
    }),
  },
  {
    name: "HTTP/2: 100 × messages in frames of a byte",
    connections: 100,
    act: hold(
      Buffer.concat([
        preface(),
        ...STREAMS.flatMap((stream) => [request(stream, grpc(RECORD), END_HEADERS), bytes(stream, 600)]),
      ]),
    ),
  },
];
