import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, readChunks } from "../body.ts";
import { type Answer, isStreamed, type Request, type RequestBody, type Serve } from "../message.ts";
import { pump } from "../pump.ts";
import { answerClientError } from "./bad-request.ts";
import { type ListenerTimeouts, MAX_HEADER_BYTES, SOCKET_OPTIONS } from "./limits.ts";
import { endHttp1Unread } from "./unread-body.ts";

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
      // A connection that breaks is reported on both; without a listener that would end the process.
      req.on("error", ignore);
      res.on("error", ignore);
      onRequest(res);
      serve(new Http1Request(req, res))
        .then((answer) => send(req, res, answer))
        .catch((error: unknown) => {
          onError(error);
          res.destroy();
        });
    },
  );
  server.on("clientError", answerClientError);
  return server;
}

class Http1Request implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 1;
  readonly headers: IncomingMessage["headers"];
  readonly body: RequestBody;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.method = req.method ?? "";
    this.url = req.url ?? "";
    this.headers = req.headers;
    this.#req = req;
    this.#res = res;
    const isCutOff = () => !req.complete;
    this.body = {
      whole: (limit, framing = 0) =>
        // Node closes the connection behind an answer that leaves a long body unread, so nothing needs to be thrown away.
        readBody(req, { limit, framing, declaredLength: req.headers["content-length"], discardBytes: 0, isCutOff }),
      chunks: () => readChunks(req, isCutOff),
    };
  }

  get peer(): string | undefined {
    return this.#req.socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#res.destroyed;
  }

  onceOver(listener: () => void): void {
    if (this.isGone) {
      listener();
    } else {
      this.#res.once("close", listener);
    }
  }
}

function send(req: IncomingMessage, res: ServerResponse, { status, headers, body, trailers }: Answer): void {
  if (res.destroyed || res.headersSent) {
    return;
  }
  res.statusCode = status;
  for (const name in headers) {
    res.setHeader(name, headers[name] as string);
  }
  const end = () => {
    res.addTrailers((trailers?.() ?? {}) as Record<string, string>);
    res.end();
  };
  if (isStreamed(body)) {
    res.flushHeaders();
    pump(body, res).then(
      (isWhole) => isWhole && end(),
      // A half answer must not look like a whole one.
      () => res.destroy(),
    );
  } else if (trailers !== undefined) {
    res.flushHeaders();
    res.write(body ?? "");
    end();
  } else if (body === undefined) {
    res.end();
  } else {
    res.setHeader("Content-Length", Buffer.byteLength(body));
    if (status >= 400 && !req.complete) {
      endHttp1Unread(req, res, body);
    } else {
      res.end(body);
    }
  }
}

function ignore(): void {}
