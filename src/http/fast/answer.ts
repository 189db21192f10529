import type { Socket } from "node:net";
import { type Answer, isStreamed } from "../message.ts";
import { pump } from "../pump.ts";
import { HeaderBlock } from "./header-block.ts";

/**
 * Writes an answer as Node's server does.
 *
 * @param idleMs how long the connection stays open after it, in milliseconds; undefined when the connection ends with it
 * @returns whether the client reads as fast as it is answered; for a body in chunks a promise, which resolves when all is
 *   written and rejects when the answer was cut off
 * @throws an error when a header can't be sent. Nothing is written then.
 */
export function writeAnswer(socket: Socket, answer: Answer, idleMs: number | undefined): boolean | Promise<boolean> {
  const { status, headers, body, trailers } = answer;
  const isChunked = isStreamed(body) || trailers !== undefined;
  const head = new HeaderBlock(status);
  for (const name in headers) {
    head.add(name, headers[name]);
  }
  if (isChunked) {
    head.add("Transfer-Encoding", "chunked");
  } else if (body !== undefined) {
    head.add("Content-Length", Buffer.byteLength(body));
  }
  head.add("Date", httpDate());
  if (idleMs === undefined) {
    head.add("Connection", "close");
  } else {
    head.add("Connection", "keep-alive");
    head.add("Keep-Alive", `timeout=${Math.floor(idleMs / 1000)}`);
  }
  if (isChunked) {
    socket.write(`${head}`);
    return writeChunks(socket, body, trailers);
  }
  if (body instanceof Uint8Array) {
    return socket.write(Buffer.concat([Buffer.from(`${head}`), body]));
  }
  return socket.write(`${head}${body ?? ""}`);
}

/** Writes a body in chunks, with what follows it (RFC 9112, 7.1). */
async function writeChunks(socket: Socket, body: Answer["body"], trailers: Answer["trailers"]): Promise<boolean> {
  function writeChunk(part: string | Uint8Array): boolean {
    const length = Buffer.byteLength(part);
    if (length === 0) {
      return true; // an empty chunk would be the last
    }
    socket.cork();
    socket.write(`${length.toString(16)}\r\n`);
    socket.write(part);
    const isRead = socket.write("\r\n");
    socket.uncork();
    return isRead;
  }

  if (!(await pump(isStreamed(body) ? body : [body ?? ""], socket, writeChunk))) {
    return false;
  }
  const last = new HeaderBlock();
  for (const [name, value] of Object.entries(trailers?.() ?? {})) {
    last.add(name, value);
  }
  return socket.write(`0\r\n${last}`);
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
