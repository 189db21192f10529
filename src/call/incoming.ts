import type { IncomingHttpHeaders } from "node:http";
import type { ErrorCode } from "../error-catalogue.ts";

/**
 * How a call ended: `OK`, the error's code, or `OTHER` when the client left or the protocol refused the request.
 */
export type CallCode = "OK" | ErrorCode | "OTHER";

/** What a call is over HTTP, for the log and for traces. Made once, not for each call. */
export interface HttpSide {
  /** The path without what differs from call to call, such as `/admin/projects/{}`. */
  readonly route: string;
  /** The HTTP status of an answer; undefined for `OTHER`, of which only the protocol's own code knows. */
  statusOf(code: CallCode): number | undefined;
}

/** A call as a transport hands it over, before its messages are read. */
export interface Incoming {
  /** What metrics and logs call the transport: `rest`, `connect`, `grpc` or `grpc-web`. */
  readonly protocol: string;
  readonly http: HttpSide;
  readonly request: IncomingRequest;
  /** How long the caller waits from `receivedAt` on, in milliseconds; undefined when it gives no deadline. */
  readonly timeoutMs: number | undefined;
  /** What handlers add to the answer. */
  readonly response: ResponseMetadata;
}

/** What the pipeline needs to know of a call's request. A `Request` of `src/http` fits. */
export interface IncomingRequest {
  /** The HTTP method, and the target with its query. */
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor: 1 | 2;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** The request's id, as in its answer and in the log. */
  readonly requestId: string;
  /** Whether the pipeline has taken the request for a call. */
  isCall: boolean;
  /** The client's address, or the proxy's unless that is trusted; undefined on a Unix socket. */
  readonly peer: string | undefined;
  /** When its head was read, or on the fast path all of it, on the clock of `performance.now()`, in milliseconds. */
  readonly receivedAt: number;
  /** Calls a listener once: when the answer is sent or the client has gone, or at once if one of them has happened. */
  onceOver(listener: () => void): void;
}

/**
 * What a handler may add to an answer, whether it succeeds or fails. REST sends no trailers; unary Connect sends them
 * as headers.
 */
export interface ResponseMetadata {
  readonly headers: Headers;
  readonly trailers: Headers;
  /** Sets headers that many answers have, at less cost than through `headers`. */
  setHeaders(headers: Readonly<Record<string, string>>): void;
}

/** What was added to an answer, if anything. */
export interface AddedMetadata {
  readonly headers: Headers | undefined;
  readonly trailers: Headers | undefined;
  /** The headers that were set by `setHeaders`. */
  readonly set: Readonly<Record<string, string>> | undefined;
}

/**
 * Metadata that is made when it is first asked for: most answers have none, and a `Headers` costs more than a message.
 */
export class LazyMetadata implements ResponseMetadata {
  #headers: Headers | undefined;
  #trailers: Headers | undefined;
  #set: Readonly<Record<string, string>> | undefined;

  get headers(): Headers {
    this.#headers ??= new Headers();
    return this.#headers;
  }

  get trailers(): Headers {
    this.#trailers ??= new Headers();
    return this.#trailers;
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    this.#set = headers;
  }

  /** What was added so far, if anything. */
  get added(): AddedMetadata {
    return { headers: this.#headers, trailers: this.#trailers, set: this.#set };
  }
}
