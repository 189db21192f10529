import type { Compression } from "@connectrpc/connect/protocol";
import { compress } from "../http/compression/compress.ts";
import { decompress } from "../http/compression/decompress.ts";
import { ENCODINGS } from "../http/compression/encoding.ts";

/** How Connect's library compresses and decompresses messages. What it can't decompress throws a `StreakdError`. */
export const compressions: Compression[] = ENCODINGS.map((name) => ({
  name,
  compress: async (bytes) => (await compress(bytes, name)) as Uint8Array<ArrayBuffer>,
  decompress: async (bytes, limit) => (await decompress(bytes, name, limit)) as Uint8Array<ArrayBuffer>,
}));
