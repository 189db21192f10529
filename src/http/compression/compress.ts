import { pipeline } from "node:stream";
import { codecs, streamCodecs } from "./codecs.ts";
import type { Encoding, STREAM_ENCODINGS } from "./encoding.ts";
import { WorkQueue } from "./work-queue.ts";

/** The fewest bytes of an answer, or of a message in one, that are compressed. Less fits into one packet anyway. */
export const MIN_COMPRESSED_BYTES = 1024;

/** The most bytes that are compressed on the main thread: it takes less than a tenth of a millisecond. */
const MAX_SYNC_BYTES = 8 * 1024;

/** How many answers are compressed at once on zlib's threads. Node has 4 threads, which uploads need too. */
const MAX_AT_ONCE = 2;

/** Compresses a body or a message; now if it is small. The same array is compressed once: it must not change. */
export type Compress = (bytes: Uint8Array, encoding: Encoding) => Uint8Array | Promise<Uint8Array>;

/** Creates what compresses the bodies and messages of a server's answers. */
export function createCompress(): Compress {
  // All may wait: their work is done, and they are there anyway.
  const large = new WorkQueue(MAX_AT_ONCE, Number.POSITIVE_INFINITY);
  // What was compressed, by what it was made of, for as long as that is alive: pages are sent again and again.
  const kept = new WeakMap<Uint8Array, Map<Encoding, Uint8Array | Promise<Uint8Array>>>();

  async function compressLarge(
    bytes: Uint8Array,
    encoding: Encoding,
    known: Map<Encoding, unknown>,
  ): Promise<Uint8Array> {
    try {
      return await large.run(() => codecs[encoding].compress(bytes));
    } catch (error) {
      // Such as for want of memory. The next answer may have more luck.
      known.delete(encoding);
      throw error;
    }
  }

  return (bytes, encoding) => {
    const known = kept.get(bytes) ?? new Map<Encoding, Uint8Array | Promise<Uint8Array>>();
    const compressed =
      known.get(encoding) ??
      (bytes.length <= MAX_SYNC_BYTES ? codecs[encoding].compressSync(bytes) : compressLarge(bytes, encoding, known));
    kept.set(bytes, known.set(encoding, compressed));
    return compressed;
  };
}

/** Compresses a body as it comes: each part is passed on without waiting for the next. Throws what `parts` throws. */
export async function* compressStream(
  parts: AsyncIterable<string | Uint8Array>,
  encoding: (typeof STREAM_ENCODINGS)[number],
): AsyncGenerator<Uint8Array> {
  const compressor = streamCodecs[encoding].createCompressor();
  pipeline(parts, compressor, () => {});
  yield* compressor as AsyncIterable<Buffer>;
}
