import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  /** The request's target: the path with its query. */
  readonly url: string;
  readonly httpVersionMajor: 1 | 2;
  /** By lower-case name. Over HTTP/2 the pseudo-headers (`:path`) are among them. */
  readonly headers: IncomingHttpHeaders;
}

/** A request of either protocol, as a listener hands it over. */
export interface Request extends RequestHead {
  /** What the request is called in its answer and in the log: see `request-id.ts`. */
  readonly requestId: string;
  /** Whether the pipeline has taken the request for a call. It says so itself; it counts and logs calls. */
  isCall: boolean;
  /**
   * The client's address, or the proxy's unless that is trusted; undefined on a Unix socket, and once the connection is
   * closed.
   */
  readonly peer: string | undefined;
  /** The client's address, if a trusted proxy has sent it. The server sets it before it serves the request. */
  forwardedFor: string | undefined;
  /** When its head was read, or on the fast path all of it, on the clock of `performance.now()`, in milliseconds. */
  readonly receivedAt: number;
  readonly body: RequestBody;
  /** Whether the client has gone, so that nobody can read an answer. */
  readonly isGone: boolean;
  /**
   * Calls a listener once, when the request is over: its answer is sent, or the client has gone. Calls it at once when
   * the request is over already. An HTTP/1.1 client that has ended its side counts as gone, although it may still get
   * an answer that is not a stream.
   */
  onceOver(listener: () => void): void;
}

/** A request's body. It is read once, by one of the two methods, or not at all. */
export interface RequestBody {
  /**
   * The whole body.
   *
   * Throws or rejects with BODY_TOO_LARGE when it has more than `limit` bytes, with the rest unread if there is a lot
   * of it, and with {@link ClientGone} when the client leaves before the end.
   *
   * @param limit the most bytes of a message
   * @param framing how many more bytes the body may have, for what a protocol puts around a message
   */
  whole(limit: number, framing?: number): Uint8Array | Promise<Uint8Array>;
  /** The body as it comes. Rejects with {@link ClientGone} when the client leaves before the end. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** An answer, which the server of the connection sends. */
export interface Answer {
  readonly status: number;
  /** Without the body's length, which follows from it. */
  readonly headers: OutgoingHttpHeaders;
  /**
   * Undefined: no body, and no `Content-Length`. An iterable is sent as it comes, as fast as the client reads, and is
   * returned early when the client leaves. When it throws, the answer is cut off.
   */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
  /** Whether the page's origin is refused. The status can't say so: gRPC's is always 200. */
  readonly isOriginRefused?: boolean;
  /** What follows the body: gRPC's status. Called when the body has ended. An answer with trailers has no length. */
  readonly trailers?: (() => OutgoingHttpHeaders) | undefined;
}

/** Answers a request. A rejection is answered as an error. */
export type Serve = (request: Request) => Promise<Answer>;

/**
 * Returns how many bytes the body of a request may have: 0 where the body is not read, and infinitely many where it is
 * read as it comes.
 */
export type BodyLimit = (request: RequestHead) => number;

/** Returns the headers that all answers to a request have in common, such as those of CORS. */
export type CommonHeaders = (request: RequestHead) => OutgoingHttpHeaders;

/** Whether a body is sent as it comes. */
export function isStreamed(body: Answer["body"]): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && !(body instanceof Uint8Array);
}

/** The path of a request's target: what comes before the query. */
export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

/** The query of a request's target, without its `?`; empty without one. */
export function queryOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? "" : url.slice(mark + 1);
}
