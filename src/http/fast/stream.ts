import { constants as http2, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { MAX_BODY_BYTES } from "../body.ts";
import type { Pace } from "../listener/turn-budget.ts";
import type { Answer, BodyAnswerer, PlainAnswerer } from "../message.ts";

/** What was read of a body before it turned out that the request is not plain. */
export interface BodyRead {
  readonly bytes: Buffer;
  /** Whether that is all of it. If not, the stream is paused, and has the rest. */
  readonly isWhole: boolean;
}

/** What streams are served with. */
export interface PlainHttp2Init {
  readonly answer: PlainAnswerer;
  readonly pace: Pace;
  /** Takes over a request that is not plain, with what was read of its body, if anything. */
  readonly takeOver: (read?: BodyRead) => void;
  /** Told what `answer` throws, or rejects with, all the same. The stream is reset then. */
  readonly onError: (error: unknown) => void;
}

const NO_BODY = Buffer.alloc(0);

/**
 * Serves a stream of an HTTP/2 connection if its request is plain: a GET or OPTIONS without a body, or a POST whose body ends within
 * {@link MAX_BODY_BYTES}. Node's `Http2ServerRequest` and `Http2ServerResponse` are two more streams for each request,
 * which forward the events of this one. Whatever else comes is theirs: other methods, larger bodies, clients that go away
 * amid one, and what `answer` does not take.
 */
export function servePlainStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, init: PlainHttp2Init): void {
  // A connection that breaks is reported here; without a listener that would end the process.
  stream.on("error", ignore);
  try {
    const answerBody = isPlain(stream, headers) ? init.answer(headOf(headers), stream) : undefined;
    if (answerBody === undefined) {
      init.takeOver();
    } else if (stream.endAfterHeaders) {
      stream.resume(); // it has to be read to its end to be closed
      init.pace.serve(() => serve(stream, NO_BODY, answerBody, init));
    } else {
      collect(stream, answerBody, init);
    }
  } catch (error) {
    fail(stream, error, init);
  }
}

function isPlain(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
  const method = headers[":method"];
  const isKnown = method === "POST" || ((method === "GET" || method === "OPTIONS") && stream.endAfterHeaders);
  // Of a stream that was reset before it got here, nothing tells that its body ended too early.
  return (
    isKnown && !stream.aborted && headers.expect === undefined && !(Number(headers["content-length"]) > MAX_BODY_BYTES)
  );
}

function headOf(headers: IncomingHttpHeaders) {
  return { method: headers[":method"], url: headers[":path"], httpVersionMajor: 2, headers };
}

/** Reads the body, and answers it; or leaves the request once it is too large, or its client has gone. */
function collect(stream: ServerHttp2Stream, answerBody: BodyAnswerer, init: PlainHttp2Init): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isRead = false;

  function receive(chunk: Buffer): void {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      leave();
    }
  }
  function end(): void {
    isRead = true;
    init.pace.serve(() => serve(stream, Buffer.concat(chunks, size), answerBody, init));
  }
  function leave(): void {
    if (!isRead) {
      stream.off("data", receive).off("end", end).off("aborted", leave);
      stream.pause();
      init.takeOver({ bytes: Buffer.concat(chunks, size), isWhole: false });
    }
  }

  stream.on("data", receive);
  stream.on("end", end);
  stream.on("aborted", leave);
}

function serve(stream: ServerHttp2Stream, body: Buffer, answerBody: BodyAnswerer, init: PlainHttp2Init): void {
  if (isGone(stream)) {
    return;
  }
  try {
    const answering = answerBody(body);
    if (answering === undefined) {
      init.takeOver({ bytes: body, isWhole: true });
    } else {
      answering.then((answer) => sendAnswer(stream, answer)).catch((error: unknown) => fail(stream, error, init));
    }
  } catch (error) {
    fail(stream, error, init);
  }
}

function fail(stream: ServerHttp2Stream, error: unknown, { onError }: PlainHttp2Init): void {
  onError(error);
  stream.close(http2.NGHTTP2_INTERNAL_ERROR);
}

/** Sends an answer as Node's `Http2ServerResponse` does. */
function sendAnswer(stream: ServerHttp2Stream, { status, headers, body, trailers }: Answer): void {
  if (isGone(stream)) {
    return;
  }
  const all = { ":status": status, ...headers };
  if (trailers !== undefined) {
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.respond(all, { waitForTrailers: true });
    stream.end(body);
  } else if (body !== undefined) {
    stream.respond({ ...all, "content-length": Buffer.byteLength(body) });
    stream.end(body);
  } else {
    stream.respond(all, { endStream: true });
  }
}

/** The client has gone. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.closed || stream.destroyed;
}

function ignore(): void {}
