import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { readBody, readChunks } from "../body.ts";
import type { Budget } from "../budget.ts";
import type { ConnectionInit, ConnectionServer } from "../connection-server.ts";
import type { Limits } from "../limits.ts";
import { type Answer, isStreamed, type Request, type RequestBody } from "../message.ts";
import { endStream, pump } from "../pump.ts";
import { answerClientError } from "./bad-request.ts";
import { SOCKET_OPTIONS } from "./listen.ts";
import { isSlowUpload, limitSilence } from "./slow-upload.ts";
import { endHttp1Unread, stopHttp1Upload } from "./unread-body.ts";

/** How often connections are checked against the bounds of time, in milliseconds. */
const CHECK_MS = 5_000;

/** Creates what serves HTTP/1.1 connections by Node's server. */
export function createHttp1({ serve, limits, unfinished, onError }: ConnectionInit): ConnectionServer {
  const busy = new Set<Socket>();
  const connections = new Set<Socket>();
  const inFlight = new Set<ServerResponse>();
  let isDraining = false;
  const server = createServer(
    {
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs / 2),
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.maxHeaderBytes,
      ...SOCKET_OPTIONS,
    },
    (req, res) => {
      // A broken connection is reported on both. Without listeners that would end the process.
      req.on("error", ignore);
      res.on("error", ignore);
      add(req, res);
      serve(new Http1Request(req, res, limits, unfinished)).then(async (answer) => {
        try {
          await send(req, res, answer);
        } catch (error) {
          onError(error);
          // Half an answer must not look like a whole one.
          res.destroy();
        } finally {
          await endStream(answer);
        }
      });
    },
  );
  server.on("clientError", (error, socket) => {
    if (!isSlowUpload(error, socket)) {
      answerClientError(error, socket);
    }
  });
  // The server does not listen itself. It enforces its bounds of time only from this event on.
  server.emit("listening");

  /** Notes that a request is being answered. Its connection ends after the answer when connections are to end. */
  function add({ socket }: IncomingMessage, res: ServerResponse): void {
    inFlight.add(res);
    busy.add(socket);
    if (isDraining) {
      res.shouldKeepAlive = false;
    }
    res.once("close", () => {
      inFlight.delete(res);
      if (![...inFlight].some(({ req }) => req.socket === socket)) {
        busy.delete(socket);
        if (isDraining) {
          // Node closes no connection whose headers are out and promised that it stays open.
          socket.destroySoon();
        }
      }
    });
  }

  function drain(): void {
    isDraining = true;
    for (const response of inFlight) {
      response.shouldKeepAlive = false;
    }
  }

  return {
    busy,
    serve(socket) {
      connections.add(socket);
      socket.once("close", () => connections.delete(socket));
      server.emit("connection", socket);
    },
    drain,
    close() {
      drain();
      // A connection that has not sent a whole head has no request in flight, and might never have one.
      for (const socket of connections) {
        if (!busy.has(socket)) {
          socket.destroy();
        }
      }
    },
  };
}

class Http1Request implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 1;
  readonly receivedAt = performance.now();
  readonly headers: IncomingMessage["headers"];
  readonly body: RequestBody;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;

  constructor(req: IncomingMessage, res: ServerResponse, { silenceMs }: Limits, unfinished: Budget) {
    this.method = req.method ?? "";
    this.url = req.url ?? "";
    this.headers = req.headers;
    this.#req = req;
    this.#res = res;
    const isCutOff = () => !req.complete;
    const declaredLength = req.headers["content-length"];
    this.body = {
      whole: (limit, framing = 0) =>
        // After an answer that leaves a long body unread the connection closes, so nothing needs to be dropped here.
        readBody(req, { limit, framing, declaredLength, discardBytes: 0, unfinished, isCutOff }),
      chunks: () =>
        limitSilence(req, readChunks(req, isCutOff), silenceMs, (error) => answerClientError(error, req.socket)),
    };
  }

  get peer(): string | undefined {
    return this.#req.socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#res.destroyed;
  }

  onceOver(listener: () => void): void {
    if (this.#res.destroyed) {
      listener();
    } else {
      this.#res.once("close", listener);
    }
  }
}

async function send(req: IncomingMessage, res: ServerResponse, { status, headers, body, trailers }: Answer) {
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
    if (!(await pump(isStreamed(body) ? body : [body ?? ""], res))) {
      return;
    }
    res.addTrailers((trailers?.() ?? {}) as Record<string, string>);
  }
  res.end();
  stopHttp1Upload(req);
}

function ignore(): void {}
