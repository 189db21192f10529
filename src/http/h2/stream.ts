import type { IncomingHttpHeaders } from "node:http";
import type { ConnectionInit } from "../connection-server.ts";
import { LINGER, type LimitName, MAX_PENDING_BYTES, PROGRESS_BYTES } from "../limits.ts";
import { type Answer, isStreamed, type Request } from "../message.ts";
import { endStream, pump, type Sink } from "../pump.ts";
import { CODE, DEFAULT_WINDOW, FLAG, FRAME, frameHead, MAX_FRAME_BYTES, MAX_WINDOW } from "./frames.ts";
import { IncomingBody } from "./incoming-body.ts";
import type { Output, Sender } from "./output.ts";
import { pseudoHeader } from "./request-headers.ts";
import { continueBlock, headBlock, trailersBlock } from "./response-headers.ts";

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly init: ConnectionInit;
  readonly output: Output;
  readonly peer: string | undefined;
  /** Returns a header block, which is sent next. It must say that no table is used if it is told to. */
  encode(write: (saysNoTable: boolean) => Buffer): Buffer;
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
export class Http2Stream implements Request, Sender, Sink {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 2;
  readonly receivedAt: number = performance.now();
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingBody;
  /** How many bytes of its body the client may still send. */
  receiveWindow: number = DEFAULT_WINDOW;
  /** How many more it may send, and has not been told of. */
  credit = 0;
  /** Whether it counts among the requests of all clients that are not answered. */
  isCounted = false;
  readonly #owner: StreamOwner;
  readonly #listeners: (() => void)[] = [];
  #lastDataAt = this.receivedAt;
  #sendWindow: number;
  /** What is to be sent. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** When enough was last sent, or something began to wait, on the clock of `performance.now()`. */
  #progressAt = 0;
  /** How many bytes were sent since then. */
  #progressBytes = 0;
  #isHeadSent = false;
  /** Whether nothing comes after what is pending, but trailers perhaps. */
  #isEnding = false;
  #trailers: Answer["trailers"];
  #isAnswered = false;
  #answeredAt = 0;
  #isClosed = false;
  #isServed = false;
  #onDrained: (() => void) | undefined;

  constructor(owner: StreamOwner, id: number, headers: IncomingHttpHeaders, hasBody: boolean, sendWindow: number) {
    this.#owner = owner;
    this.id = id;
    this.headers = headers;
    this.method = pseudoHeader(headers[":method"]);
    this.url = pseudoHeader(headers[":path"]);
    this.#sendWindow = sendWindow;
    const { bodyBudget, onRefusal } = owner.init;
    this.body = new IncomingBody({
      bodyBudget,
      declaredLength: headers["content-length"],
      onRead: () => this.#sayContinue(),
      onConsumed: (bytes) => owner.consumed(this, bytes),
      onRefusal: () => onRefusal("maxUnfinishedBodyBytes"),
    });
    if (!hasBody) {
      this.body.end();
    }
  }

  get peer(): string | undefined {
    return this.isGone ? undefined : this.#owner.peer;
  }

  get isGone(): boolean {
    return this.#isClosed;
  }

  /** As a {@link Sink}. */
  get destroyed(): boolean {
    return this.#isClosed;
  }

  onceOver(listener: () => void): void {
    if (this.#isAnswered || this.#isClosed) {
      listener();
    } else {
      this.#listeners.push(listener);
    }
  }

  /** Whether so much more of the body is as its `Content-Length` says. */
  fits(bytes: number, isLast: boolean): boolean {
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

  /** Widens the client's window by so many bytes. Returns false when it becomes larger than a window can be. */
  widen(bytes: number): boolean {
    this.#sendWindow += bytes;
    if (bytes > 0 && this.#pendingBytes > 0) {
      this.#owner.output.add(this);
    }
    return this.#sendWindow <= MAX_WINDOW;
  }

  /** Ends the stream because the client has gone, or because it was told that the stream is broken off. */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#owner.output.remove(this);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.body.leave();
    this.#tellOver();
    this.#onDrained?.();
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
      await this.#send(answer);
    } catch (error) {
      this.#owner.init.onError(error);
      this.#cutOff();
    } finally {
      if (isStreamed(answer.body)) {
        await endStream(answer);
      }
      this.#isServed = true;
      if (this.#isClosed) {
        this.#owner.done(this);
      }
    }
  }

  writeBody(most: number): number {
    const bytes = Math.min(most, this.#sendWindow, this.#pendingBytes);
    if (bytes <= 0) {
      return 0;
    }
    this.#writeData(this.#takePending(bytes), bytes);
    if (this.#pendingBytes === 0) {
      this.#onDrained?.();
      if (this.#isEnding) {
        this.#endPending();
      }
    }
    return bytes;
  }

  write(part: string | Uint8Array): boolean {
    const bytes = typeof part === "string" ? Buffer.from(part) : asBuffer(part);
    if (bytes.length > 0 && !this.#isClosed) {
      this.#add(bytes);
    }
    return this.#pendingBytes < MAX_PENDING_BYTES;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrained = () => {
        this.#onDrained = undefined;
        resolve();
      };
    });
  }

  async #send({ status, headers, body, trailers }: Answer): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    const isWhole = trailers === undefined && !isStreamed(body);
    const whole = isStreamed(body) ? undefined : typeof body === "string" ? Buffer.from(body) : body && asBuffer(body);
    const length = isWhole && whole !== undefined ? whole.length : undefined;
    const block = this.#owner.encode((saysNoTable) => headBlock(status, headers, length, saysNoTable));
    this.#isHeadSent = true;
    if (this.method === "HEAD" || (isWhole && !whole?.length)) {
      this.#writeHead(block, FLAG.END_STREAM);
      this.#endAnswer();
      return;
    }
    this.#writeHead(block, 0);
    this.#trailers = trailers;
    if (!isStreamed(body)) {
      this.#sendWhole(whole ?? Buffer.alloc(0));
    } else if (await pump(body, this)) {
      this.#end();
    }
  }

  /** Sends a body at once if the windows let it, which is nearly always so. */
  #sendWhole(body: Buffer): void {
    if (body.length === 0) {
      this.#end();
      return;
    }
    const { output } = this.#owner;
    if (body.length > Math.min(this.#sendWindow, MAX_FRAME_BYTES) || !output.takeWindow(body.length)) {
      this.#add(body);
      this.#end();
      return;
    }
    this.#isEnding = true;
    this.#writeData([body], body.length);
    this.#writeTrailers();
    this.#endAnswer();
  }

  /** Writes a frame of the body, which ends the stream if nothing follows. */
  #writeData(payload: readonly Buffer[], bytes: number): void {
    this.#sendWindow -= bytes;
    this.#progressBytes += bytes;
    if (this.#progressBytes >= PROGRESS_BYTES) {
      this.#beginWait();
    }
    const isLast = this.#isEnding && this.#pendingBytes === 0 && this.#trailers === undefined;
    this.#owner.output.write(frameHead(bytes, FRAME.DATA, isLast ? FLAG.END_STREAM : 0, this.id), ...payload);
  }

  /** Ends an answer whose body waited for the windows. */
  #endPending(): void {
    try {
      this.#writeTrailers();
      this.#endAnswer();
    } catch (error) {
      this.#owner.init.onError(error);
      this.#cutOff();
    }
  }

  #add(bytes: Buffer): void {
    if (this.#pendingBytes === 0) {
      this.#beginWait();
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#owner.output.add(this);
  }

  #beginWait(): void {
    this.#progressAt = performance.now();
    this.#progressBytes = 0;
  }

  /** Ends the answer behind what waits. Its end needs no room in the windows. */
  #end(): void {
    this.#isEnding = true;
    if (this.#pendingBytes > 0) {
      return;
    }
    if (this.#trailers === undefined) {
      this.#writeData([], 0);
    }
    this.#writeTrailers();
    this.#endAnswer();
  }

  #takePending(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    let left = bytes;
    while (left > 0) {
      const first = this.#pending[0] as Buffer;
      if (first.length <= left) {
        this.#pending.shift();
        taken.push(first);
      } else {
        this.#pending[0] = first.subarray(left);
        taken.push(first.subarray(0, left));
      }
      left -= Math.min(left, first.length);
    }
    this.#pendingBytes -= bytes;
    return taken;
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
    const block = this.#owner.encode((saysNoTable) => trailersBlock(trailers, saysNoTable));
    if (block.length === 0) {
      this.#owner.output.write(frameHead(0, FRAME.DATA, FLAG.END_STREAM, this.id));
    } else {
      this.#writeHead(block, FLAG.END_STREAM);
    }
  }

  #sayContinue(): void {
    if (this.headers.expect !== undefined && !this.#isHeadSent && !this.#isClosed) {
      this.#writeHead(this.#owner.encode(continueBlock), 0);
    }
  }

  #endAnswer(): void {
    this.#isAnswered = true;
    this.#answeredAt = performance.now();
    this.#owner.answered(this);
    this.#tellOver();
    if (this.body.isEnded) {
      this.close();
    } else {
      this.body.drop();
      this.#stopUpload();
    }
  }

  /** Makes a client stop sending behind its answer, but not at once: many take a reset for a failure. */
  #stopUpload(): void {
    if (this.#isClosed) {
      return;
    }
    if (this.body.isEnded) {
      this.close();
    } else if (this.body.received > LINGER.bytes) {
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
    if (this.#pendingBytes > 0 && now - this.#closedAt(now) > stallMs) {
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

  /** Since when the client takes nothing of the answer. A stream that only waits for its turn is not late. */
  #closedAt(now: number): number {
    const since = this.#sendWindow <= 0 ? 0 : (this.#owner.output.closedAt ?? now);
    return Math.max(since, this.#progressAt);
  }

  /** Cuts off an answer so that half of it does not look like all of it. */
  #cutOff(): void {
    if (!this.#isClosed) {
      this.#owner.reset(this, CODE.INTERNAL_ERROR);
    }
  }

  #tellOver(): void {
    for (const listener of this.#listeners.splice(0)) {
      listener();
    }
  }
}

/** Returns a header block as frames: HEADERS, and CONTINUATION as often as it needs. */
function headersFrames(block: Buffer, flag: number, stream: number): Buffer[] {
  if (block.length <= MAX_FRAME_BYTES) {
    return [frameHead(block.length, FRAME.HEADERS, flag | FLAG.END_HEADERS, stream), block];
  }
  const frames: Buffer[] = [];
  for (let start = 0; start < block.length; start += MAX_FRAME_BYTES) {
    const part = block.subarray(start, start + MAX_FRAME_BYTES);
    const isLast = start + MAX_FRAME_BYTES >= block.length;
    const type = start === 0 ? FRAME.HEADERS : FRAME.CONTINUATION;
    const flags = (start === 0 ? flag : 0) | (isLast ? FLAG.END_HEADERS : 0);
    frames.push(frameHead(part.length, type, flags, stream), part);
  }
  return frames;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
