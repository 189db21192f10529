import { pipeline } from "node:stream";
import { StreakdError } from "../../errors.ts";
import { tooLarge } from "../body.ts";
import { codecs } from "./codecs.ts";
import type { Encoding } from "./encoding.ts";
import { onThread } from "./threads.ts";

/**
 * The most bytes that are decompressed on the main thread, before and after. Usual messages are far smaller, and take
 * some ten microseconds. All others take their turn on zlib's threads.
 */
const MAX_SYNC_BYTES = 16 * 1024;

/**
 * How many times as large as its compressed form a stream may be. A bomb is a thousand times as large and more. What is
 * within `limit` may always be.
 */
const MAX_EXPANSION = 100;

/**
 * Decompresses a body or a message; now if it is small. No bytes are no bytes in every encoding, as in gRPC.
 *
 * Throws or rejects with BODY_TOO_LARGE when there would be more than `limit` bytes, without making more, and with
 * INVALID_BODY when the bytes are not compressed so.
 */
export function decompress(bytes: Uint8Array, encoding: Encoding, limit: number): Uint8Array | Promise<Uint8Array> {
  if (bytes.length === 0) {
    return bytes;
  }
  if (bytes.length <= MAX_SYNC_BYTES) {
    const maxOutputLength = Math.min(limit, MAX_SYNC_BYTES);
    try {
      return codecs[encoding].decompressSync(bytes, { maxOutputLength });
    } catch (error) {
      if (!isTooLarge(error) || maxOutputLength === limit) {
        throw decompressionError(error, encoding, limit);
      }
    }
  }
  return onThread(async () => {
    try {
      return await codecs[encoding].decompress(bytes, { maxOutputLength: limit });
    } catch (error) {
      throw decompressionError(error, encoding, limit);
    }
  });
}

/**
 * Decompresses a body as it comes. Memory is bounded by zlib's window, whatever the body unpacks to. Throws INVALID_BODY
 * when the bytes are not compressed so, BODY_TOO_LARGE when they unpack to too much, and what `chunks` throws.
 *
 * @param limit the most bytes of a message in the body
 */
export async function* decompressStream(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  let made = 0;
  let sourceError: unknown;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of chunks) {
        read += chunk.length;
        yield chunk;
      }
    } catch (error) {
      sourceError = error;
      throw error;
    }
  }
  const decompressor = codecs[encoding].createDecompressor();
  // Ends both when either fails, or when the reader stops early. The errors come out of the decompressor.
  pipeline(source(), decompressor, () => {});
  try {
    for await (const part of decompressor as AsyncIterable<Buffer>) {
      made += part.length;
      if (made > limit + MAX_EXPANSION * read) {
        throw new StreakdError(
          "BODY_TOO_LARGE",
          `The body unpacks to more than ${MAX_EXPANSION} times its size: send it without a Content-Encoding.`,
        );
      }
      yield part;
    }
  } catch (error) {
    throw sourceError ?? (error instanceof StreakdError ? error : decompressionError(error, encoding, limit));
  }
}

function decompressionError(error: unknown, encoding: Encoding, limit: number): StreakdError {
  return isTooLarge(error)
    ? tooLarge(limit)
    : new StreakdError(
        "INVALID_BODY",
        `The body is not ${encoding}, as its headers say, or it is cut off: send it whole, or uncompressed.`,
        {
          cause: error,
        },
      );
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
}
