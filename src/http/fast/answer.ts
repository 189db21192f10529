import type { Socket } from "node:net";
import { dateOfThisSecond } from "../date.ts";
import { type Answer, isStreamed } from "../message.ts";
import { pump, sinkOf } from "../pump.ts";
import { REQUEST_ID_HEADER } from "../request-id.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { HeaderBlock } from "./header-block.ts";

/** The largest body of bytes that is copied to be written together with its head. */
const MAX_COPIED_BYTES = 4096;

/**
 * Writes an answer as Node's server does.
 *
 * @param idleMs how long the connection stays open after it, in milliseconds; undefined when it closes then
 * @returns whether the client reads as fast as it is answered; for a body in chunks a promise, which resolves when all
 *   is written and rejects when the answer must be cut off
 * @throws an error when a header can't be sent. Nothing is written then.
 */
export function writeAnswer(
  socket: Socket,
  answer: Answer,
  requestId: string,
  idleMs: number | undefined,
  turns: TurnBudget,
): boolean | Promise<boolean> {
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
  head.add(REQUEST_ID_HEADER, requestId);
  head.append(connectionHeaders(idleMs));
  if (isChunked) {
    socket.write(`${head}`);
    return writeChunks(socket, answer, turns);
  }
  if (body instanceof Uint8Array) {
    return body.length > MAX_COPIED_BYTES ? writeShared(socket, head, body) : writeCopy(socket, head, body);
  }
  return socket.write(`${head}${body ?? ""}`);
}

function writeCopy(socket: Socket, head: HeaderBlock, body: Uint8Array): boolean {
  return socket.write(Buffer.concat([Buffer.from(`${head}`), body]));
}

/** Writes a large body without a copy: many connections may be sending the same body. */
function writeShared(socket: Socket, head: HeaderBlock, body: Uint8Array): boolean {
  socket.cork();
  socket.write(`${head}`);
  const isRead = socket.write(body);
  socket.uncork();
  return isRead;
}

/** Writes a body in chunks, and its trailers (RFC 9112, 7.1). */
async function writeChunks(socket: Socket, { body, trailers }: Answer, turns: TurnBudget): Promise<boolean> {
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

  if (!(await pump(isStreamed(body) ? body : [body ?? ""], sinkOf(socket, writeChunk), turns))) {
    return false;
  }
  const last = new HeaderBlock();
  for (const [name, value] of Object.entries(trailers?.() ?? {})) {
    last.add(name, value);
  }
  return socket.write(`0\r\n${last}`);
}

/** The last headers of an answer at a date, by how long the connection stays open. */
const lastHeaders = new Map<number | undefined, HeaderBlock>();
let dateOfHeaders: string | undefined;

/** The last headers of every answer: the date, and whether the connection stays open. Made once a second. */
function connectionHeaders(idleMs: number | undefined): HeaderBlock {
  const date = dateOfThisSecond();
  if (date !== dateOfHeaders) {
    lastHeaders.clear();
    dateOfHeaders = date;
  }
  const known = lastHeaders.get(idleMs);
  if (known !== undefined) {
    return known;
  }
  const headers = new HeaderBlock();
  headers.add("Date", date);
  if (idleMs === undefined) {
    headers.add("Connection", "close");
  } else {
    headers.add("Connection", "keep-alive");
    headers.add("Keep-Alive", `timeout=${Math.floor(idleMs / 1000)}`);
  }
  lastHeaders.set(idleMs, headers);
  return headers;
}
