import type { Compression as LibraryCompression } from "@connectrpc/connect/protocol";
import type { Compression } from "../http/compression/compression.ts";
import { ENCODINGS } from "../http/compression/encoding.ts";

/** How Connect's library compresses and decompresses messages. What it can't decompress throws a `StreakdError`. */
export function createCompressions({ compress, decompress }: Compression): LibraryCompression[] {
  return ENCODINGS.map((name) => ({
    name,
    compress: async (bytes) => (await compress(bytes, name)) as Uint8Array<ArrayBuffer>,
    // The library does not say whose message it is.
    decompress: async (bytes, limit) => (await decompress(bytes, name, limit, undefined)) as Uint8Array<ArrayBuffer>,
  }));
}
