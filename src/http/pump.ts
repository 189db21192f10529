import type { Writable } from "node:stream";
import { type Answer, isStreamed } from "./message.ts";
import type { TurnBudget } from "./turn-budget.ts";

/** Where the parts of a streamed answer are written. */
export interface Sink {
  /** Whether the client has gone. */
  readonly destroyed: boolean;
  /** Writes one part. Returns false when the client reads too slowly: then wait for `drained`. */
  write(part: string | Uint8Array): boolean;
  /** Resolves when more can be written, or the client has gone. */
  drained(): Promise<void>;
}

/** Returns a sink that writes to a stream of Node. */
export function sinkOf(out: Writable, write: Sink["write"] = (part) => out.write(part)): Sink {
  return {
    get destroyed() {
      return out.destroyed;
    },
    write,
    drained: () =>
      new Promise((resolve) => {
        const done = () => {
          out.off("drain", done).off("close", done);
          resolve();
        };
        out.once("drain", done).once("close", done);
      }),
  };
}

/**
 * Writes what an answer streams, no faster than the client reads, and stops when the client has gone. Even a client
 * that always reads at once leaves the server time for others.
 *
 * @returns whether all of it was written. Rejects when the stream throws; the answer must then be cut off.
 */
export async function pump(
  parts: AsyncIterable<string | Uint8Array> | readonly (string | Uint8Array)[],
  sink: Sink,
  turns: TurnBudget,
): Promise<boolean> {
  for await (const part of parts) {
    if (sink.destroyed) {
      return false;
    }
    if (!sink.write(part)) {
      await sink.drained();
    }
    if (turns.isTimeUp) {
      // A stream made in memory and a socket that takes everything at once would never let the event loop turn.
      await turns.next();
    }
  }
  return !sink.destroyed;
}

/**
 * Ends the stream of an answer unless it has ended, so that its producer frees what it holds. It has not ended when the
 * client has gone, when the headers can't be sent, and when the request was a HEAD.
 */
export async function endStream({ body }: Answer): Promise<void> {
  if (isStreamed(body)) {
    // Starts the generator: one that never started skips its `finally`.
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next().catch(() => {});
    await iterator.return?.().catch(() => {});
  }
}
