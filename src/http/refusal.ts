import type { OutgoingHttpHeaders } from "node:http";
import { STATUS_CODES } from "node:http";
import type { ErrorCode } from "../error-catalogue.ts";
import { RETRY_AFTER_SECONDS } from "../errors.ts";
import { errorBody } from "./answer.ts";
import { tooManyBodies } from "./body.ts";
import type { LimitName } from "./limits.ts";
import type { Answer } from "./message.ts";
import { REQUEST_ID_HEADER } from "./request-id.ts";

/** The refusal of what is no request, of a request that can't go on, or of one that is not served at all. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** INVALID_BODY unless it says otherwise. */
  readonly code?: ErrorCode;
  /** The bound that the client went over, if it is one. */
  readonly limit?: LimitName;
}

export const HEAD_TOO_LARGE: Refusal = {
  status: 431,
  message: "The request's headers are larger than the server reads. Send fewer or shorter.",
  limit: "maxHeaderBytes",
};

export const TOO_MANY_HEADERS: Refusal = {
  status: 431,
  message: "The request has more headers than the server reads. Send fewer.",
  limit: "maxHeaders",
};

export const NO_HOST: Refusal = {
  status: 400,
  message:
    "The request must name one valid host in its Host header (HTTP/2: :authority). Send the host that it is for.",
};

export const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  message: "The Expect header asks for what the server does not do. Send 100-continue, or no such header.",
};

export const NO_TUNNEL: Refusal = {
  status: 405,
  message: "The server is no proxy. Send the request itself, not CONNECT.",
  code: "METHOD_NOT_ALLOWED",
};

export const NOT_TLS: Refusal = {
  status: 400,
  message: "This port speaks TLS. Use https:// instead of http://.",
};

export const TOO_MANY_BODIES: Refusal = {
  status: 503,
  message: tooManyBodies().message,
  code: "OVERLOADED",
  limit: "maxUnfinishedBodyBytes",
};

export const TOO_MANY_REQUESTS: Refusal = {
  status: 503,
  message: "The server has too many requests. Send the request again later.",
  code: "OVERLOADED",
  limit: "maxRequests",
};

export const CHUNKS_TOO_SMALL: Refusal = {
  status: 413,
  message: "The body's chunks are so small that the server reads more around them than in them. Send larger chunks.",
  code: "BODY_TOO_LARGE",
};

/** The refusal of a body that is transferred in another way than in chunks: it could be read in two ways. */
export const UNKNOWN_TRANSFER: Refusal = {
  status: 400,
  message: "The Transfer-Encoding is not understood. Send the body in chunks, or with its Content-Length.",
};

/** Returns the refusal of a request that takes longer than a bound. */
export function tooSlow(limit: LimitName): Refusal {
  return { status: 408, message: "The request did not arrive in time. Send it again.", limit };
}

/** Returns the refusal for an error of Node's parser. */
export function refusalOf(error: NodeJS.ErrnoException): Refusal {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return HEAD_TOO_LARGE;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, message: "The chunk extensions are larger than the server reads. Send none." };
    default:
      return { status: 400, message: "The request is not valid HTTP/1.1." };
  }
}

/**
 * The answer of a refusal.
 *
 * @param commonHeaders those of the request's answers, if its head has been read
 */
export function refusalAnswer(
  { status, message, code = "INVALID_BODY" }: Refusal,
  commonHeaders?: OutgoingHttpHeaders,
): Answer & { body: string } {
  return {
    status,
    headers: {
      ...commonHeaders,
      "Content-Type": "application/json",
      ...(code === "OVERLOADED" && { "Retry-After": RETRY_AFTER_SECONDS }),
    },
    body: errorBody(code, message),
  };
}

/**
 * The answer of a refusal as it is written to a connection of HTTP/1.1, which ends with it.
 *
 * @param requestId what the request is called
 * @param commonHeaders as {@link refusalAnswer} takes them
 */
export function refusalBytes(refusal: Refusal, requestId: string, commonHeaders?: OutgoingHttpHeaders): string {
  const { status, headers, body } = refusalAnswer(refusal, commonHeaders);
  const lines = Object.entries({
    ...headers,
    "Content-Length": Buffer.byteLength(body),
    [REQUEST_ID_HEADER]: requestId,
    Connection: "close",
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
}
