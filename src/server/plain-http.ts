import type { Socket } from "node:net";
import type { Answer, Closing } from "../rest/http.ts";
import { writeAnswer } from "./plain-answer.ts";
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

  /** Serves a connection. */
  serve(socket: Socket): void {
    new Connection(socket, this.#init, {
      begun: () => this.#busy.add(socket),
      over: () => this.#busy.delete(socket),
      isLast: () => this.#isClosing,
    });
  }

  /** Has every connection end with the answer that is under way. */
  close(): void {
    this.#isClosing = true;
  }
}

/** What a connection tells, and asks. */
interface Progress {
  /** A request is being answered. */
  begun(): void;
  /** None is any more, and the answer is on its way. */
  over(): void;
  /** Whether the connection is to end with the next answer. */
  isLast(): boolean;
}

/** One connection, whose requests are answered one after the other. */
class Connection {
  readonly #socket: Socket;
  readonly #init: PlainHttpInit;
  readonly #progress: Progress;
  /** What came and is not served yet. */
  #held: Buffer | undefined;
  /** Some of a request was missing when last looked. Once is usual: many clients send head and body apart. */
  #isUnfinished = false;
  /** The client sends nothing more. */
  #hasEnded = false;
  /** A request is being answered, or the client has not read its answer. */
  #isWaiting = false;
  /** Who waits for the end of the request that is being answered. */
  #watchers: (() => void)[] = [];
  readonly #closing: Closing = { once: (_, listener) => this.#watchers.push(listener) };
  readonly #listeners = {
    data: (bytes: Buffer) => this.#receive(bytes),
    end: () => this.#end(),
    timeout: () => this.#giveUp(),
    error: () => this.#socket.destroy(),
    close: () => this.#close(),
  };

  constructor(socket: Socket, init: PlainHttpInit, progress: Progress) {
    this.#socket = socket;
    this.#init = init;
    this.#progress = progress;
    for (const [event, listener] of Object.entries(this.#listeners)) {
      socket.on(event, listener);
    }
    socket.setTimeout(init.idleMs);
  }

  #receive(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (!this.#isWaiting) {
      this.#serve(this.#held);
    } else if (this.#isFull) {
      this.#socket.pause();
    }
  }

  #end(): void {
    this.#hasEnded = true;
    if (!this.#isWaiting) {
      this.#goOn();
    }
  }

  #giveUp(): void {
    if (this.#isUnfinished && this.#held !== undefined) {
      this.#leave(this.#held);
    } else {
      this.#socket.destroy();
    }
  }

  /** Answers the first request that is held, or leaves the connection to Node. */
  #serve(held: Buffer): void {
    const request = readPlainRequest(held);
    if (request === "unfinished" && !this.#isUnfinished) {
      this.#isUnfinished = true;
      this.#socket.setTimeout(PATIENCE_MS);
      return;
    }
    const answering = typeof request === "object" ? this.#init.answer(request, this.#closing) : undefined;
    if (typeof request !== "object" || answering === undefined) {
      this.#leave(held);
      return;
    }
    if (this.#isUnfinished) {
      this.#isUnfinished = false;
      this.#socket.setTimeout(this.#init.idleMs);
    }
    this.#held = request.length < held.length ? held.subarray(request.length) : undefined;
    this.#isWaiting = true;
    this.#progress.begun();
    void answering.then((answer) => this.#send(answer));
  }

  #send(answer: Answer): void {
    if (this.#socket.destroyed) {
      return;
    }
    this.#tell();
    const isLast = this.#progress.isLast();
    const isRead = writeAnswer(this.#socket, answer, isLast ? undefined : this.#init.idleMs);
    if (isLast) {
      this.#socket.destroySoon();
    } else if (isRead) {
      this.#goOn();
    } else {
      this.#socket.once("drain", () => this.#goOn());
    }
  }

  #goOn(): void {
    this.#isWaiting = false;
    this.#progress.over();
    if (this.#hasEnded && (this.#held === undefined || this.#isUnfinished)) {
      this.#socket.destroySoon();
      return;
    }
    if (this.#socket.isPaused() && !this.#isFull) {
      this.#socket.resume();
    }
    if (this.#held !== undefined) {
      this.#serve(this.#held);
    }
  }

  #close(): void {
    this.#progress.over();
    this.#tell();
  }

  /** Tells that the request is over: answered, or with nobody left to be answered. */
  #tell(): void {
    const told = this.#watchers;
    this.#watchers = [];
    for (const tell of told) {
      tell();
    }
  }

  /** Hands the connection over, with what is not served yet in it again. */
  #leave(held: Buffer): void {
    for (const [event, listener] of Object.entries(this.#listeners)) {
      this.#socket.off(event, listener);
    }
    this.#socket.setTimeout(0);
    this.#socket.pause();
    this.#socket.unshift(held);
    this.#init.takeOver(this.#socket);
    this.#socket.resume();
  }

  get #isFull(): boolean {
    return this.#held !== undefined && this.#held.length > MAX_HELD_BYTES;
  }
}
