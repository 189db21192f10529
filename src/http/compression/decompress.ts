import { pipeline } from "node:stream";
import { ClientGone, StreakdError } from "../../errors.ts";
import { tooLarge, tooManyBodies } from "../body.ts";
import { type Budget, BudgetPart } from "../budget.ts";
import { FREE_BODY_BYTES, type Limits, MAX_EXPANSION, type OnRefusal } from "../limits.ts";
import type { Request } from "../message.ts";
import { codecs, streamCodecs } from "./codecs.ts";
import type { Encoding, STREAM_ENCODINGS } from "./encoding.ts";
import { WorkQueue } from "./work-queue.ts";

/**
 * The most bytes, compressed and decompressed, that the main thread handles. Usual messages are far smaller, and take
 * some ten microseconds. Larger ones wait for zlib's threads.
 */
const MAX_SYNC_BYTES = 16 * 1024;

/** How many bodies are decompressed at once on zlib's threads. Node has 4 threads. */
const MAX_AT_ONCE = 4;

/**
 * The same for Brotli. Its decoder fills a window of megabytes before it returns anything, so that a body of 150
 * bytes takes as long as one of megabytes. Such bodies must not take all threads.
 */
const MAX_BROTLI_AT_ONCE = 1;

/**
 * Decompresses a body or a message, at once if it is small. An empty body counts as empty in every encoding, as in
 * gRPC.
 *
 * Throws or rejects with INVALID_BODY when the bytes are not compressed so, with BODY_TOO_LARGE when there would be
 * more than `limit` bytes, without making more, with OVERLOADED when too many other bodies wait, and with
 * {@link ClientGone} when the client leaves before the bytes have their turn.
 *
 * @param client the request that the bytes are of; undefined when that is not known
 */
export type Decompress = (
  bytes: Uint8Array,
  encoding: Encoding,
  limit: number,
  client: Pick<Request, "isGone"> | undefined,
) => Uint8Array | Promise<Uint8Array>;

/** What decompression works with. */
export interface DecompressInit {
  readonly limits: Limits;
  /** What is left of `maxUnfinishedBodyBytes`. */
  readonly bodyBudget: Budget;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
}

/** Creates what decompresses the bodies and messages of a server's requests. */
export function createDecompress({ limits, bodyBudget, onRefusal }: DecompressInit): Decompress {
  const large = new WorkQueue(MAX_AT_ONCE, limits.maxWaitingDecompressions);
  const brotli = new WorkQueue(MAX_BROTLI_AT_ONCE, limits.maxWaitingBrotli);

  /** Waits for a thread. The bytes count as unfinished until they are decompressed: all that wait are in memory. */
  async function decompressLarge(...[bytes, encoding, limit, client]: Parameters<Decompress>): Promise<Uint8Array> {
    const isBrotli = encoding === "br";
    const queue = isBrotli ? brotli : large;
    if (queue.isFull) {
      onRefusal(isBrotli ? "maxWaitingBrotli" : "maxWaitingDecompressions");
      throw new StreakdError("OVERLOADED", "Too many compressed bodies wait to be read. Try again later.");
    }
    const counted = new BudgetPart(bodyBudget, FREE_BODY_BYTES);
    if (!counted.resize(bytes.length)) {
      onRefusal("maxUnfinishedBodyBytes");
      throw tooManyBodies();
    }
    try {
      return await queue.run(async () => {
        if (client?.isGone) {
          throw new ClientGone();
        }
        return await codecs[encoding].decompress(bytes, { maxOutputLength: limit });
      });
    } catch (error) {
      throw error instanceof ClientGone ? error : decompressionError(error, encoding, limit);
    } finally {
      counted.resize(0);
    }
  }

  return (bytes, encoding, limit, client) => {
    if (bytes.length === 0) {
      return bytes;
    }
    if (encoding === "br" && hasLargeWindow(bytes)) {
      throw new StreakdError(
        "INVALID_BODY",
        "The body is not br, or its window is larger than 4 MiB: use an lgwin of at most 22.",
      );
    }
    // Brotli's decoder is never quick: see its queue.
    const isQuick = bytes.length <= MAX_SYNC_BYTES && encoding !== "br";
    return (
      (isQuick ? decompressNow(bytes, encoding, limit) : undefined) ?? decompressLarge(bytes, encoding, limit, client)
    );
  };
}

/** Returns undefined when there are too many bytes to do it now. */
function decompressNow(bytes: Uint8Array, encoding: Encoding, limit: number): Uint8Array | undefined {
  const maxOutputLength = Math.min(limit, MAX_SYNC_BYTES);
  try {
    return codecs[encoding].decompressSync(bytes, { maxOutputLength });
  } catch (error) {
    if (!isTooLarge(error) || maxOutputLength === limit) {
      throw decompressionError(error, encoding, limit);
    }
    return undefined;
  }
}

/**
 * Decompresses a body as it comes. Memory is bounded by zlib's window, however large the result. Throws
 * INVALID_BODY when the bytes are not in this encoding, BODY_TOO_LARGE when they decompress to too much, and what
 * `chunks` throws.
 *
 * @param limit the most bytes of a message in the body
 */
export async function* decompressStream(
  chunks: AsyncIterable<Uint8Array>,
  encoding: (typeof STREAM_ENCODINGS)[number],
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
  const decompressor = streamCodecs[encoding].createDecompressor();
  // Ends both when either fails, or when the reader stops early. The errors come out of the decompressor.
  pipeline(source(), decompressor, () => {});
  try {
    for await (const part of decompressor as AsyncIterable<Buffer>) {
      made += part.length;
      if (made > limit + MAX_EXPANSION * read) {
        throw new StreakdError(
          "BODY_TOO_LARGE",
          `The body decompresses to more than ${MAX_EXPANSION} times its size: send it uncompressed.`,
        );
      }
      yield part;
    }
  } catch (error) {
    throw sourceError ?? (error instanceof StreakdError ? error : decompressionError(error, encoding, limit));
  }
}

/**
 * Whether Brotli's window is larger than 4 MiB, the largest that encoders use by default. The first bits say how large
 * the window is (RFC 7932, 9.1). The decoder fills the whole window before it can be stopped.
 */
function hasLargeWindow(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return (first & 0b1) === 1 && ((first >> 1) & 0b111) > 5;
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
