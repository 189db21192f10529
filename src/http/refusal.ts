import { STATUS_CODES } from "node:http";
import type { ErrorCode } from "../errors.ts";
import { errorBody } from "./answer.ts";
import { tooManyBodies } from "./body.ts";
import type { LimitName } from "./limits.ts";

/** A refusal of what is no request, or of a request that can't go on. */
export interface BadRequest {
  readonly status: number;
  readonly message: string;
  /** INVALID_BODY unless it says otherwise. */
  readonly code?: ErrorCode;
  /** The bound that the client went over, if it is one. */
  readonly limit?: LimitName;
}

export const HEAD_TOO_LARGE: BadRequest = {
  status: 431,
  message: "The request's headers are larger than the server reads. Send fewer or shorter.",
  limit: "maxHeaderBytes",
};

export const TOO_MANY_HEADERS: BadRequest = {
  status: 431,
  message: "The request has more headers than the server reads. Send fewer.",
  limit: "maxHeaders",
};

export const NO_HOST: BadRequest = {
  status: 400,
  message: "The request must have one Host header. Send the host that the request is for.",
};

export const TOO_MANY_BODIES: BadRequest = {
  status: 503,
  message: tooManyBodies().message,
  code: "OVERLOADED",
  limit: "maxUnfinishedBodyBytes",
};

/** Returns the refusal of a request that takes longer than a bound. */
export function tooSlow(limit: LimitName): BadRequest {
  return { status: 408, message: "The request did not arrive in time. Send it again.", limit };
}

/** Returns the refusal for an error of Node's parser. */
export function refusalOf(error: NodeJS.ErrnoException): BadRequest {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return HEAD_TOO_LARGE;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, message: "The chunk extensions are larger than the server reads. Send none." };
    default:
      return { status: 400, message: "The request is not valid HTTP/1.1." };
  }
}

/** The whole answer of a refusal, which ends the connection. Node's own has no body. */
export function refusalBytes({ status, message, code = "INVALID_BODY" }: BadRequest): string {
  const body = errorBody(code, message);
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}
