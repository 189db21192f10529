import type { Readable } from "node:stream";
import { ClientGone, StreakdError } from "../errors.ts";
import { type Budget, BudgetPart } from "./budget.ts";
import { FREE_BODY_BYTES } from "./limits.ts";

/**
 * The most bytes of a body that the fast path reads before the request's method is known, and of a method's message
 * unless the contract says otherwise.
 */
export const MAX_BODY_BYTES = 256 * 1024;

/** What a part of a body takes in memory beside its bytes: a client may send a body in parts of one byte. */
const CHUNK_BYTES = 256;

/** How a body is read. */
export interface BodyOptions {
  /** The most bytes of a message. */
  readonly limit: number;
  /** How many more bytes the body may have, for what a protocol puts around a message. */
  readonly framing: number;
  /** What `Content-Length` says. */
  readonly declaredLength: string | undefined;
  /** How many bytes of a body that is too large are read and thrown away before it is refused. */
  readonly discardBytes: number;
  /** What all unfinished bodies of the server may take. */
  readonly bodyBudget: Budget;
  /** Learns that they take too much. */
  readonly onRefusal: () => void;
  /** Whether the client has broken off the request. Some streams then end as if the body were complete. */
  readonly isCutOff: () => boolean;
}

/**
 * Reads a whole body. Rejects with BODY_TOO_LARGE, leaving a long rest unread, with OVERLOADED when the bodies of all
 * clients take too much, and with {@link ClientGone} when the client breaks it off.
 */
export function readBody(stream: Readable, options: BodyOptions): Promise<Buffer> {
  const { limit, framing, declaredLength, bodyBudget, onRefusal, isCutOff } = options;
  const most = limit + framing;
  const discardBytes = Math.max(options.discardBytes, most);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const counted = new BudgetPart(bodyBudget, FREE_BODY_BYTES);
    const settle = (done: () => void) => {
      counted.resize(0);
      stream.off("data", onData).off("end", onEnd).off("close", onClose);
      done();
    };
    const refuse = () => settle(() => reject(tooLarge(limit)));
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > discardBytes) {
        refuse();
      } else if (size <= most) {
        chunks.push(chunk);
        if (!counted.resize(size + chunks.length * CHUNK_BYTES)) {
          onRefusal();
          settle(() => reject(tooManyBodies()));
        }
      }
    };
    const onEnd = () => {
      if (size > most) {
        refuse();
      } else if (isCutOff()) {
        onClose();
      } else {
        settle(() => resolve(Buffer.concat(chunks, size)));
      }
    };
    const onClose = () => settle(() => reject(new ClientGone()));
    if (stream.readableEnded) {
      // An empty HTTP/2 body may have ended before anybody reads it.
      onEnd();
    } else if (stream.destroyed) {
      onClose();
    } else if (Number(declaredLength) > discardBytes) {
      refuse();
    } else {
      stream.on("data", onData).on("end", onEnd).on("close", onClose);
    }
  });
}

/**
 * Reads a body as it comes. Leaves the stream open when its reader stops early: the rest is dealt with when the answer
 * is sent.
 */
export async function* readChunks(stream: Readable, isCutOff: () => boolean): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw isCutOff() || stream.destroyed ? new ClientGone() : error;
  }
  if (isCutOff()) {
    throw new ClientGone();
  }
}

/** The refusal of a body when the bodies of all clients that have not ended take too much memory. */
export function tooManyBodies(): StreakdError {
  return new StreakdError(
    "OVERLOADED",
    "The server is receiving too many bodies at once. Send the request again later.",
  );
}

/** The refusal of a body, or of a message in one, that has more than `limit` bytes. */
export function tooLarge(limit: number): StreakdError {
  return new StreakdError("BODY_TOO_LARGE", `The body is larger than ${limit} bytes: send less.`);
}
