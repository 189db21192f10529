import type { IncomingMessage } from "node:http";
import { ClientGone } from "../../errors.ts";
import { tooLarge, tooManyBodies } from "../body.ts";
import { type Budget, BudgetPart } from "../budget.ts";
import { FREE_BODY_BYTES } from "../limits.ts";

/** What a part of a body takes in memory beside its bytes: a client may send a body in parts of one byte. */
const CHUNK_BYTES = 256;

/** How a body is read. */
export interface BodyOptions {
  /** The most bytes of a message. */
  readonly limit: number;
  /** How many more bytes the body may have, for what a protocol puts around a message. */
  readonly framing: number;
  /** What the bodies of all clients that have not ended may take. */
  readonly bodyBudget: Budget;
  /** Learns that they take too much. */
  readonly onRefusal: () => void;
}

/**
 * Reads a whole body. Rejects with BODY_TOO_LARGE, leaving the rest unread, with OVERLOADED when the bodies of all
 * clients take too much, and with {@link ClientGone} when the client breaks it off.
 */
export function readBody(req: IncomingMessage, options: BodyOptions): Promise<Buffer> {
  const { limit, framing, bodyBudget, onRefusal } = options;
  const most = limit + framing;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const counted = new BudgetPart(bodyBudget, FREE_BODY_BYTES);
    const settle = (done: () => void) => {
      counted.resize(0);
      req.off("data", onData).off("end", onEnd).off("close", onClose);
      done();
    };
    const refuse = () => settle(() => reject(tooLarge(limit)));
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) {
        refuse();
        return;
      }
      chunks.push(chunk);
      if (!counted.resize(size + chunks.length * CHUNK_BYTES)) {
        onRefusal();
        settle(() => reject(tooManyBodies()));
      }
    };
    // The body of a client that has gone may end as if it were whole.
    const onEnd = () => (req.complete ? settle(() => resolve(Buffer.concat(chunks, size))) : onClose());
    const onClose = () => settle(() => reject(new ClientGone()));
    if (req.readableEnded) {
      // Node drops the body of a request that is answered before anybody reads it.
      onEnd();
    } else if (req.destroyed) {
      onClose();
    } else if (Number(req.headers["content-length"]) > most) {
      refuse();
    } else {
      req.on("data", onData).on("end", onEnd).on("close", onClose);
    }
  });
}

/**
 * Reads a body as it comes. Leaves the request open when its reader stops early: the rest is dealt with when the answer
 * is sent. Rejects with {@link ClientGone} when the client breaks it off.
 */
export async function* readChunks(req: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw !req.complete || req.destroyed ? new ClientGone() : error;
  }
  if (!req.complete) {
    throw new ClientGone();
  }
}
