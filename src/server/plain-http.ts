import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Answer, Closing } from "../rest/http.ts";
import { type PlainRequest, readPlainRequest } from "./plain-request.ts";

/** Answers a plain request, or does nothing and answers undefined when that is for Node's server to do. Never rejects. */
export type PlainAnswerer = (request: PlainRequest, closing: Closing) => Promise<Answer> | undefined;

/** What connections are served with. */
export interface PlainHttpInit {
  readonly answer: PlainAnswerer;
  /** Takes over a connection on which something came that is not plain; what was not served is in the socket again. */
  readonly takeOver: (socket: Socket) => void;
  /** How long a connection stays open without a byte on it, in milliseconds. */
  readonly idleMs: number;
}

/** How long the second part of a request is waited for, in milliseconds. Who takes longer, or sends more parts, is Node's. */
const PATIENCE_MS = 500;

/** How much may wait on a connection, in bytes, while its last request is answered, before it is read no further. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * Serves the plain requests of HTTP/1.1 connections: those that come whole, in the one form that leaves nothing to
 * interpret, which is nearly all of them. Node's HTTP server makes two streams and a dozen events of each request, which
 * costs more than all that streakd does for it. As soon as anything else comes on a connection it is Node's, for good:
 * the corners of HTTP stay Node's.
 */
export class PlainHttp {
  readonly #init: PlainHttpInit;
  readonly #busy = new Set<Socket>();
  #isClosing = false;

  constructor(init: PlainHttpInit) {
    this.#init = init;
  }

  /** The connections with a request that is not answered yet. */
  get busy(): ReadonlySet<Socket> {
    return this.#busy;
  }

  /** Has every connection end with the answer that is under way. */
  close(): void {
    this.#isClosing = true;
  }

  /** Serves a connection. */
  serve(socket: Socket): void {
    const { answer, takeOver, idleMs } = this.#init;
    /** What came and is not served yet. */
    let held: Buffer | undefined;
    /** Some of a request was missing when last looked. Once is usual: many clients send head and body apart. */
    let isUnfinished = false;
    let hasEnded = false;
    /** Who waits for the end of the request that is being answered. */
    let watchers: (() => void)[] = [];
    const closing: Closing = { once: (_, listener) => watchers.push(listener) };

    const serveNext = (): void => {
      const request = held && readPlainRequest(held);
      if (held === undefined) {
        if (hasEnded) {
          socket.destroySoon();
        }
      } else if (request === "unfinished" && !isUnfinished && !hasEnded) {
        isUnfinished = true;
        socket.setTimeout(PATIENCE_MS);
      } else {
        const answering = typeof request === "object" ? answer(request, closing) : undefined;
        if (typeof request !== "object" || answering === undefined) {
          leave(held);
          return;
        }
        if (isUnfinished) {
          isUnfinished = false;
          socket.setTimeout(idleMs);
        }
        held = request.length < held.length ? held.subarray(request.length) : undefined;
        this.#busy.add(socket);
        void answering.then(send);
      }
    };

    const send = (answer: Answer): void => {
      if (socket.destroyed) {
        return;
      }
      onClose();
      const isFlushed = write(socket, answer, this.#isClosing ? undefined : idleMs);
      if (this.#isClosing) {
        socket.destroySoon();
      } else if (isFlushed) {
        goOn();
      } else {
        socket.once("drain", goOn);
      }
    };

    const goOn = (): void => {
      if (socket.isPaused() && !isFull(held)) {
        socket.resume();
      }
      if (held !== undefined || hasEnded) {
        serveNext();
      }
    };

    const leave = (bytes: Buffer): void => {
      socket
        .off("data", onData)
        .off("end", onEnd)
        .off("timeout", onTimeout)
        .off("error", destroy)
        .off("close", onClose);
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(bytes);
      takeOver(socket);
      socket.resume();
    };

    const onData = (bytes: Buffer): void => {
      held = held === undefined ? bytes : Buffer.concat([held, bytes]);
      if (!this.#busy.has(socket)) {
        serveNext();
      } else if (isFull(held)) {
        socket.pause();
      }
    };

    const onEnd = (): void => {
      hasEnded = true;
      if (!this.#busy.has(socket)) {
        serveNext();
      }
    };

    const onTimeout = (): void => {
      if (isUnfinished && held !== undefined) {
        leave(held);
      } else {
        destroy();
      }
    };

    const destroy = (): void => {
      socket.destroy();
    };

    /** The request that was being answered is over. */
    const onClose = (): void => {
      this.#busy.delete(socket);
      const told = watchers;
      watchers = [];
      for (const tell of told) {
        tell();
      }
    };

    socket.on("close", onClose).on("data", onData).on("end", onEnd).on("timeout", onTimeout).on("error", destroy);
    socket.setTimeout(idleMs);
  }
}

function isFull(held: Buffer | undefined): boolean {
  return held !== undefined && held.length > MAX_HELD_BYTES;
}

/**
 * Writes an answer as Node's server does. Its headers are ours, or have been through a `Headers`, so none can break out
 * of its line.
 *
 * @param idleMs how long the connection stays open after it; undefined when it ends with it
 * @returns whether the client reads as fast as it is answered
 */
function write(socket: Socket, { status, headers, body }: Answer, idleMs: number | undefined): boolean {
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
