import type { Socket } from "node:net";
import { errorAnswer } from "../answer.ts";
import { tooManyBodies } from "../body.ts";
import { BudgetPart } from "../budget.ts";
import type { ConnectionOwner, OwnedConnection } from "../connection-server.ts";
import type { FastPathInit } from "../fast-path.ts";
import { FREE_BODY_BYTES } from "../limits.ts";
import { endConnection } from "../lingering-close.ts";
import { type Answer, isStreamed } from "../message.ts";
import { endStream } from "../pump.ts";
import { dropped, pauseAfter, stopReading } from "../reading.ts";
import { makeRequestId } from "../request-id.ts";
import { writeAnswer } from "./answer.ts";
import { FastRequest } from "./fast-request.ts";
import { type BodilessRequest, readRequest, type WholeRequest } from "./request.ts";

/**
 * How long a client may take for the second part of a body, in milliseconds. A client that takes longer, or sends more
 * parts, is served by Node: it may wait for an answer before it sends the body, or send the body as a stream.
 */
const SECOND_PART_MS = 500;

/**
 * - `reading`: all that has come is answered.
 * - `awaitingRest`: the second part of a request is to come. Many clients send head and body apart.
 * - `waiting`: a request has come, and waits for a turn of the event loop.
 * - `answering`: a request is being answered.
 * - `streaming`: a streamed answer is being sent.
 * - `flushing`: the answer is written, and the client has not read all of it.
 * - `over`: the connection is ending, or Node's.
 */
type State = "reading" | "awaitingRest" | "waiting" | "answering" | "streaming" | "flushing" | "over";

/** One connection, whose requests are answered one after the other. */
export class FastConnection implements OwnedConnection {
  readonly socket: Socket;
  readonly #init: FastPathInit;
  readonly #owner: ConnectionOwner;
  #state: State = "reading";
  /** When the state `reading` or `awaitingRest` began, on the clock of `performance.now()`. */
  #since = performance.now();
  /** Bytes that are not served yet. While they wait, the socket is paused. */
  #held: Buffer | undefined;
  /** What the held bytes take of the budget of bodies. */
  readonly #counted: BudgetPart;
  /** What the request lacks whose rest is to come. */
  #missing: "head missing" | "body missing" | undefined;
  #hasEnded = false;
  /** Whether the connection ends with the next answer, even if the client wants to keep it. */
  #isLast = false;
  /** Whether the client was refused, because there was no room for the held bytes, or the body is too large. */
  #isRefused = false;
  /** The request that is being answered. */
  #request: FastRequest | undefined;
  readonly #listeners = {
    data: (bytes: Buffer) => this.#receive(bytes),
    end: () => this.#end(),
    timeout: () => this.#giveUpWaiting(),
    error: () => this.socket.destroy(),
    close: () => this.#close(),
  };

  constructor(socket: Socket, init: FastPathInit, owner: ConnectionOwner) {
    this.socket = socket;
    this.#init = init;
    this.#counted = new BudgetPart(init.bodyBudget, FREE_BODY_BYTES);
    this.#owner = owner;
    for (const [event, listener] of Object.entries(this.#listeners)) {
      socket.on(event, listener);
    }
  }

  isLate(now: number): boolean {
    const { limits } = this.#init;
    if (this.#state === "reading") {
      return now - this.#since > limits.keepAliveMs;
    }
    return this.#state === "awaitingRest" && now - this.#since > Math.min(limits.headersMs, limits.requestMs);
  }

  giveUp(): void {
    if (this.#state === "awaitingRest" && this.#held !== undefined) {
      // Node's server has a refusal for requests that take too long.
      this.#leave(this.#held);
    } else {
      this.endIdle();
    }
  }

  /** Ends a connection on which nothing is being answered. */
  endIdle(): void {
    this.#detach();
    endConnection(this.socket, this.#isRefused, this.#init, this.#owner);
  }

  #receive(bytes: Buffer): void {
    if (this.#isLast) {
      dropped(bytes);
      stopReading(this.socket);
      return;
    }
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#state !== "reading" && this.#state !== "awaitingRest") {
      pauseAfter(bytes, this.socket);
      this.#countHeld();
    } else if (this.#init.turns.isBusy || this.#init.turns.isTimeUp) {
      const request = this.#state === "reading" ? this.#readRequest(this.#held) : undefined;
      if (typeof request === "object") {
        // It has its turn by what it is for: a health check must not wait behind what others send.
        this.#serve(request, this.#held);
      } else {
        this.#waitForTurn();
      }
    } else {
      this.#serveNext(this.#held);
    }
  }

  #end(): void {
    this.#hasEnded = true;
    if (this.#state === "awaitingRest" && this.#held !== undefined) {
      this.#leave(this.#held);
    } else if (this.#state === "reading") {
      this.socket.destroySoon();
    } else if (this.#state === "streaming") {
      // A client that has left looks the same, and the stream might be silent for ever.
      this.socket.destroy();
    } else {
      // It may still get an answer that is not a stream.
      this.#request?.end();
    }
  }

  /** Serves what is held in a later turn, since others have waited for theirs. */
  #waitForTurn(): void {
    if (this.#state === "reading") {
      this.#since = performance.now();
    }
    this.#state = "waiting";
    this.#owner.setBusy(this, true);
    if (this.#held !== undefined) {
      pauseAfter(this.#held, this.socket);
    }
    this.#countHeld();
    this.#init.turns.runRead(() => {
      if (this.#state !== "waiting") {
        return;
      }
      if (this.#held === undefined) {
        // There was no room for it while it waited.
        this.#send(errorAnswer(tooManyBodies()));
      } else {
        this.#serveNext(this.#held);
      }
    });
  }

  /** Serves the first of the held requests, or hands the connection to Node. */
  #serveNext(held: Buffer): void {
    const isSecondPart = this.#missing !== undefined;
    const request = this.#readRequest(held);
    if (typeof request === "string" && !isSecondPart && !this.#hasEnded) {
      this.#waitForRest(request);
      return;
    }
    if (typeof request !== "object") {
      this.#leave(held);
      return;
    }
    if (isSecondPart) {
      this.#missing = undefined;
      this.socket.setTimeout(0);
    }
    this.#serve(request, held);
  }

  #readRequest(held: Buffer): ReturnType<typeof readRequest> {
    return readRequest(held, this.#init.limits, this.#init.bodyLimit);
  }

  #serve(request: WholeRequest | BodilessRequest, held: Buffer): void {
    this.#state = "answering";
    this.#owner.setBusy(this, true);
    if (request.body === undefined) {
      this.#dropBody(held);
    } else {
      this.#held = request.length < held.length ? held.subarray(request.length) : undefined;
      if (this.#held !== undefined) {
        pauseAfter(held, this.socket);
      }
    }
    this.#countHeld();
    this.#request = new FastRequest(request, this.socket);
    this.#init
      .serve(this.#request)
      .then((answer) => this.#send(answer))
      .catch(this.#init.onError);
  }

  /** Drops the bytes of a body that nobody reads. The connection ends with the answer. */
  #dropBody(held: Buffer): void {
    this.#held = undefined;
    this.#isLast = true;
    this.#isRefused = true;
    // At once, since thousands of clients may wait for their refusals.
    dropped(held);
    stopReading(this.socket);
  }

  #waitForRest(missing: "head missing" | "body missing"): void {
    if (this.#state === "reading") {
      this.#since = performance.now();
    }
    this.#state = "awaitingRest";
    this.#missing = missing;
    this.#owner.setBusy(this, missing === "body missing");
    this.#countHeld();
    if (this.#isLast) {
      this.#send(errorAnswer(tooManyBodies()));
    } else {
      this.socket.setTimeout(missing === "body missing" ? SECOND_PART_MS : 0);
      this.socket.resume();
    }
  }

  /**
   * Takes the held bytes from the budget of bodies. When there is no room for them, the connection ends with the next
   * answer.
   */
  #countHeld(): void {
    if (!this.#counted.resize(this.#held?.length ?? 0)) {
      dropped(this.#held);
      this.#held = undefined;
      this.#isLast = true;
      this.#isRefused = true;
      this.#init.onRefusal("maxUnfinishedBodyBytes");
    }
  }

  #send(answer: Answer): void {
    try {
      if (this.#hasEnded && isStreamed(answer.body)) {
        this.socket.destroy();
      }
      if (this.socket.destroyed) {
        void endStream(answer);
        return;
      }
      const idleMs = this.#isLast || this.#owner.isDraining ? undefined : this.#init.limits.keepAliveMs;
      this.#isLast ||= idleMs === undefined;
      // A body for which there is no room belongs to no request yet.
      const requestId = this.#request?.requestId ?? makeRequestId();
      const writing = writeAnswer(this.socket, answer, requestId, idleMs, this.#init.turns);
      if (typeof writing === "boolean") {
        this.#finish(writing);
      } else {
        this.#state = "streaming";
        this.socket.setTimeout(this.#init.limits.stallMs);
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
    if (!this.socket.destroyed) {
      this.#init.onError(error, this.#request?.requestId);
      this.socket.destroy();
    }
  }

  /** @param isRead whether the client reads as fast as it is answered */
  #finish(isRead: boolean): void {
    this.#request?.end();
    this.#request = undefined;
    this.#state = "flushing";
    if (isRead) {
      this.#goOn();
    } else {
      this.socket.setTimeout(this.#init.limits.stallMs);
      this.socket.once("drain", () => this.#goOn());
    }
  }

  #goOn(): void {
    if (this.#state !== "flushing") {
      return;
    }
    if (this.socket.timeout) {
      this.socket.setTimeout(0);
    }
    if ((this.#hasEnded && this.#held === undefined) || this.#isLast || this.#owner.isClosing) {
      this.endIdle();
      return;
    }
    this.#state = "reading";
    this.#since = performance.now();
    this.#owner.setBusy(this, false);
    if (this.#held !== undefined) {
      // A client that sends many requests at once waits for a turn with each of them, as other clients do.
      this.#waitForTurn();
    } else if (this.socket.isPaused()) {
      this.socket.resume();
    }
  }

  #giveUpWaiting(): void {
    if (this.#state === "awaitingRest" && this.#held !== undefined) {
      this.#leave(this.#held);
    } else if (this.socket.writableLength > 0) {
      // The client has read nothing of its answer for too long.
      this.#init.onRefusal("stallMs");
      this.socket.destroy();
    }
  }

  #close(): void {
    this.#request?.end();
    this.#detach();
  }

  /** Hands the connection to Node's server, with the bytes that are not served. */
  #leave(held: Buffer): void {
    const begunAt = this.#state === "reading" ? performance.now() : this.#since;
    this.socket.pause();
    this.socket.setTimeout(0);
    this.#detach();
    this.socket.off("error", this.#listeners.error);
    this.#init.takeOver(this.socket, held, begunAt);
  }

  /** Stops listening to the socket, except to its errors. */
  #detach(): void {
    const { data, end, timeout, close } = this.#listeners;
    this.socket.off("data", data).off("end", end).off("timeout", timeout).off("close", close);
    this.#state = "over";
    this.#held = undefined;
    this.#countHeld();
    this.#owner.forget(this);
  }
}
