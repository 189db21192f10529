/** How long a client may take, in milliseconds. Tests shorten them; nobody else has a reason to. */
export interface ListenerTimeouts {
  /** From the connection to the bytes that tell the protocol, in total: a byte now and then does not extend it. */
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
   * How long an HTTP/1.1 connection stays open between requests. Longer than the 60 s after which the usual proxies
   * drop an idle connection, so that it is the proxy that closes, and never sends into a connection just closed.
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

/** What connections are accepted with. Connections of an HTTP/1.1 server stay open when the client has sent all. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  // When the kernel starts to ask a silent peer whether it still lives, so that one that vanished frees its socket.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};
