import { type Compress, createCompress } from "./compress.ts";
import { createDecompress, type Decompress, type DecompressInit } from "./decompress.ts";

/** Compresses and decompresses bodies and messages. What is large waits its turn for zlib's threads. */
export interface Compression {
  readonly compress: Compress;
  readonly decompress: Decompress;
}

/** Creates the compression that all transports of a server share. */
export function createCompression(init: DecompressInit): Compression {
  return { compress: createCompress(), decompress: createDecompress(init) };
}
