import type { Socket } from "node:net";
import { tooLarge } from "../body.ts";
import type { FastPathInit } from "../fast-path.ts";
import { type Answer, isStreamed, type Request, type RequestBody } from "../message.ts";
import { endStream } from "../pump.ts";
import { writeAnswer } from "./answer.ts";
import { readRequest, type WholeRequest } from "./request.ts";

/**
 * How long a client may take for the second part of a request, in milliseconds. A client that takes longer, or sends
 * more parts, is served by Node.
 */
const SECOND_PART_MS = 500;

/** What a connection tells the shutdown and learns from it. */
export interface Shutdown {
  /** Says whether the shutdown must wait for this connection. */
  setBusy(isBusy: boolean): void;
  /** Whether this connection ends with its next answer. */
  isClosing(): boolean;
  /** Learns that this connection is closed, or is Node's now. */
  forget(): void;
}

/**
 * - `reading`: all that has come is answered.
 * - `unfinished`: the second part of a request is to come. Many clients send head and body apart.
 * - `answering`: a request is being answered.
 * - `streaming`: a streamed answer is being sent.
 * - `draining`: the answer is written, and the client has not read all of it.
 */
type State = "reading" | "unfinished" | "answering" | "streaming" | "draining";

/** One connection, whose requests are answered one after the other. */
export class FastConnection {
  readonly #socket: Socket;
  readonly #init: FastPathInit;
  readonly #shutdown: Shutdown;
  #state: State = "reading";
  /** Bytes that are not served yet. While they wait, the socket is paused, so that `end` comes after them. */
  #held: Buffer | undefined;
  #hasEnded = false;
  /** The request that is being answered. */
  #request: FastRequest | undefined;
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
    socket.setTimeout(init.limits.keepAliveMs);
  }

  get #isWaiting(): boolean {
    return this.#state !== "reading" && this.#state !== "unfinished";
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
    } else if (this.#state === "streaming") {
      // As Node's server does. A client that has left looks the same, and the stream might be silent for ever.
      this.#socket.destroy();
    } else {
      // It may still get an answer that is not a stream.
      this.#request?.end();
    }
  }

  #giveUp(): void {
    if (this.#state === "unfinished" && this.#held !== undefined) {
      this.#leave(this.#held);
    } else if (this.#state !== "answering" && this.#state !== "streaming") {
      this.#socket.destroy();
    }
  }

  /** Serves the first of the held requests, or hands the connection to Node. */
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
      this.#socket.setTimeout(this.#init.limits.keepAliveMs);
    }
    this.#state = "answering";
    this.#shutdown.setBusy(true);
    this.#held = request.length < held.length ? held.subarray(request.length) : undefined;
    if (this.#held !== undefined) {
      this.#socket.pause();
    }
    this.#request = new FastRequest(request, this.#socket);
    this.#init.serve(this.#request).then((answer) => this.#send(answer));
  }

  #send(answer: Answer): void {
    try {
      if (this.#hasEnded && isStreamed(answer.body)) {
        this.#socket.destroy();
      }
      if (this.#socket.destroyed) {
        void endStream(answer);
        return;
      }
      const idleMs = this.#shutdown.isClosing() ? undefined : this.#init.limits.keepAliveMs;
      const writing = writeAnswer(this.#socket, answer, idleMs);
      if (typeof writing === "boolean") {
        this.#finish(writing);
      } else {
        this.#state = "streaming";
        writing
          .then((isRead) => this.#finish(isRead))
          .catch((error: unknown) => this.#fail(error))
          .finally(() => endStream(answer));
      }
    } catch (error) {
      this.#fail(error);
      void endStream(answer);
    }
  }

  #fail(error: unknown): void {
    this.#init.onError(error);
    this.#socket.destroy();
  }

  /** @param isRead whether the client reads as fast as it is answered */
  #finish(isRead: boolean): void {
    this.#request?.end();
    this.#state = "draining";
    if (isRead) {
      this.#goOn();
    } else {
      this.#socket.once("drain", () => this.#goOn());
    }
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
    this.#shutdown.forget();
    this.#request?.end();
  }

  /**
   * Puts unserved bytes back and hands the connection to Node. Closes it when the client has ended its side, since Node
   * can't take it then.
   */
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
    this.#shutdown.forget();
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
  readonly receivedAt = performance.now();
  readonly headers: WholeRequest["headers"];
  readonly body: RequestBody;
  readonly #socket: Socket;
  readonly #listeners: (() => void)[] = [];
  #isOver = false;

  constructor({ method, url, headers, body }: WholeRequest, socket: Socket) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.#socket = socket;
    this.body = new WholeBody(body);
  }

  get peer(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  onceOver(listener: () => void): void {
    if (this.#isOver) {
      listener();
    } else {
      this.#listeners.push(listener);
    }
  }

  /** Says that the request is over: it is answered, or the client has gone. */
  end(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }
}

/** A body that has come whole. */
class WholeBody implements RequestBody {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(limit: number, framing = 0): Uint8Array {
    if (this.#bytes.length > limit + framing) {
      throw tooLarge(limit);
    }
    return this.#bytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield this.#bytes;
  }
}
