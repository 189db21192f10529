import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConnectionInit } from "../connection-server.ts";
import { type Answer, isStreamed } from "../message.ts";
import { endStream, pump, sinkOf } from "../pump.ts";
import { REQUEST_ID_HEADER } from "../request-id.ts";
import type { TurnBudget } from "../turn-budget.ts";
import type { Exchange } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import { closeAfterLongBody, dropRest, hasShortRest } from "./unread-body.ts";

/** Sends an answer by Node's server, and ends what it streams. `onError` learns why an answer is cut off. */
export async function sendAnswer(
  feed: Feed,
  exchange: Exchange,
  answer: Answer,
  { turns, onError }: Pick<ConnectionInit, "turns" | "onError">,
): Promise<void> {
  const { req, res } = exchange;
  try {
    if (isStreamed(answer.body)) {
      feed.setStreamed(exchange);
    }
    res.setHeader(REQUEST_ID_HEADER, exchange.requestId);
    await send(req, res, answer, turns);
  } catch (error) {
    if (!feed.isGone) {
      onError(error, exchange.requestId);
    }
    // Half an answer must not look like a whole one.
    res.destroy();
  } finally {
    await endStream(answer);
  }
}

async function send(req: IncomingMessage, res: ServerResponse, answer: Answer, turns: TurnBudget): Promise<void> {
  const { status, headers, body, trailers } = answer;
  if (res.destroyed) {
    return;
  }
  res.statusCode = status;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) {
      res.setHeader(name, value);
    }
  }
  const isChunked = isStreamed(body) || trailers !== undefined;
  if (body !== undefined && !isChunked) {
    res.setHeader("Content-Length", Buffer.byteLength(body));
    closeAfterLongBody(req, res);
    res.end(body);
  } else {
    if (isChunked && req.method !== "HEAD" && !(await sendChunks(req, res, answer, turns))) {
      return;
    }
    closeAfterLongBody(req, res);
    res.end();
  }
  dropRest(req);
}

/**
 * Sends all of an answer in chunks but its end. The head goes first, since the first part may be long in coming; but
 * not while it is open whether the request is read to its end, and so whether the connection goes on.
 *
 * @returns whether all was written
 */
async function sendChunks(
  req: IncomingMessage,
  res: ServerResponse,
  { body, trailers }: Answer,
  turns: TurnBudget,
): Promise<boolean> {
  if (hasShortRest(req)) {
    res.flushHeaders();
  } else {
    req.once("end", () => {
      if (!res.headersSent) {
        res.flushHeaders();
      }
    });
  }
  const write = (part: string | Uint8Array) => {
    if (!res.headersSent) {
      closeAfterLongBody(req, res);
    }
    return res.write(part);
  };
  const isWritten = await pump(isStreamed(body) ? body : [body ?? ""], sinkOf(res, write), turns);
  if (isWritten) {
    res.addTrailers((trailers?.() ?? {}) as Record<string, string>);
  }
  return isWritten;
}
