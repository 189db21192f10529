import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request of either HTTP version, as Node serves it. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** The response to an `HttpRequest`, of the same version. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** What a request says before its body. An `HttpRequest` is one. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersionMajor: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
}

/** Tells once that an answer is sent, or that nobody is left to be answered. An `HttpResponse` does. */
export interface Closing {
  once(event: "close", listener: () => void): unknown;
}

/**
 * Answers a plain request by its head: with what answers its body, or, having done nothing, with undefined when that is for
 * Node's server to serve.
 */
export type PlainAnswerer = (head: RequestHead, closing: Closing) => BodyAnswerer | undefined;

/** Answers a request whose head is known by its whole body; or does nothing, and answers undefined, as {@link PlainAnswerer}. */
export type BodyAnswerer = (body: Uint8Array) => Promise<Answer> | undefined;

/** A whole answer, for whoever serves the connection to send. */
export interface Answer {
  readonly status: number;
  /** Without the body's length, which follows from it. */
  readonly headers: OutgoingHttpHeaders;
  /** None, and no length of it either, when not given. */
  readonly body?: string | Uint8Array | undefined;
  /** What follows the body, over HTTP/2: gRPC's status. */
  readonly trailers?: OutgoingHttpHeaders | undefined;
}
