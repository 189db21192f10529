import type { Writable } from "node:stream";
import { type Answer, isStreamed } from "./message.ts";

/** For how long a stream is written before others get a turn of the event loop, in milliseconds. */
const TURN_MS = 5;

/**
 * Writes what an answer streams, no faster than the client reads, and stops when the client has gone. A client that reads as
 * fast as it is written to does not keep the server from serving others.
 *
 * @param write writes one part; returns whether the client reads as fast as it is written to
 * @returns whether all of it was written. Rejects when the stream throws, which means that the answer is to be cut off.
 */
export async function pump(
  parts: AsyncIterable<string | Uint8Array> | readonly (string | Uint8Array)[],
  out: Writable,
  write: (part: string | Uint8Array) => boolean = (part) => out.write(part),
): Promise<boolean> {
  let turnEnd = performance.now() + TURN_MS;
  for await (const part of parts) {
    if (out.destroyed) {
      return false;
    }
    if (!write(part)) {
      await drained(out);
      turnEnd = performance.now() + TURN_MS;
    } else if (performance.now() > turnEnd) {
      // Neither a stream that is made in memory nor a socket whose kernel takes all at once ever lets the loop turn.
      await new Promise(setImmediate);
      turnEnd = performance.now() + TURN_MS;
    }
  }
  return !out.destroyed;
}

/**
 * Ends the stream of an answer, as far as it has not ended, so that its producer lets go of what it holds. An answer is not
 * sent, or not all of it, when its client has gone, when its headers can't be sent, and when a HEAD asked for it.
 */
export async function endStream({ body }: Answer): Promise<void> {
  if (isStreamed(body)) {
    // A part has to be taken: a generator that has not begun would skip its `finally`.
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next().catch(() => {});
    await iterator.return?.().catch(() => {});
  }
}

/** Resolves when more can be written, or never more will be. */
function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      out.off("drain", done).off("close", done);
      resolve();
    };
    out.once("drain", done).once("close", done);
  });
}
