import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "../message.ts";

/**
 * Writes an answer as Node's server does. Its headers are ours, have been through a `Headers`, or are an `Origin` whose
 * form was checked (cors.ts), so none can break out of its line.
 *
 * @param idleMs how long the connection stays open after it; undefined when it ends with it
 * @returns whether the client reads as fast as it is answered
 */
export function writeAnswer(socket: Socket, { status, headers, body }: Answer, idleMs: number | undefined): boolean {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) {
      for (const one of value) {
        head += `${name}: ${one}\r\n`;
      }
    } else {
      head += `${name}: ${value}\r\n`;
    }
  }
  if (body !== undefined) {
    head += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  }
  head += `Date: ${httpDate()}\r\n`;
  head +=
    idleMs === undefined
      ? "Connection: close\r\n\r\n"
      : `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleMs / 1000)}\r\n\r\n`;
  if (body instanceof Uint8Array) {
    return socket.write(Buffer.concat([Buffer.from(head), body]));
  }
  return socket.write(body === undefined ? head : head + body);
}

let date: string | undefined;

/** The present as the header `Date` has it; made once a second. */
function httpDate(): string {
  if (date === undefined) {
    const now = new Date();
    date = now.toUTCString();
    setTimeout(() => {
      date = undefined;
    }, 1000 - now.getMilliseconds()).unref();
  }
  return date;
}
