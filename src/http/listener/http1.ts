import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, readChunks } from "../body.ts";
import { type Answer, isStreamed, type Request, type RequestBody, type Serve } from "../message.ts";
import { endStream, pump } from "../pump.ts";
import { answerClientError } from "./bad-request.ts";
import { type ListenerTimeouts, MAX_HEADER_BYTES, SOCKET_OPTIONS } from "./limits.ts";
import { isSlowUpload, limitSilence } from "./slow-upload.ts";
import { endHttp1Unread, stopHttp1Upload } from "./unread-body.ts";

/**
 * Creates Node's HTTP/1.1 server.
 *
 * @param onRequest is told of each request before it is served
 * @param onError learns of answers that can't be sent. Their connections are closed.
 */
export function createHttp1(
  timeouts: ListenerTimeouts,
  serve: Serve,
  onRequest: (response: ServerResponse) => void,
  onError: (error: unknown) => void,
): Server {
  const server = createServer(
    {
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: timeouts.check,
      keepAliveTimeout: timeouts.keepAlive,
      maxHeaderSize: MAX_HEADER_BYTES,
      ...SOCKET_OPTIONS,
    },
    (req, res) => {
      // A broken connection is reported on both. Without listeners that would end the process.
      req.on("error", ignore);
      res.on("error", ignore);
      onRequest(res);
      serve(new Http1Request(req, res, timeouts.request)).then(async (answer) => {
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
  return server;
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

  /** @param silenceMs how long the client may be silent in a body that is read as it comes, in milliseconds */
  constructor(req: IncomingMessage, res: ServerResponse, silenceMs: number) {
    this.method = req.method ?? "";
    this.url = req.url ?? "";
    this.headers = req.headers;
    this.#req = req;
    this.#res = res;
    const isCutOff = () => !req.complete;
    this.body = {
      whole: (limit, framing = 0) =>
        // After an answer that leaves a long body unread the connection closes, so nothing needs to be dropped here.
        readBody(req, { limit, framing, declaredLength: req.headers["content-length"], discardBytes: 0, isCutOff }),
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
