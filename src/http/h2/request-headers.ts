import type { IncomingHttpHeaders } from "node:http";
import { isToken } from "../field.ts";
import type { LimitName, Limits } from "../limits.ts";
import { StreamError } from "./errors.ts";
import { CODE } from "./frames.ts";

/** A header's name over HTTP/2: a token of RFC 9110 without upper-case letters. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** A header's value: no control characters but tabs. */
const VALUE = /^[\t -~\x80-\xff]*$/;

/** The scheme of a request (RFC 3986, 3.1). */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;

/** The path of a request, or `*` for the server itself: no spaces, as over HTTP/1.1. */
const PATH = /^(?:\/[!-~\x80-\xff]*|\*)$/;

/** The pseudo-headers of a request (RFC 9113, 8.3.1). */
const PSEUDO_HEADERS = new Set([":method", ":scheme", ":authority", ":path"]);

/** Headers of HTTP/1.1's connections, which a request over HTTP/2 must not have (RFC 9113, 8.2.2). */
const OF_CONNECTIONS = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Headers that have one value. Of several, the first counts, as with Node. */
const SINGLE = new Set([
  ...["age", "authorization", "content-length", "content-location", "content-type", "etag", "expires", "from", "host"],
  ...["if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization"],
  ...["referer", "retry-after", "user-agent"],
]);

/** How many bytes a header counts in addition to its name and value (RFC 9113, 6.5.2). */
const HEADER_BYTES = 32;

/**
 * The headers of a request, header by header as they are read from its block.
 *
 * What is wrong is said only at the end, by `finish`: the rest of the block must be read all the same, for the blocks
 * that follow.
 */
export class RequestHeaders {
  readonly #limits: Limits;
  // No prototype: a client may call a header `constructor`.
  readonly #headers: IncomingHttpHeaders = Object.create(null);
  #bytes = 0;
  #count = 0;
  #isMalformed = false;
  #hasOrdinary = false;
  #exceeded: LimitName | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The bound that the headers go over, if any. Headers beyond the bound are left out. */
  get exceeded(): LimitName | undefined {
    return this.#exceeded;
  }

  /** Adds a header. */
  readonly add = (name: string, value: string): void => {
    this.#count += 1;
    this.#bytes += name.length + value.length + HEADER_BYTES;
    if (this.#bytes > this.#limits.maxHeaderBytes) {
      this.#exceeded ??= "maxHeaderBytes";
    } else if (this.#count > this.#limits.maxHeaders) {
      this.#exceeded ??= "maxHeaders";
    } else if (!this.#isMalformed) {
      this.#isMalformed = !(name.startsWith(":") ? this.#addPseudo(name, value) : this.#addOrdinary(name, value));
    }
  };

  /** Returns the headers by name, pseudo-headers included. Throws StreamError when they are not valid for a request. */
  finish(): IncomingHttpHeaders {
    if (this.#isMalformed || !(this.#exceeded || isRequest(this.#headers))) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    return this.#headers;
  }

  /** Checks headers that came after a body. Throws StreamError when they are not valid as trailers. */
  finishTrailers(): void {
    if (this.#isMalformed || Object.keys(this.#headers).some((name) => name.startsWith(":"))) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
  }

  #addPseudo(name: string, value: string): boolean {
    if (this.#hasOrdinary || !PSEUDO_HEADERS.has(name) || name in this.#headers || !VALUE.test(value)) {
      return false;
    }
    this.#headers[name] = value;
    return true;
  }

  #addOrdinary(name: string, untrimmed: string): boolean {
    this.#hasOrdinary = true;
    const value = trim(untrimmed);
    if (!NAME.test(name) || !VALUE.test(value) || OF_CONNECTIONS.has(name) || (name === "te" && value !== "trailers")) {
      return false;
    }
    const known = this.#headers[name];
    if (name === "set-cookie") {
      this.#headers[name] = [...((known as string[] | undefined) ?? []), value];
    } else if (known === undefined) {
      this.#headers[name] = value;
    } else if (!SINGLE.has(name)) {
      this.#headers[name] = `${known}${name === "cookie" ? "; " : ", "}${value}`;
    } else if ((name === "content-length" || name === "host") && known !== value) {
      return false;
    }
    return true;
  }
}

/** The value of a pseudo-header, which has one at most; empty without it. */
export function pseudoHeader(header: string | string[] | undefined): string {
  return header === undefined ? "" : `${header}`;
}

/** Returns a value without spaces and tabs at its ends. They are not part of it over HTTP/1.1 either. */
function trim(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isBlank(value.charCodeAt(start))) {
    start += 1;
  }
  while (end > start && isBlank(value.charCodeAt(end - 1))) {
    end -= 1;
  }
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether headers have all that a request needs, and nothing that contradicts. */
function isRequest(headers: IncomingHttpHeaders): boolean {
  const { ":method": method, ":scheme": scheme, ":path": path, ":authority": authority, host } = headers;
  if (!isToken(pseudoHeader(method)) || (authority !== undefined && host !== undefined && !isSame(authority, host))) {
    return false;
  }
  const length = headers["content-length"];
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    return false;
  }
  if (method === "CONNECT") {
    return Boolean(authority) && scheme === undefined && path === undefined;
  }
  return SCHEME.test(pseudoHeader(scheme)) && PATH.test(pseudoHeader(path)) && (path !== "*" || method === "OPTIONS");
}

/** Whether two texts name the same host, in whatever case. */
function isSame(authority: string | string[], host: string): boolean {
  return pseudoHeader(authority).toLowerCase() === host.toLowerCase();
}
