/** A bound that operators can set, by a setting of this name, within a range. */
export interface Bound {
  readonly setting: string;
  readonly default: number;
  /** The default with TLS, where it is another. */
  readonly defaultOverTls?: number;
  readonly min: number;
  readonly max: number;
}

/** A bound of how often a client may do something: the bound is a burst, of which all comes back in a time. */
export interface RateBound extends Bound {
  readonly refillSeconds: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const HOUR = 3600 * SECOND;

/**
 * Everything that one client, or all clients together, can make the port spend, as far as operators can set it. What
 * they need not set is below. Each path keeps all that apply to it: HTTP/1.1 on the fast path and on Node's server, and
 * HTTP/2. Sizes are bytes, times are milliseconds. docs/operations.md tells operators of each.
 */
export const BOUNDS = {
  /**
   * Connections of all clients. On a full port a new one takes the place of one that is not busy, the oldest first,
   * and is closed at once when none is found. A request that is sent on the old one at that moment is lost. Over TLS a
   * connection takes 56 KB of memory, several times as much as in cleartext: 6,000 take less than 350 MB.
   */
  maxConnections: { ...bound("MAX_CONNECTIONS", 20_000, 1, 1_000_000), defaultOverTls: 6_000 },
  /**
   * Connections of one address (IPv6: one /64 network), of which more are closed at once; 0 for no bound of its own,
   * since behind a proxy all clients have the proxy's.
   */
  maxConnectionsPerAddress: bound("MAX_CONNECTIONS_PER_ADDRESS", 0, 0, 1_000_000),
  /** Streaming RPCs of all clients that are under way: today `Watch` of health, and reflection. More are refused. */
  maxStreamingCalls: bound("MAX_STREAMING_CALLS", 1_000, 1, 1_000_000),
  /**
   * Requests of all HTTP/2 clients that are not answered yet. More are answered 503, but one of each connection is
   * always taken: over HTTP/1.1 a connection has just one, and the others wait unread.
   */
  maxRequests: bound("HTTP2_MAX_REQUESTS", 8_192, 1, 1_000_000),
  /** Requests of one HTTP/2 connection that are not answered yet. */
  maxStreams: bound("HTTP2_MAX_STREAMS", 100, 1, 10_000),
  /** The head of a request. A larger one is answered 431. */
  maxHeaderBytes: bound("MAX_HEADER_BYTES", 16 * KIB, KIB, MIB),
  /** Headers of a request. More are answered 431. */
  maxHeaders: bound("MAX_HEADERS", 100, 10, 10_000),
  /** Bodies of all clients that have begun and not ended, beyond {@link FREE_BODY_BYTES}. More are answered 503. */
  maxUnfinishedBodyBytes: bound("MAX_UNFINISHED_BODY_BYTES", 32 * MIB, MIB, 64 * KIB * MIB),
  /** Compressed bodies, or messages, that wait for one of zlib's threads: some 250 ms. More are answered 503. */
  maxWaitingDecompressions: bound("MAX_WAITING_DECOMPRESSIONS", 1_000, 1, 100_000),
  /** The same for those in Brotli, which have one thread: a second or two. */
  maxWaitingBrotli: bound("MAX_WAITING_BROTLI", 100, 1, 100_000),

  /** From the first byte of a request, or from the connection, to the end of the headers. */
  headersMs: bound("HEADERS_TIMEOUT_MS", 10 * SECOND, 1, HOUR),
  /** From the first byte of a request to the end of a body that is read as a whole. */
  requestMs: bound("REQUEST_TIMEOUT_MS", 60 * SECOND, 1, HOUR),
  /** Silence of a client within a body. */
  silenceMs: bound("BODY_SILENCE_TIMEOUT_MS", 30 * SECOND, 1, HOUR),
  /** From the first byte of a request to the end of a body that is a stream of messages. */
  uploadMs: bound("UPLOAD_TIMEOUT_MS", HOUR, 1, 24 * HOUR),
  /** How long a client may read nothing of an answer that waits for it. */
  stallMs: bound("ANSWER_STALL_TIMEOUT_MS", 30 * SECOND, 1, HOUR),
  /**
   * How long an HTTP/1.1 connection stays open between requests. Longer than the 60 s of the usual proxies, so that the
   * proxy closes first and never sends on a connection that was just closed.
   */
  keepAliveMs: bound("KEEP_ALIVE_TIMEOUT_MS", 75 * SECOND, 1, 24 * HOUR),
  /** How long an HTTP/2 connection stays open without a request. Pings don't count. */
  sessionMs: bound("HTTP2_IDLE_TIMEOUT_MS", 300 * SECOND, 1, 24 * HOUR),

  /** Streams that an HTTP/2 client may reset in a burst. Each answer that it gets earns one back too. */
  maxResets: rate("HTTP2_MAX_RESETS", 200, 1, 100_000, 5),
  /** Pings in a burst. Each frame that carries a request or its body earns one back too. */
  maxPings: rate("HTTP2_MAX_PINGS", 1_000, 1, 100_000, 10),
  /** SETTINGS in a burst. */
  maxSettings: rate("HTTP2_MAX_SETTINGS", 50, 1, 100_000, 10),
  /** CONTINUATION frames of one header block. */
  maxContinuations: bound("HTTP2_MAX_CONTINUATIONS", 8, 0, 1_000),
  /**
   * Frames that move nothing (empty DATA, WINDOW_UPDATE, PRIORITY, unknown types) in a burst. Each frame of a body,
   * either way, earns some back too.
   */
  maxIdleFrames: rate("HTTP2_MAX_IDLE_FRAMES", 2_000, 1, 1_000_000, 10),
} as const satisfies Record<string, Bound>;

// Bounds that nobody has to set.

/** How much of each body does not count as unfinished, so that a flood of large ones does not keep out small ones. */
export const FREE_BODY_BYTES = 2 * KIB;

/**
 * How much of what a client sends behind its last answer is dropped, in bytes and milliseconds, before it is cut off.
 * If it were cut off at once, it would see a failure and not its answer.
 */
export const LINGER = { bytes: 256 * KIB, ms: SECOND } as const;

/** The same behind a streamed answer to a body that is still being sent: many clients send all of it before they read. */
export const UPLOAD_LINGER = { bytes: MIB, ms: 5 * SECOND } as const;

/** How long a busy server leaves a connection open, in milliseconds, whose client was refused and told that it ends. */
export const REFUSED_HOLD_MS = 5 * SECOND;

/** About how many bytes are read and dropped from a connection that is left open in this way. */
export const MAX_HELD_READ_BYTES = 16 * KIB;

/** The longest rest of an HTTP/1.1 body that is dropped so that the connection can be used again. */
export const MAX_DROPPED_BODY_BYTES = 64 * KIB;

/**
 * How many bytes the framing of a body in chunks may have, beyond as many as the body has. Node's server makes an
 * object of each chunk, so that a body in chunks of one byte would cost a hundred times what it would otherwise.
 */
export const MAX_CHUNK_FRAMING_BYTES = 32 * KIB;

/**
 * How many bytes of an HTTP/2 body are read and dropped when it was answered before its end, until its stream is reset:
 * a client that still sends may take the reset for a failure, whatever the answer was. Most clients send less than
 * this.
 */
export const MAX_DISCARDED_BYTES = MIB;

/**
 * How many times as large as its compressed form a stream over REST may be. A bomb is a thousand times as large and
 * more. One message may always be as large as its own bound.
 */
export const MAX_EXPANSION = 100;

/**
 * How many bytes of bodies that nobody has read yet an HTTP/2 client may have under way on a connection. A stream has
 * HTTP/2's default of 64 KiB for itself.
 */
export const HTTP2_WINDOW_BYTES = 256 * KIB;

/**
 * How many bytes may wait for an HTTP/2 client to read them before nothing more is read from it. More than bodies alone
 * come to, so that a client that reads a long answer slowly can cancel it, and gets its pings back.
 */
export const MAX_UNREAD_BYTES = 160 * KIB;

/** How much of an HTTP/2 answer that is streamed may wait to be sent before its producer has to wait. */
export const MAX_PENDING_BYTES = 64 * KIB;

/** How much of an HTTP/2 answer its client must take within `stallMs` to count as one that reads. */
export const PROGRESS_BYTES = KIB;

/** How many times `maxHeaderBytes` an HTTP/2 header block may have, to be still read and answered 431. */
export const HEADER_BLOCK_FACTOR = 2;

/** The most streams of an HTTP/2 connection that were reset here and whose frames are still dropped. */
export const MAX_RESET_IDS = 1_000;

/** The name of a bound in {@link Limits}. */
export type LimitName = keyof typeof BOUNDS;

/** The name of a bound of how often a client may do something. */
export type RateName = { [Name in LimitName]: (typeof BOUNDS)[Name] extends RateBound ? Name : never }[LimitName];

/** The value of each of the {@link BOUNDS}. */
export type Limits = Readonly<Record<LimitName, number>>;

/** Learns that a client went over a bound, each time. */
export type OnRefusal = (limit: LimitName) => void;

function bound(setting: string, byDefault: number, min: number, max: number): Bound {
  return { setting, default: byDefault, min, max };
}

/** @param refillSeconds in how many seconds all of a burst comes back */
function rate(setting: string, byDefault: number, min: number, max: number, refillSeconds: number): RateBound {
  return { ...bound(setting, byDefault, min, max), refillSeconds };
}
