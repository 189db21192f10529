import type { Socket } from "node:net";
import type { Pace } from "../listener/turn-budget.ts";
import type { Answer, BodyAnswerer, Closing, PlainAnswerer } from "../message.ts";
import { writeAnswer } from "./answer.ts";
import { type PlainRequest, readPlainRequest } from "./request.ts";

/** What connections are served with. */
export interface PlainHttpInit {
  readonly answer: PlainAnswerer;
  /** Says when a request is answered that can be. One that can't is left to Node at once. */
  readonly pace: Pace;
  /** Takes over a connection on which something came that is not plain; what was not served is in the socket again. */
  readonly takeOver: (socket: Socket) => void;
  /** How long a connection stays open without a byte on it, in milliseconds, while nothing is being answered. */
  readonly idleMs: number;
  /** Told what `answer` throws, or rejects with, all the same. The connection is closed then. */
  readonly onError: (error: unknown) => void;
}

/** How long the second part of a request is waited for, in milliseconds. Who takes longer, or sends more parts, is Node's. */
const PATIENCE_MS = 500;

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

  /** The connections on which a request has begun, its head at least, and is not answered yet. */
  get busy(): ReadonlySet<Socket> {
    return this.#busy;
  }

  /** Serves a connection. */
  serve(socket: Socket): void {
    new PlainConnection(socket, this.#init, {
      setBusy: (isBusy) => (isBusy ? this.#busy.add(socket) : this.#busy.delete(socket)),
      isClosing: () => this.#isClosing,
    });
  }

  /** Has every connection end with the answer that is under way. */
  close(): void {
    this.#isClosing = true;
  }
}

/** What a connection has to do with all of them. */
interface Shutdown {
  /** Whether a shutdown is to wait for this connection. */
  setBusy(isBusy: boolean): void;
  /** Whether this connection is to end with its next answer. */
  isClosing(): boolean;
}

/**
 * - `reading`: nothing has come that is not answered.
 * - `unfinished`: some of a request is still to come. Once is usual: many clients send head and body apart.
 * - `answering`: a request is being answered.
 * - `draining`: its answer is written, and the client has not read it.
 */
type State = "reading" | "unfinished" | "answering" | "draining";

/** One connection, whose requests are answered one after the other. */
class PlainConnection {
  readonly #socket: Socket;
  readonly #init: PlainHttpInit;
  readonly #shutdown: Shutdown;
  #state: State = "reading";
  /** What came and is not served yet. While that has to wait the socket is paused, so that its end can't come before. */
  #held: Buffer | undefined;
  #hasEnded = false;
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

  constructor(socket: Socket, init: PlainHttpInit, shutdown: Shutdown) {
    this.#socket = socket;
    this.#init = init;
    this.#shutdown = shutdown;
    for (const [event, listener] of Object.entries(this.#listeners)) {
      socket.on(event, listener);
    }
    socket.setTimeout(init.idleMs);
  }

  get #isWaiting(): boolean {
    return this.#state === "answering" || this.#state === "draining";
  }

  #receive(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#isWaiting) {
      this.#socket.pause();
    } else {
      this.#serve(this.#held);
    }
  }

  #end(): void {
    this.#hasEnded = true;
    if (!this.#isWaiting) {
      this.#socket.destroySoon();
    }
  }

  #giveUp(): void {
    if (this.#state === "unfinished" && this.#held !== undefined) {
      this.#leave(this.#held);
    } else if (this.#state !== "answering") {
      this.#socket.destroy();
    }
  }

  /** Answers the first request that is held, or leaves the connection to Node. */
  #serve(held: Buffer): void {
    const request = readPlainRequest(held);
    if (typeof request === "string" && this.#state !== "unfinished" && !this.#hasEnded) {
      this.#state = "unfinished";
      this.#shutdown.setBusy(request === "body missing");
      this.#socket.setTimeout(PATIENCE_MS);
      this.#socket.resume();
      return;
    }
    const answerBody = typeof request === "object" ? this.#answerHead(request) : undefined;
    if (typeof request !== "object" || answerBody === undefined) {
      this.#leave(held);
      return;
    }
    if (this.#state === "unfinished") {
      this.#socket.setTimeout(this.#init.idleMs);
    }
    this.#state = "answering";
    this.#shutdown.setBusy(true);
    const hasBegun = this.#init.pace.serve(() => this.#serveBody(request, answerBody));
    if (!hasBegun || this.#held !== undefined) {
      this.#socket.pause();
    }
  }

  #answerHead(request: PlainRequest): BodyAnswerer | undefined {
    try {
      return this.#init.answer(request, this.#closing);
    } catch (error) {
      return () => Promise.reject(error);
    }
  }

  #serveBody({ body, length }: PlainRequest, answerBody: BodyAnswerer): void {
    if (this.#socket.destroyed) {
      return;
    }
    const held = this.#held as Buffer;
    try {
      const answering = answerBody(body);
      if (answering === undefined) {
        this.#leave(held);
        return;
      }
      this.#held = length < held.length ? held.subarray(length) : undefined;
      answering.then((answer) => this.#send(answer)).catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(answer: Answer): void {
    if (this.#socket.destroyed) {
      return;
    }
    const isRead = writeAnswer(this.#socket, answer, this.#shutdown.isClosing() ? undefined : this.#init.idleMs);
    this.#tellWatchers();
    this.#state = "draining";
    if (isRead) {
      this.#goOn();
    } else {
      this.#socket.once("drain", () => this.#goOn());
    }
  }

  #fail(error: unknown): void {
    this.#init.onError(error);
    this.#socket.destroy();
  }

  #goOn(): void {
    if ((this.#hasEnded && this.#held === undefined) || this.#shutdown.isClosing()) {
      this.#socket.destroySoon();
      return;
    }
    this.#state = "reading";
    this.#shutdown.setBusy(false);
    if (this.#held !== undefined) {
      this.#serve(this.#held);
    } else if (this.#socket.isPaused()) {
      this.#socket.resume();
    }
  }

  #close(): void {
    this.#shutdown.setBusy(false);
    this.#tellWatchers();
  }

  /** The request is over: answered, or with nobody left to be answered. */
  #tellWatchers(): void {
    const told = this.#watchers;
    this.#watchers = [];
    for (const tell of told) {
      tell();
    }
  }

  /** Hands the connection over, with what is not served yet in it again. After its end that can't be. */
  #leave(held: Buffer): void {
    if (this.#hasEnded) {
      this.#socket.destroySoon();
      return;
    }
    for (const [event, listener] of Object.entries(this.#listeners)) {
      this.#socket.off(event, listener);
    }
    this.#held = undefined;
    this.#shutdown.setBusy(false);
    this.#socket.setTimeout(0);
    this.#socket.pause();
    this.#socket.unshift(held);
    this.#init.takeOver(this.#socket);
    this.#socket.resume();
  }
}
