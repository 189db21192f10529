import { expect, test } from "vitest";
import { FrameReader } from "#src/http/h2/frame-reader.ts";
import { END_STREAM, frame, opening, TYPE } from "./support.ts";

/** As a socket gives it: in memory of its own. */
function readOf(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.from(new Uint8Array(bytes).buffer);
}

/** What a reader gives of all that it has, as long as it is there. */
function payloadsOf(reader: FrameReader): string[] {
  const payloads: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    payloads.push(`${next.payload}`);
  }
  return payloads;
}

function openReader(): FrameReader {
  const reader = new FrameReader();
  reader.add(readOf(opening()));
  payloadsOf(reader);
  return reader;
}

test("the memory of a read is freed when its frames are taken, before garbage is collected", () => {
  const reader = openReader();
  const reads = Array.from(Array(3), () => readOf(frame(TYPE.data, 0, 1, Buffer.alloc(10_000))));
  for (const read of reads) {
    reader.add(read);
    payloadsOf(reader);
  }
  expect(reads.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0]);
});

test("a read is not freed under the last DATA of a stream, which a body keeps without a copy", () => {
  const reader = openReader();
  reader.add(
    readOf(frame(TYPE.data, 0, 1, "gone"), frame(TYPE.data, END_STREAM, 1, "kept"), frame(TYPE.data, 0, 3, "gone")),
  );
  reader.next();
  const kept = reader.next()?.payload;
  reader.next();
  reader.add(readOf(frame(TYPE.data, 0, 3, "later")));
  payloadsOf(reader);
  reader.add(readOf(frame(TYPE.data, 0, 3, "later")));
  expect(`${kept}`).toBe("kept");
});

test("frames are the same however they are cut into reads", () => {
  const frames = ["", "a", "bc".repeat(300), "d".repeat(16_000), "e"].map((payload, index) =>
    frame(TYPE.data, index % 2 === 0 ? END_STREAM : 0, 2 * index + 1, payload),
  );
  const all = Buffer.concat([opening(), ...frames]);
  for (const size of [1, 7, 9, 10, 100, 1_000, 16_009, 20_000]) {
    const reader = new FrameReader();
    const payloads: string[] = [];
    const kept: Buffer[] = [];
    for (let at = 0; at < all.length; at += size) {
      reader.add(readOf(all.subarray(at, at + size)));
      for (let next = reader.next(); next !== undefined; next = reader.next()) {
        payloads.push(`${next.payload}`);
        if (next.type === TYPE.data && next.flags === END_STREAM) {
          kept.push(next.payload);
        }
      }
    }
    // A body keeps its last DATA while the rest is read.
    expect(kept.map(String)).toEqual(["", "bc".repeat(300), "e"]);
    expect(payloads.slice(1)).toEqual(["", "a", "bc".repeat(300), "d".repeat(16_000), "e"]);
  }
});
