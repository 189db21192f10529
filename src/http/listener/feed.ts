import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { BudgetPart } from "../budget.ts";
import type { ConnectionInit, ConnectionOwner, OwnedConnection } from "../connection-server.ts";
import { FREE_BODY_BYTES, UPLOAD_LINGER } from "../limits.ts";
import { endConnection, lingeringClose } from "../lingering-close.ts";
import { dropped, pauseAfter, stopReading } from "../reading.ts";
import { CHUNKS_TOO_SMALL, HEAD_TOO_LARGE, type Refusal, refusalBytes, TOO_MANY_BODIES, tooSlow } from "../refusal.ts";
import { makeRequestId } from "../request-id.ts";
import { Exchange } from "./exchange.ts";
import { RequestClock, type TimeLimit } from "./request-clock.ts";
import { HeadFraming } from "./request-framing.ts";
import { SocketWriter } from "./socket-writer.ts";

/**
 * Stands for a client's socket in front of Node's HTTP server. Node would make a request of everything that it can
 * read, before the first is answered. A feed gives it one request at a time, in turns, and leaves the rest unread until
 * the answer is sent. So a client costs no more than one request, however much it sends, and the end of the connection
 * comes after all its requests are answered.
 */
export class Feed extends Duplex implements OwnedConnection {
  readonly socket: Socket;
  readonly #init: ConnectionInit;
  readonly #owner: ConnectionOwner;
  /** What has come and is not given to Node yet. While it waits, the socket is paused. */
  #held: Buffer | undefined;
  /** What the held bytes take of the budget of bodies. */
  readonly #counted: BudgetPart;
  /** Whether Node's server has begun to read, so that it gets at once what is pushed. */
  #isReady = false;
  #isScheduled = false;
  #hasEnded: boolean;
  /** Whether Node's server gets nothing more: the client's side has ended, or the connection is ending. */
  #isOver = false;
  /** Whether the connection ends with the present answer, since the client has already sent too much more. */
  #isLast = false;
  /** Whether the client has a refusal. */
  #isRefused = false;
  /** Whether the connection ends as soon as all is sent. */
  #isEnding = false;
  #head = new HeadFraming();
  #exchange: Exchange | undefined;
  readonly #clock: RequestClock;
  readonly #writer: SocketWriter;
  readonly #listeners = {
    data: (bytes: Buffer) => this.#receive(bytes),
    end: () => this.#end(),
  };

  /**
   * @param bytes what was read of the socket before
   * @param begunAt when the first of these bytes came, on the clock of `performance.now()`
   */
  constructor(socket: Socket, init: ConnectionInit, owner: ConnectionOwner, bytes?: Buffer, begunAt?: number) {
    super({ allowHalfOpen: true, decodeStrings: false });
    this.socket = socket;
    this.#init = init;
    this.#owner = owner;
    this.#counted = new BudgetPart(init.bodyBudget, FREE_BODY_BYTES);
    this.#clock = new RequestClock(begunAt);
    this.#writer = new SocketWriter(socket, init.limits, init.onRefusal);
    this.#hasEnded = socket.readableEnded;
    for (const [event, listener] of Object.entries(this.#listeners)) {
      socket.on(event, listener);
    }
    this.on("resume", () => {
      this.#clock.wait();
      this.#schedule();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.destroy());
    if (bytes !== undefined) {
      this.#receive(bytes);
    }
  }

  /** Whether its client has gone, or is about to be cut off. */
  get isGone(): boolean {
    return this.socket.destroyed || this.destroyed;
  }

  /** Notes that Node's server has read the head of a request. */
  open(req: IncomingMessage, res: ServerResponse): Exchange {
    this.#head = new HeadFraming();
    const exchange = new Exchange(req, res);
    this.#exchange = exchange;
    this.#owner.setBusy(this, true);
    if (this.#owner.isDraining) {
      res.shouldKeepAlive = false;
    }
    res.once("close", () => {
      exchange.isAnswered = true;
      exchange.end();
      this.#settle();
      this.#schedule();
    });
    return exchange;
  }

  /** Notes that the answer to the open request is a stream. Cuts it off when the client has ended its side. */
  setStreamed(exchange: Exchange): void {
    exchange.isStreamed = true;
    this.#endStream();
  }

  /** Lets the answer that is under way tell that the connection ends with it, if it has not begun. */
  drain(): void {
    if (this.#exchange !== undefined) {
      this.#exchange.res.shouldKeepAlive = false;
    }
  }

  /** Ends the connection unless a request is being answered. */
  endIdle(): void {
    if (this.#exchange === undefined) {
      this.#finish();
    }
  }

  /** Answers what is no request, or can't go on as one, and ends the connection. */
  refuse(refusal: Refusal): void {
    if (this.#isEnding) {
      return;
    }
    if (refusal.limit !== undefined) {
      this.#init.onRefusal(refusal.limit);
    }
    const res = this.#exchange?.res;
    if (res?.writableFinished && !this.isGone) {
      // The answer is whole, and nothing may follow it.
      this.#finish();
      return;
    }
    if (this.isGone || res?.headersSent) {
      // Half an answer must not look like a whole one, and nothing may follow it.
      this.destroy();
      return;
    }
    this.#isRefused = true;
    const requestId = this.#exchange?.requestId ?? makeRequestId();
    const commonHeaders = this.#exchange && this.#init.commonHeaders?.(this.#exchange.head);
    this.socket.write(refusalBytes(refusal, requestId, commonHeaders));
    this.#finish();
  }

  isLate(now: number): boolean {
    return this.#lateFor(now) !== undefined;
  }

  giveUp(): void {
    const limit = this.#lateFor(performance.now());
    if (limit === "keepAliveMs") {
      this.#finish();
    } else if (limit !== undefined) {
      this.refuse(tooSlow(limit));
    }
  }

  override _read(): void {
    // Not now: what is pushed before this call returns reaches Node's server only later.
    queueMicrotask(() => {
      this.#isReady = true;
      this.#schedule();
    });
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.#writer.write(chunk, encoding, () => this.#written(done));
  }

  override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: () => void): void {
    this.#writer.writeAll(chunks, () => this.#written(done));
  }

  override _final(done: () => void): void {
    this.#finish();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#isOver = true;
    if (!this.#isEnding) {
      this.socket.destroy();
    }
    this.#held = undefined;
    this.#countHeld();
    this.#owner.setBusy(this, false);
    done(error);
  }

  #receive(bytes: Buffer): void {
    if (this.#isLast) {
      dropped(bytes);
      stopReading(this.socket);
      return;
    }
    this.#clock.receive();
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    this.#schedule();
    if (this.#held !== undefined && !this.#isEnding) {
      pauseAfter(bytes, this.socket);
      this.#countHeld();
    }
  }

  #end(): void {
    this.#hasEnded = true;
    this.#endStream();
    this.#schedule();
  }

  /** Gives Node's server what it may have, now or in a later turn. */
  #schedule(): void {
    if (!this.#isScheduled && !this.#isOver) {
      this.#isScheduled = true;
      this.#init.turns.runRead(() => this.#feed());
    }
  }

  #feed(): void {
    while (this.#canPush() && this.#held !== undefined) {
      const framing = this.#exchange?.framing ?? this.#head;
      const count = framing.take(this.#held);
      const excess = this.#head.length - this.#init.limits.maxHeaderBytes;
      if (excess > 0) {
        // Up to the bound, so that an error before it gets the same refusal, however the head was cut into packets.
        this.push(this.#held.subarray(0, count - excess));
        this.refuse(HEAD_TOO_LARGE);
        break;
      }
      if (framing.isWasteful) {
        this.refuse(CHUNKS_TOO_SMALL);
        break;
      }
      if (count === 0) {
        break;
      }
      const piece = this.#held.subarray(0, count);
      this.#held = count < this.#held.length ? this.#held.subarray(count) : undefined;
      // Before the bytes are fed: the reader of the body reads this number.
      this.#countHeld();
      // Node's server has read it when this returns.
      this.push(piece);
      this.#settle();
      if (this.#init.turns.isBusy || this.#init.turns.isTimeUp) {
        break;
      }
    }
    this.#isScheduled = false;
    this.#countHeld();
    if (this.#canPush()) {
      this.#goOn();
    }
  }

  /** Whether Node's server takes more bytes at once. */
  #canPush(): boolean {
    const isRead = this.#isReady && this.readableFlowing === true && this.readableLength === 0;
    return isRead && !this.#isOver && this.#exchange?.req.complete !== true;
  }

  #goOn(): void {
    if (this.#held !== undefined) {
      this.#isScheduled = true;
      // Never at once: each of thousands of pieces would be fed within the one before.
      this.#init.turns.readLater(() => this.#feed());
    } else if (this.#hasEnded) {
      this.#isOver = true;
      this.push(null);
    } else if (this.socket.isPaused()) {
      this.#clock.wait();
      this.socket.resume();
    }
  }

  /** Forgets the exchange when its request is read and answered. */
  #settle(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.req.complete) {
      return;
    }
    if (this.#hasEnded) {
      exchange.end();
    }
    if (exchange.isAnswered) {
      this.#exchange = undefined;
      this.#clock.next(this.#held !== undefined);
      this.#owner.setBusy(this, false);
      if (this.#isLast || this.#owner.isClosing) {
        this.#finish();
      }
    }
  }

  /** Cuts a streamed answer off when the client has ended its side: a client that has left looks the same. */
  #endStream(): void {
    if (this.#hasEnded && this.#exchange?.isStreamed && !this.#exchange.isAnswered) {
      this.destroy();
    } else {
      this.#settle();
    }
  }

  /** Takes the held bytes from the budget of bodies, and refuses them when there is no room for them. */
  #countHeld(): void {
    if (!this.#counted.resize(this.#held?.length ?? 0)) {
      dropped(this.#held);
      this.#held = undefined;
      if (this.#exchange?.req.complete) {
        this.#isLast = true;
        this.#exchange.res.shouldKeepAlive = false;
        this.#init.onRefusal("maxUnfinishedBodyBytes");
      } else {
        this.refuse(TOO_MANY_BODIES);
      }
    }
  }

  /** Ends the connection when all that is written is sent. */
  #finish(): void {
    if (this.#isEnding) {
      return;
    }
    this.#isEnding = true;
    this.#isOver = true;
    dropped(this.#held);
    this.#held = undefined;
    this.#countHeld();
    this.socket.off("data", this.#listeners.data);
    this.socket.off("end", this.#listeners.end);
    const isSending = this.#exchange?.req.complete === false;
    if (isSending && this.#exchange?.isStreamed && !this.#isRefused) {
      // Not as after a refusal: the client did nothing wrong, and may read its answer only when it has sent all.
      lingeringClose(this.socket, this.#init.limits.stallMs, UPLOAD_LINGER);
    } else {
      endConnection(this.socket, this.#isRefused || isSending, this.#init, this.#owner);
    }
  }

  /** The bound of time that the client has exceeded. */
  #lateFor(now: number): TimeLimit | undefined {
    const exchange = this.#exchange;
    if (this.#isOver || exchange?.req.complete) {
      return undefined;
    }
    const expected = exchange === undefined ? "head" : exchange.isUpload ? "upload" : "body";
    const isWaiting = this.readableFlowing === true && this.#held === undefined;
    return this.#clock.exceeded(now, this.#init.limits, expected, isWaiting);
  }

  #written(done: () => void): void {
    if (this.socket.destroyed) {
      this.destroy();
    } else {
      done();
    }
  }
}
