import type { OutgoingHttpHeaders } from "node:http";
import { dateOfThisSecond } from "../date.ts";
import { requireField } from "../field.ts";
import { REQUEST_ID_HEADER } from "../request-id.ts";
import { HeaderEncoder } from "./hpack/encoder.ts";

/** One encoder for all connections: it keeps nothing between two blocks, and no two blocks are written at once. */
const encoder = new HeaderEncoder();

const REQUEST_ID = REQUEST_ID_HEADER.toLowerCase();

/**
 * Returns the header block of an answer's head.
 *
 * @param length the body's length, if it is known
 * @throws an error with a header's name, but not its value, when either can't be sent
 */
export function headBlock(
  status: number,
  headers: OutgoingHttpHeaders,
  requestId: string,
  length: number | undefined,
  updatesTableSize: boolean,
): Buffer {
  encoder.begin(updatesTableSize);
  encoder.add(":status", `${status}`);
  addAll(headers);
  if (length !== undefined) {
    encoder.add("content-length", `${length}`);
  }
  encoder.add("date", dateOfThisSecond());
  encoder.add(REQUEST_ID, requestId);
  return Buffer.from(encoder.block);
}

/** Returns the header block of what follows a body. Throws as {@link headBlock} does. */
export function trailersBlock(trailers: OutgoingHttpHeaders, updatesTableSize: boolean): Buffer {
  encoder.begin(updatesTableSize);
  addAll(trailers);
  return Buffer.from(encoder.block);
}

/** Returns the header block that tells a client to send its body. */
export function continueBlock(updatesTableSize: boolean): Buffer {
  encoder.begin(updatesTableSize);
  encoder.add(":status", "100");
  return Buffer.from(encoder.block);
}

function addAll(headers: OutgoingHttpHeaders): void {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) {
      for (const one of value) {
        addOne(name, one);
      }
    } else if (value !== undefined) {
      addOne(name, `${value}`);
    }
  }
}

function addOne(name: string, value: string): void {
  requireField(name, value);
  encoder.add(name.toLowerCase(), value);
}
