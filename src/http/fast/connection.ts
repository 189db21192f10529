import type { Socket } from "node:net";
import { tooLarge } from "../body.ts";
import type { FastPathInit } from "../fast-path.ts";
import type { Answer, Request } from "../message.ts";
import { writeAnswer } from "./answer.ts";
import { readRequest, type WholeRequest } from "./request.ts";

/**
 * How long the second part of a request is waited for, in milliseconds. A client that takes longer, or sends more parts, is
 * served by Node.
 */
const SECOND_PART_MS = 500;

/** What a connection has to do with the shutdown of all. */
export interface Shutdown {
  /** Says whether the shutdown is to wait for this connection. */
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
export class FastConnection {
  readonly #socket: Socket;
  readonly #init: FastPathInit;
  readonly #shutdown: Shutdown;
  #state: State = "reading";
  /** What came and is not served yet. While that has to wait the socket is paused, so that its end can't come before. */
  #held: Buffer | undefined;
  #hasEnded = false;
  /** What is to be called when the request that is being answered is over. */
  #onceOver: (() => void)[] = [];
  readonly #listeners = {
    data: (bytes: Buffer) => this.#receive(bytes),
    end: () => this.#end(),
    timeout: () => this.#giveUp(),
    error: () => this.#socket.destroy(),
    close: () => this.#close(),
  };

  constructor(socket: Socket, init: FastPathInit, shutdown: Shutdown) {
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
      this.#serveNext(this.#held);
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

  /** Serves the first request that is held, or leaves the connection to Node. */
  #serveNext(held: Buffer): void {
    const request = readRequest(held);
    if (typeof request === "string" && this.#state !== "unfinished" && !this.#hasEnded) {
      this.#state = "unfinished";
      this.#shutdown.setBusy(request === "body missing");
      this.#socket.setTimeout(SECOND_PART_MS);
      this.#socket.resume();
      return;
    }
    if (typeof request !== "object") {
      this.#leave(held);
      return;
    }
    if (this.#state === "unfinished") {
      this.#socket.setTimeout(this.#init.idleMs);
    }
    this.#state = "answering";
    this.#shutdown.setBusy(true);
    this.#held = request.length < held.length ? held.subarray(request.length) : undefined;
    if (this.#held !== undefined) {
      this.#socket.pause();
    }
    this.#init
      .serve(new FastRequest(request, this.#socket, (listener) => this.#tellOnceOver(listener)))
      .then((answer) => this.#send(answer))
      .catch((error: unknown) => this.#fail(error));
  }

  #send(answer: Answer): Promise<void> | undefined {
    if (this.#socket.destroyed) {
      return;
    }
    const writing = writeAnswer(this.#socket, answer, this.#shutdown.isClosing() ? undefined : this.#init.idleMs);
    if (typeof writing === "boolean") {
      this.#finish(writing);
      return;
    }
    return writing.then((isRead) => this.#finish(isRead));
  }

  /** @param isRead whether the client reads as fast as it is answered */
  #finish(isRead: boolean): void {
    this.#tellOver();
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
      this.#serveNext(this.#held);
    } else if (this.#socket.isPaused()) {
      this.#socket.resume();
    }
  }

  #close(): void {
    this.#shutdown.setBusy(false);
    this.#tellOver();
  }

  #tellOnceOver(listener: () => void): void {
    if (this.#socket.destroyed) {
      listener();
    } else {
      this.#onceOver.push(listener);
    }
  }

  /** The request is over: answered, or with nobody left to be answered. */
  #tellOver(): void {
    const listeners = this.#onceOver;
    this.#onceOver = [];
    for (const listener of listeners) {
      listener();
    }
  }

  /** Hands the connection over to Node, with what is not served yet in it again. After its end that can't be. */
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

/** A request that has come whole. */
class FastRequest implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 1;
  readonly headers: WholeRequest["headers"];
  readonly body: Request["body"];
  readonly #socket: Socket;
  readonly onceOver: Request["onceOver"];

  constructor({ method, url, headers, body }: WholeRequest, socket: Socket, onceOver: Request["onceOver"]) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.#socket = socket;
    this.onceOver = onceOver;
    this.body = {
      whole(limit, framing = 0) {
        if (body.length > limit + framing) {
          throw tooLarge(limit);
        }
        return body;
      },
      async *chunks() {
        yield body;
      },
    };
  }

  get peer(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }
}
