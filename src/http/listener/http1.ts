import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionInit, ConnectionServer } from "../connection-server.ts";
import type { Limits } from "../limits.ts";
import { OwnedConnections } from "../owned-connections.ts";
import {
  NO_HOST,
  type Refusal,
  refusalAnswer,
  refusalOf,
  TOO_MANY_HEADERS,
  UNKNOWN_EXPECTATION,
  UNKNOWN_TRANSFER,
} from "../refusal.ts";
import type { Exchange } from "./exchange.ts";
import { Feed } from "./feed.ts";
import { sendAnswer } from "./http1-answer.ts";
import { Http1Request } from "./http1-request.ts";

/** Serves HTTP/1.1 connections by Node's server. */
export interface Http1Server extends ConnectionServer {
  /**
   * Serves a connection from which bytes were read before.
   *
   * @param begunAt when the first of them came, on the clock of `performance.now()`
   */
  takeOver(socket: Socket, bytes: Buffer, begunAt: number): void;
}

/**
 * Creates what serves HTTP/1.1 connections by Node's server. That does not listen, and gets no socket: each connection
 * reaches it through a {@link Feed}, which keeps the bounds of time as well.
 */
export function createHttp1(init: ConnectionInit): Http1Server {
  const { serve, turns, limits, onError } = init;
  const feeds = new OwnedConnections<Feed>(turns, limits);

  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    // Only what answers say: the feed ends idle connections.
    keepAliveTimeout: limits.keepAliveMs,
    requireHostHeader: false,
  });
  // One more than a request may have, so that a request with too many is noticed.
  server.maxHeadersCount = limits.maxHeaders + 1;
  server.on("request", (req, res) => answer(req, res, false));
  server.on("checkContinue", (req, res) => answer(req, res, true));
  server.on("checkExpectation", (req, res) => {
    const exchange = open(req, res);
    const refusal = refusalAnswer(UNKNOWN_EXPECTATION, init.commonHeaders?.(exchange.head));
    sendAnswer(feedOf(req), exchange, refusal, init).catch(onError);
  });
  server.on("clientError", (error, feed) => (feed as Feed).refuse(refusalOf(error)));

  function open(req: IncomingMessage, res: ServerResponse): Exchange {
    // A broken connection is reported on both. Without listeners that would end the process.
    req.on("error", ignore);
    res.on("error", ignore);
    return feedOf(req).open(req, res);
  }

  function answer(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const exchange = open(req, res);
    const feed = feedOf(req);
    const refusal = refusalOfHead(req, limits);
    if (refusal !== undefined) {
      feed.refuse(refusal);
    } else {
      const request = new Http1Request(feed, exchange, init, expectsContinue);
      serve(request)
        .then((answer) => sendAnswer(feed, exchange, answer, init))
        .catch(onError);
    }
  }

  function add(socket: Socket, bytes?: Buffer, begunAt?: number): void {
    const feed = new Feed(socket, init, feeds, bytes, begunAt);
    feeds.add(feed);
    socket.once("close", () => feeds.forget(feed));
    server.emit("connection", feed);
  }

  function drain(): void {
    feeds.isDraining = true;
    for (const feed of feeds) {
      feed.drain();
    }
  }

  return {
    busy: feeds.busy,
    serve: (socket) => add(socket),
    takeOver: add,
    drain,
    close() {
      feeds.isClosing = true;
      drain();
      // A connection that has not sent a whole head has no request in flight, and may never send the rest.
      for (const feed of feeds) {
        feed.endIdle();
      }
    },
  };
}

/** Why a request is refused by its headers; undefined when it is served. */
function refusalOfHead(request: IncomingMessage, { maxHeaders }: Limits): Refusal | undefined {
  const { httpVersion, rawHeaders, headers } = request;
  if (rawHeaders.length > 2 * maxHeaders) {
    return TOO_MANY_HEADERS;
  }
  if ((headers["transfer-encoding"] ?? "chunked").toLowerCase() !== "chunked") {
    return UNKNOWN_TRANSFER;
  }
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    hosts += rawHeaders[i]?.toLowerCase() === "host" ? 1 : 0;
  }
  return hosts === 1 || (hosts === 0 && httpVersion === "1.0") ? undefined : NO_HOST;
}

/** Node's server takes a feed for the socket of a request. */
function feedOf(req: IncomingMessage): Feed {
  return req.socket as unknown as Feed;
}

function ignore(): void {}
