import type { IncomingMessage } from "node:http";
import { ClientGone } from "../../errors.ts";
import { tooLarge, tooManyBodies } from "../body.ts";
import type { Budget } from "../budget.ts";
import { HeldBytes } from "../held-bytes.ts";
import type { Exchange } from "./exchange.ts";

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
 * Reads a whole body. Rejects with BODY_TOO_LARGE as soon as the stated length or the sizes of the chunks are too
 * large, and leaves the rest unread. Rejects with OVERLOADED when the bodies of all clients take too much, and with
 * {@link ClientGone} when the client breaks off.
 */
export function readBody(exchange: Exchange, options: BodyOptions): Promise<Buffer> {
  const { req } = exchange;
  const { limit, framing, bodyBudget, onRefusal } = options;
  const most = limit + framing;
  return new Promise((resolve, reject) => {
    const held = new HeldBytes(bodyBudget);
    const settle = (done: () => void) => {
      req.off("data", onData).off("end", onEnd).off("close", onClose);
      done();
    };
    const fail = (error: Error) =>
      settle(() => {
        held.drop();
        reject(error);
      });
    const refuse = () => fail(tooLarge(limit));
    const onData = (chunk: Buffer) => {
      if (Math.max(exchange.framing.stated, held.length + chunk.length) > most) {
        refuse();
      } else if (!held.add(chunk)) {
        onRefusal();
        fail(tooManyBodies());
      }
    };
    // The body of a client that has gone may end as if it were whole.
    const onEnd = () => (req.complete ? settle(() => resolve(held.take())) : onClose());
    const onClose = () => fail(new ClientGone());
    if (req.readableEnded) {
      // Node drops the body of a request that is answered before anybody reads it.
      onEnd();
    } else if (req.destroyed) {
      onClose();
    } else if (exchange.framing.stated > most) {
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
