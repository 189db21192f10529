import { createRandom, type Random } from "../../support/random.ts";
import {
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  numbers,
  opening,
  PADDED,
  PRIORITY,
  settings,
  TYPE,
} from "./support.ts";

/** What a client sends: frames as the standard has them, and then some that are wrong perhaps. */
export interface FrameStream {
  readonly wellFormed: readonly Buffer[];
  readonly tail: Buffer;
  /** The streams that must be answered after the well-formed part. */
  readonly whole: readonly number[];
}

const NAMES = ["x-a", "x-b", "cookie", "content-type", "user-agent", "accept", "constructor", "x-!#$%&'*+.^_`|~"];
const VALUES = ["", "a", "a b", "a=1; b=2", "x".repeat(200), "é", "text/plain", '"quoted, text"'];
const METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "get", "M-SEARCH"];
const PATHS = ["/", "/a?b=c", "/%20", `/${"p".repeat(300)}`, "//a", "/é", "*"];

/** Generates the stream with a number. The same seed and number give the same stream. */
export function generateFrameStream(seed: number, number: number): FrameStream {
  const random = createRandom((seed + number) >>> 0);
  const wellFormed = [opening([4, random.pick([65_535, 100_000, 1_000_000])])];
  const whole: number[] = [];
  const count = 1 + random.below(4);
  for (let index = 0; index < count; index++) {
    const stream = 2 * index + 1;
    wellFormed.push(...noise(random), ...requestFrames(random, stream), ...noise(random));
    whole.push(stream);
  }
  return { wellFormed, tail: random.chance(0.7) ? tailOf(random, 2 * count + 1) : Buffer.alloc(0), whole };
}

function requestFrames(random: Random, stream: number): Buffer[] {
  const sizes = Array.from({ length: random.below(4) }, () => random.pick([0, 1, 100, 5_000]));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const path = random.pick(PATHS);
  const head = block(
    [":method", path === "*" ? "OPTIONS" : random.pick(METHODS)],
    [":scheme", random.pick(["http", "https"])],
    [":path", path],
    [":authority", "h"],
    ...(random.chance(0.3) ? [["content-length", `${total}`] as const] : []),
    ...Array.from({ length: random.below(6) }, () => [random.pick(NAMES), random.pick(VALUES)] as const),
  );
  // The last is put into the table, and comes once more from there.
  const more = random.chance(0.3)
    ? Buffer.concat([Buffer.from("\x40\x04x-in\x02ab", "latin1"), Uint8Array.of(0xbe)])
    : Buffer.alloc(0);
  const hasTrailers = sizes.length > 0 && random.chance(0.2);
  const isLast = sizes.length === 0;
  return [
    ...headerFrames(random, stream, Buffer.concat([head, more]), isLast),
    ...sizes.flatMap((size, index) => [
      ...noise(random),
      dataFrame(random, stream, size, !hasTrailers && index === sizes.length - 1),
    ]),
    ...(hasTrailers ? headerFrames(random, stream, block(["x-trailer", "a"]), true) : []),
  ];
}

/** A header block as HEADERS and CONTINUATION, with padding and a priority perhaps. */
function headerFrames(random: Random, stream: number, bytes: Buffer, isLast: boolean): Buffer[] {
  const cut = random.chance(0.3) ? random.below(bytes.length + 1) : bytes.length;
  const [padded, prioritised] = [random.chance(0.2), random.chance(0.2)];
  const payload = Buffer.concat([
    Uint8Array.from(padded ? [3] : []),
    Uint8Array.from(prioritised ? [0, 0, 0, 0, 7] : []),
    bytes.subarray(0, cut),
    Buffer.alloc(padded ? 3 : 0),
  ]);
  const flags = (isLast ? END_STREAM : 0) | (padded ? PADDED : 0) | (prioritised ? PRIORITY : 0);
  return cut === bytes.length
    ? [frame(TYPE.headers, flags | END_HEADERS, stream, payload)]
    : [frame(TYPE.headers, flags, stream, payload), frame(TYPE.continuation, END_HEADERS, stream, bytes.subarray(cut))];
}

function dataFrame(random: Random, stream: number, size: number, isLast: boolean): Buffer {
  const flags = isLast ? END_STREAM : 0;
  return random.chance(0.2)
    ? frame(TYPE.data, flags | PADDED, stream, Buffer.concat([Uint8Array.of(9), Buffer.alloc(size), Buffer.alloc(9)]))
    : frame(TYPE.data, flags, stream, Buffer.alloc(size));
}

/** Frames that change nothing of an answer. */
function noise(random: Random): Buffer[] {
  return Array.from({ length: random.below(3) }, () =>
    random.pick([
      frame(TYPE.ping, 0, 0, Buffer.alloc(8)),
      frame(TYPE.window, 0, 0, numbers(1_000)),
      frame(TYPE.priority, 0, 1, Buffer.from([0, 0, 0, 0, 1])),
      frame(TYPE.settings, 0, 0, settings([4, 70_000], [1, 100])),
      frame(0x55, 0x13, 1, "unknown"),
    ]),
  );
}

/** Frames of which some bytes are wrong, or frames that are wrong where they stand, or nothing but bytes. */
function tailOf(random: Random, nextStream: number): Buffer {
  const bytes = Buffer.concat([
    ...requestFrames(random, nextStream),
    ...Array.from({ length: 1 + random.below(4) }, () =>
      frame(random.below(11), random.below(256), random.below(nextStream + 3), Buffer.alloc(random.below(40))),
    ),
    ...requestFrames(random, nextStream + 2),
  ]);
  for (let index = random.below(5); index > 0; index--) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  return random.chance(0.3) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}
