import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConnectionInit } from "../connection-server.ts";
import { type Answer, isStreamed } from "../message.ts";
import { endStream, pump, sinkOf } from "../pump.ts";
import { REQUEST_ID_HEADER } from "../request-id.ts";
import type { TurnBudget } from "../turn-budget.ts";
import type { Exchange } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import { endHttp1Unread, stopHttp1Upload } from "./unread-body.ts";

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
    if (req.complete) {
      res.end(body);
    } else {
      endHttp1Unread(req, res, body);
    }
    return;
  }
  if (isChunked && req.method !== "HEAD") {
    res.flushHeaders();
    if (!(await pump(isStreamed(body) ? body : [body ?? ""], sinkOf(res), turns))) {
      return;
    }
    res.addTrailers((trailers?.() ?? {}) as Record<string, string>);
  }
  res.end();
  stopHttp1Upload(req);
}
