import type { IncomingHttpHeaders } from "node:http";
import type { Limits } from "../limits.ts";
import type { BodyLimit, RequestHead } from "../message.ts";

/** A request of which all has arrived. */
export interface WholeRequest extends RequestHead {
  readonly body: Buffer;
  /** How many bytes head and body take. */
  readonly length: number;
}

/** A request that is answered without its body, because the body is too large. */
export interface BodilessRequest extends RequestHead {
  readonly body: undefined;
}

/** The longest head that is read here, in bytes. Node's server reads longer heads, up to the bound. */
const MAX_HEAD_BYTES = 8 * 1024;

/** The longest body that is read here, in bytes. A longer one comes in more parts than the fast path waits for. */
const MAX_FAST_BODY_BYTES = 64 * 1024;

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** A header of one line, whose name is a token directly before the colon and whose value is printable ASCII. */
const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const LINE = `${NAME}:[\\t -~]*\\r\\n`;

/**
 * A request's head, in the one form that every reader of HTTP/1.1 (RFC 9112) takes the same way: a path, and headers of
 * one line each.
 */
const HEAD = new RegExp(`^(GET|POST|OPTIONS) (/[!-~]*) HTTP/1\\.1\\r\\n((?:${LINE})+)$`);

/** The beginning of such a head: each part may be missing, with all that follows it. */
const BEGINNING = new RegExp(
  `^(GET|POST|OPTIONS) /[!-~]*${[" ", ..."HTTP/1", "\\.", "1", "\\r", "\\n"].reduceRight(
    (rest, character) => `(?:${character}${rest})?`,
    `((?:${LINE})*)(${NAME}(?::[\\t -~]*\\r?)?|\\r)?`,
  )}$`,
);

/**
 * Headers that Node's server must handle: those that change how a message is read or what happens to the connection
 * (`Proxy-Connection` does in Node), and the one that Node keeps as a list.
 */
const LEFT_TO_NODE = ["transfer-encoding", "upgrade", "expect", "trailer", "set-cookie", "proxy-connection"];

/**
 * Reads the first request in what a client has sent, if it is GET or OPTIONS without a body, or POST with
 * `Content-Length`, and has no header twice. Reads a POST without its body if the body is surely refused.
 *
 * @returns the request; which part is missing, if the rest can still make it such a request; or undefined when Node's
 *   server must serve it
 */
export function readRequest(
  bytes: Buffer,
  limits: Limits,
  bodyLimit: BodyLimit,
): WholeRequest | BodilessRequest | "head missing" | "body missing" | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  const most = Math.min(MAX_HEAD_BYTES, limits.maxHeaderBytes);
  if (end < 0) {
    return bytes.length <= most && canBecomeRequest(bytes.toString("latin1"), limits) ? "head missing" : undefined;
  }
  if (end + END_OF_HEAD.length > most) {
    return undefined;
  }
  const [, method, url, lines] = HEAD.exec(bytes.toString("latin1", 0, end + 2)) ?? [];
  const headers = lines === undefined ? undefined : readHeaders(lines, limits.maxHeaders);
  if (!method || !url || !headers?.host) {
    return undefined;
  }
  const start = end + END_OF_HEAD.length;
  const bodyLength = isUsual(headers) ? lengthOf(method, headers) : undefined;
  if (bodyLength === undefined) {
    const bodiless: BodilessRequest = { method, url, httpVersionMajor: 1, headers, body: undefined };
    const length = canBeRefused(headers) ? statedLength(bodiless, bytes, start) : 0;
    return length > MAX_FAST_BODY_BYTES && length > bodyLimit(bodiless) ? bodiless : undefined;
  }
  const length = start + bodyLength;
  return bytes.length < length
    ? "body missing"
    : { method, url, httpVersionMajor: 1, headers, body: bytes.subarray(start, length), length };
}

/** Headers that Node's server reads before their lines end, so that it refuses a wrong value at once. */
const READ_EARLY = /^(?:content-length|transfer-encoding):/i;

/** Whether the rest can make the beginning of a head a request that is read here. */
function canBecomeRequest(beginning: string, limits: Limits): boolean {
  const [, method, lines = "", line = ""] = BEGINNING.exec(beginning) ?? [];
  const headers = method === undefined || READ_EARLY.test(line) ? undefined : readHeaders(lines, limits.maxHeaders);
  if (method === undefined || headers === undefined || !isUsual(headers)) {
    return false;
  }
  const lengthMayCome = method === "POST" && headers["content-length"] === undefined;
  return lengthMayCome || lengthOf(method, headers) !== undefined;
}

/** The headers by lower-case name; undefined when one comes twice, or the host is empty, or there are too many. */
function readHeaders(lines: string, most: number): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  let count = 0;
  for (let start = 0; start < lines.length; ) {
    const colon = lines.indexOf(":", start);
    const end = lines.indexOf("\r", colon);
    const name = lines.slice(start, colon).toLowerCase();
    // `in` also finds what every object has, such as `constructor`. Requests with such a header go to Node.
    count += 1;
    if (name in headers || count > most) {
      return undefined;
    }
    headers[name] = lines.slice(colon + 1, end).trim();
    start = end + 2;
  }
  return headers.host === "" ? undefined : headers;
}

/** Whether there is no header that Node's server must handle. */
function isUsual(headers: IncomingHttpHeaders): boolean {
  const keepsOpen = (headers.connection ?? "keep-alive").toLowerCase() === "keep-alive";
  return keepsOpen && LEFT_TO_NODE.every((name) => headers[name] === undefined);
}

/**
 * Whether a request whose body is refused has no header that Node's server must handle. The refusal ends the
 * connection, so `Connection: close` is no such header. Neither is `Expect: 100-continue` with a stated length: the
 * client gets the refusal instead of the 100.
 */
function canBeRefused({ "transfer-encoding": coding, connection, expect, ...headers }: IncomingHttpHeaders): boolean {
  const isExpected = expect === undefined || (expect.toLowerCase() === "100-continue" && coding === undefined);
  return isExpected && isUsual(connection?.toLowerCase() === "close" ? headers : { ...headers, connection });
}

/** The length of the body in bytes; undefined when it is not stated as expected, or longer than the fast path reads. */
function lengthOf(method: string, headers: IncomingHttpHeaders): number | undefined {
  const stated = headers["content-length"];
  if (method !== "POST") {
    return stated === undefined ? 0 : undefined;
  }
  const length = stated !== undefined && /^\d{1,9}$/.test(stated) ? Number(stated) : undefined;
  return length !== undefined && length <= MAX_FAST_BODY_BYTES ? length : undefined;
}

/**
 * Returns how many bytes the body of a POST has, or its first chunks, as far as they have begun; 0 when the request
 * does not state it as expected.
 */
function statedLength({ method, headers }: RequestHead, bytes: Buffer, start: number): number {
  const { "content-length": length, "transfer-encoding": coding } = headers;
  if (method !== "POST" || (length === undefined) === (coding === undefined)) {
    return 0;
  }
  if (length !== undefined) {
    return /^\d{1,9}$/.test(length) ? Number(length) : 0;
  }
  return coding?.toLowerCase() === "chunked" ? lengthOfChunks(bytes, start) : 0;
}

/** The first line of a chunk, of at least one byte, and that byte. */
const CHUNK = /^(0*[1-9a-f][0-9a-f]{0,7})\r\n./is;

/** How many bytes the first line of a chunk and the chunk's first byte have at most. */
const MAX_CHUNK_LINE_BYTES = 12;

/** How many chunks are looked at. A body of many small chunks is not refused here. */
const MAX_CHUNKS = 16;

function lengthOfChunks(bytes: Buffer, start: number): number {
  let length = 0;
  let at = start;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks += 1) {
    const [line, size = ""] = CHUNK.exec(bytes.toString("latin1", at, at + MAX_CHUNK_LINE_BYTES)) ?? [];
    if (line === undefined) {
      break;
    }
    const count = Number.parseInt(size, 16);
    length += count;
    const end = at + line.length - 1 + count;
    if (bytes.toString("latin1", end, end + 2) !== "\r\n") {
      break;
    }
    at = end + 2;
  }
  return length;
}
