/** How long a client may take, in milliseconds. Only tests use other values than {@link TIMEOUTS}. */
export interface ListenerTimeouts {
  /** From the connection to the bytes that tell the protocol. Single bytes do not extend it. */
  readonly preface: number;
  /** From the first byte of an HTTP/1.1 request to the end of its headers; no more than `request`. */
  readonly headers: number;
  /**
   * From the first byte of an HTTP/1.1 request to the end of its body. For a body that is read as it comes, and for
   * HTTP/2, silence within the body.
   */
  readonly request: number;
  /** How often HTTP/1.1 connections are checked against `headers` and `request`. */
  readonly check: number;
  /**
   * How long an HTTP/1.1 connection stays open between requests. Longer than the 60 s of the usual proxies, so that the
   * proxy closes first and never sends on a connection that was just closed.
   */
  readonly keepAlive: number;
  /** How long an HTTP/2 connection may be silent before it is closed gracefully. */
  readonly session: number;
}

/** The timeouts of a server. */
export const TIMEOUTS: ListenerTimeouts = {
  preface: 10_000,
  headers: 10_000,
  request: 60_000,
  check: 5_000,
  keepAlive: 75_000,
  session: 300_000,
};

/** The largest head of a request that is read, in bytes. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** The options of accepted connections. They stay open after the client has ended its side. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  // When the kernel starts to probe a silent peer, so that the socket of a lost peer is freed.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};
