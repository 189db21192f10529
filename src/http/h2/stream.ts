import type { IncomingHttpHeaders } from "node:http";
import type { ConnectionInit } from "../connection-server.ts";
import { LINGER, type LimitName, MAX_DISCARDED_BYTES } from "../limits.ts";
import { type Answer, isStreamed, type Request } from "../message.ts";
import { OverListeners } from "../over-listeners.ts";
import { endStream, pump } from "../pump.ts";
import { requestIdOf } from "../request-id.ts";
import { CODE, DEFAULT_WINDOW, FLAG, FRAME, frameHead, headersFrames } from "./frames.ts";
import { IncomingBody, type IncomingStream } from "./incoming-body.ts";
import { asBuffer, OutgoingBody, type OutgoingStream } from "./outgoing-body.ts";
import type { Output } from "./output.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { pseudoHeader } from "./request-headers.ts";
import { continueBlock, headBlock, trailersBlock } from "./response-headers.ts";

const NO_BYTES: Buffer = Buffer.alloc(0);

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly init: ConnectionInit;
  readonly output: Output;
  readonly peer: string | undefined;
  /** Returns a header block, which is sent next. It must tell the size of the table if it is told to. */
  encode(write: (updatesTableSize: boolean) => Buffer): Buffer;
  /** Lets the client send so many more bytes, on the connection and, unless its body has ended, on the stream. */
  consumed(stream: Http2Stream, bytes: number): void;
  /** Tells the client that the stream is broken off. */
  reset(stream: Http2Stream, code: number): void;
  /** The answer is sent. */
  answered(stream: Http2Stream): void;
  /** Both sides have ended, or one has broken off. */
  closed(stream: Http2Stream): void;
  /** Nothing of the stream is left: it is closed, and the work for it is done. */
  done(stream: Http2Stream): void;
}

/** A stream of HTTP/2: one request and its answer. */
export class Http2Stream implements Request, IncomingStream, OutgoingStream {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 2;
  readonly receivedAt: number = performance.now();
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  isCall = false;
  forwardedFor: string | undefined;
  readonly body: IncomingBody;
  /** How much more of its body the client may send. */
  readonly receiveWindow: ReceiveWindow;
  /** Whether it counts among the requests of all clients that are not answered. */
  isCounted = false;
  readonly #owner: StreamOwner;
  readonly #outgoing: OutgoingBody;
  readonly #over = new OverListeners();
  /** When the client last sent something of its body, on the clock of `performance.now()`. */
  #lastDataAt = this.receivedAt;
  #trailers: Answer["trailers"];
  #isHeadSent = false;
  #isAnswered = false;
  #answeredAt = 0;
  #isClosed = false;
  #isServed = false;
  /**
   * Whether it was refused because all clients together ask for too much. Then the client is told to stop its upload, however
   * little has come (RFC 9113, 8.1).
   */
  isRefused = false;

  constructor(owner: StreamOwner, id: number, headers: IncomingHttpHeaders, hasBody: boolean, sendWindow: number) {
    this.#owner = owner;
    this.id = id;
    this.headers = headers;
    this.requestId = requestIdOf(headers);
    this.method = pseudoHeader(headers[":method"]);
    this.url = pseudoHeader(headers[":path"]);
    this.receiveWindow = new ReceiveWindow(owner.output, id, DEFAULT_WINDOW);
    this.#outgoing = new OutgoingBody(this, owner.output, sendWindow);
    this.body = new IncomingBody(this, owner.init.bodyBudget);
    if (!hasBody) {
      this.body.end();
    }
  }

  get peer(): string | undefined {
    return this.forwardedFor ?? (this.isGone ? undefined : this.#owner.peer);
  }

  get isGone(): boolean {
    return this.#isClosed;
  }

  onceOver(listener: () => void): void {
    this.#over.add(listener);
  }

  /**
   * Whether the body still agrees with its `Content-Length` when this many more bytes come. Once its request is answered, a
   * body may end early: Go's client does this, and treats a reset as a failure.
   */
  fits(bytes: number, isLast: boolean): boolean {
    if (this.#isAnswered) {
      return true;
    }
    const declared = this.headers["content-length"];
    const received = this.body.received + bytes;
    return declared === undefined || (isLast ? received === Number(declared) : received <= Number(declared));
  }

  /** Adds what has come of the body. */
  receive(bytes: Buffer, isLast: boolean): void {
    this.#lastDataAt = performance.now();
    this.body.push(bytes, isLast);
    if (this.#isAnswered) {
      this.#stopUpload();
    }
  }

  /** Widens the client's window by this many bytes. Returns false when that is more than a window can be. */
  widen(bytes: number): boolean {
    return this.#outgoing.widen(bytes);
  }

  /** Ends the stream because the client has gone, or because it was told that the stream is broken off. */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#outgoing.close();
    this.body.leave();
    this.#over.end();
    this.#owner.closed(this);
    if (this.#isServed) {
      this.#owner.done(this);
    }
  }

  /** Whether it goes on for longer than it may. */
  isLate(now: number): boolean {
    return this.#isLingering(now) || this.#exceeded(now) !== undefined;
  }

  /** Ends the stream if it goes on for longer than it may. */
  endLate(now: number): void {
    const limit = this.#exceeded(now);
    if (limit !== undefined) {
      this.#owner.init.onRefusal(limit);
      // Half an answer must not look like a whole one.
      const isCut = this.#isHeadSent && limit !== "stallMs";
      this.#owner.reset(this, isCut ? CODE.INTERNAL_ERROR : CODE.CANCEL);
    } else if (this.#isLingering(now)) {
      this.#owner.reset(this, CODE.NO_ERROR);
    }
  }

  /** Sends the answer. Resolves when nothing more is to be done for it. */
  async answer(answer: Answer): Promise<void> {
    try {
      this.#begin(answer);
      if (isStreamed(answer.body)) {
        await this.#stream(answer.body);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      // Asked here, since nearly no answer is one, and each would wait for a promise more.
      if (isStreamed(answer.body)) {
        await endStream(answer);
      }
      this.#isServed = true;
      if (this.#isClosed) {
        this.#owner.done(this);
      }
    }
  }

  onBodySent(): void {
    try {
      this.#writeTrailers();
      this.#endAnswer();
    } catch (error) {
      this.#fail(error);
    }
  }

  onBodyAsked(): void {
    if (this.headers.expect !== undefined && !this.#isHeadSent && !this.#isClosed) {
      this.#writeHead(this.#owner.encode(continueBlock), 0);
    }
  }

  onBodyConsumed(bytes: number): void {
    this.#owner.consumed(this, bytes);
  }

  onBodyRefused(): void {
    this.isRefused = true;
    this.#owner.init.onRefusal("maxUnfinishedBodyBytes");
  }

  /** Sends the head, and a body that is not streamed. */
  #begin({ status, headers, body, trailers }: Answer): void {
    if (this.#isClosed) {
      return;
    }
    const whole = isStreamed(body) ? undefined : typeof body === "string" ? Buffer.from(body) : body && asBuffer(body);
    const length = trailers === undefined ? whole?.length : undefined;
    const block = this.#owner.encode((updatesTableSize) =>
      headBlock(status, headers, this.requestId, length, updatesTableSize),
    );
    this.#isHeadSent = true;
    if (this.method === "HEAD" || (trailers === undefined && !isStreamed(body) && !length)) {
      this.#writeHead(block, FLAG.END_STREAM);
      this.#endAnswer();
      return;
    }
    this.#writeHead(block, 0);
    this.#trailers = trailers;
    if (!isStreamed(body)) {
      this.#outgoing.send(whole ?? NO_BYTES, trailers !== undefined);
    }
  }

  /** Sends a body as it comes. */
  async #stream(body: AsyncIterable<string | Uint8Array>): Promise<void> {
    if (this.#isAnswered || this.#isClosed) {
      return;
    }
    const isWhole = await pump(body, this.#outgoing, this.#owner.init.turns);
    if (isWhole && !this.#isClosed) {
      this.#outgoing.end(this.#trailers !== undefined);
    }
  }

  #writeHead(block: Buffer, flag: number): void {
    this.#owner.output.write(...headersFrames(block, flag, this.id));
  }

  /** Writes the trailers, if there are any. Throws an error when they can't be sent. */
  #writeTrailers(): void {
    if (this.#trailers === undefined) {
      return;
    }
    const trailers = this.#trailers();
    const block = this.#owner.encode((updatesTableSize) => trailersBlock(trailers, updatesTableSize));
    if (block.length === 0) {
      this.#owner.output.write(frameHead(0, FRAME.DATA, FLAG.END_STREAM, this.id));
    } else {
      this.#writeHead(block, FLAG.END_STREAM);
    }
  }

  #endAnswer(): void {
    this.#isAnswered = true;
    this.#answeredAt = performance.now();
    this.#owner.answered(this);
    this.#over.end();
    if (this.body.isEnded) {
      this.close();
    } else {
      this.body.drop();
      this.#stopUpload();
    }
  }

  /** Makes a client stop sending after its answer, but not at once: many clients take a reset for a failure. */
  #stopUpload(): void {
    if (this.#isClosed) {
      return;
    }
    if (this.body.isEnded) {
      this.close();
    } else if (this.isRefused || this.body.received > MAX_DISCARDED_BYTES) {
      this.#owner.reset(this, CODE.NO_ERROR);
    }
  }

  /** Whether the client has sent on behind its answer for long enough. */
  #isLingering(now: number): boolean {
    return this.#isAnswered && !this.#isClosed && now - this.#answeredAt > LINGER.ms;
  }

  /** The bound of time that the client has exceeded: it takes nothing of its answer, or its upload is slow. */
  #exceeded(now: number): LimitName | undefined {
    const { silenceMs, requestMs, uploadMs, stallMs } = this.#owner.init.limits;
    if (this.#outgoing.isStalled(now, stallMs)) {
      return "stallMs";
    }
    const { mode, isEnded, isHeld } = this.body;
    if (this.#isAnswered || isEnded || isHeld) {
      return undefined;
    }
    if (mode === "whole" && now - this.receivedAt > requestMs) {
      return "requestMs";
    }
    if (mode === "chunks" && now - this.receivedAt > uploadMs) {
      return "uploadMs";
    }
    return now - this.#lastDataAt > silenceMs ? "silenceMs" : undefined;
  }

  /** Cuts off an answer that can't be sent, so that half of it does not look like all of it. */
  #fail(error: unknown): void {
    this.#owner.init.onError(error, this.requestId);
    if (!this.#isClosed) {
      this.#owner.reset(this, CODE.INTERNAL_ERROR);
    }
  }
}
