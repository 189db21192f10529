import { pipeline } from "node:stream";
import { codecs } from "./codecs.ts";
import type { Encoding } from "./encoding.ts";
import { onThread } from "./threads.ts";

/** The fewest bytes of an answer, or of a message in one, that are compressed. Less fits into one packet anyway. */
export const MIN_COMPRESSED_BYTES = 1024;

/** The most bytes that are compressed on the main thread, which takes less than a tenth of a millisecond. */
const MAX_SYNC_BYTES = 8 * 1024;

/** What was compressed, by what it was made of, for as long as that is alive: pages are sent again and again. */
const kept = new WeakMap<Uint8Array, Map<Encoding, Uint8Array | Promise<Uint8Array>>>();

/** Compresses a body or a message; now if it is small. The same array is compressed once: it must not change. */
export function compress(bytes: Uint8Array, encoding: Encoding): Uint8Array | Promise<Uint8Array> {
  const known = kept.get(bytes) ?? new Map<Encoding, Uint8Array | Promise<Uint8Array>>();
  const compressed =
    known.get(encoding) ??
    (bytes.length <= MAX_SYNC_BYTES
      ? codecs[encoding].compressSync(bytes)
      : onThread(() => codecs[encoding].compress(bytes)));
  kept.set(bytes, known.set(encoding, compressed));
  return compressed;
}

/** Compresses a body as it comes: each part is sent on without waiting for the next. Throws what `parts` throws. */
export async function* compressStream(
  parts: AsyncIterable<string | Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Uint8Array> {
  const compressor = codecs[encoding].createCompressor();
  pipeline(parts, compressor, () => {});
  yield* compressor as AsyncIterable<Buffer>;
}
