import type { ConnectionInit } from "../connection-server.ts";
import { HTTP2_WINDOW_BYTES, MAX_RESET_IDS } from "../limits.ts";
import {
  HEAD_TOO_LARGE,
  NO_TUNNEL,
  type Refusal,
  refusalAnswer,
  TOO_MANY_HEADERS,
  TOO_MANY_REQUESTS,
  UNKNOWN_EXPECTATION,
} from "../refusal.ts";
import type { Allowances } from "./allowances.ts";
import { ConnectionError, StreamError } from "./errors.ts";
import { CODE, DEFAULT_WINDOW, FRAME, numbersFrame } from "./frames.ts";
import type { Output } from "./output.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { RequestHeaders } from "./request-headers.ts";
import { Http2Stream, type StreamOwner } from "./stream.ts";

/** What the streams tell their connection. */
export interface StreamsOwner {
  readonly peer: string | undefined;
  /** The first stream was opened, or the last was closed. */
  onBusy(isBusy: boolean): void;
}

/** The streams of one connection. */
export class Streams implements StreamOwner {
  readonly init: ConnectionInit;
  readonly output: Output;
  /** Whether the next header block that is sent must tell the size of the table (RFC 7541, 6.3). None is used. */
  needsTableSizeUpdate = false;
  /** Whether streams that the client opens now are refused. */
  isRefusing = false;
  readonly #allowances: Allowances;
  readonly #owner: StreamsOwner;
  readonly #open = new Map<number, Http2Stream>();
  /** The newest streams that were reset here. Their clients may not know it yet. */
  readonly #resetIds = new Set<number>();
  /** The requests whose work is not done. A client that resets a stream may open another one, but not for ever. */
  #inProgress = 0;
  #lastId = 0;
  /** The client's window of each new stream. */
  #sendWindow = DEFAULT_WINDOW;
  /** How much more the client may send on this connection. */
  readonly #receiveWindow: ReceiveWindow;

  constructor(init: ConnectionInit, output: Output, allowances: Allowances, owner: StreamsOwner) {
    this.init = init;
    this.output = output;
    this.#receiveWindow = new ReceiveWindow(output, 0, HTTP2_WINDOW_BYTES);
    this.#allowances = allowances;
    this.#owner = owner;
  }

  get peer(): string | undefined {
    return this.#owner.peer;
  }

  /** How many streams are open. */
  get size(): number {
    return this.#open.size;
  }

  /** The id of the newest stream that the client has opened. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Whether one goes on for longer than it may. */
  hasLate(now: number): boolean {
    for (const stream of this.#open.values()) {
      if (stream.isLate(now)) {
        return true;
      }
    }
    return false;
  }

  /** Ends those that go on for longer than they may. */
  endLate(now: number): void {
    for (const stream of this.#open.values()) {
      stream.endLate(now);
    }
  }

  /** Ends all streams, because the client has gone or the connection can't go on. */
  closeAll(): void {
    for (const stream of [...this.#open.values()]) {
      stream.close();
    }
  }

  /** Takes the headers of a request, or its trailers. Throws ConnectionError or StreamError. */
  takeHeaders(id: number, headers: RequestHeaders, isLast: boolean, dependsOnItself: boolean): void {
    const stream = this.#open.get(id);
    if (stream !== undefined) {
      if (headers.exceeded !== undefined) {
        this.init.onRefusal(headers.exceeded);
      }
      takeTrailers(stream, headers, isLast);
      return;
    }
    if (id % 2 === 0) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    if (id <= this.#lastId) {
      this.#refuseOnClosed(id);
      return;
    }
    this.#lastId = id;
    if (dependsOnItself) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    this.#openStream(id, headers, isLast);
  }

  /**
   * Takes a part of a body. Throws ConnectionError or StreamError.
   *
   * @param bytes how many bytes of the windows the part takes, padding included
   */
  takeData(id: number, data: Buffer, bytes: number, isLast: boolean): void {
    if (!this.#receiveWindow.receive(bytes)) {
      throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
    }
    const stream = this.#open.get(id);
    if (stream === undefined || stream.body.isEnded) {
      this.#receiveWindow.widen(bytes);
      if (stream !== undefined) {
        throw new StreamError(CODE.STREAM_CLOSED);
      }
      this.#refuseOnClosed(id);
      return;
    }
    if (!stream.receiveWindow.receive(bytes)) {
      this.#receiveWindow.widen(bytes);
      throw new StreamError(CODE.FLOW_CONTROL_ERROR);
    }
    if (!stream.fits(data.length, isLast)) {
      this.#receiveWindow.widen(bytes);
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    // Nobody reads the padding.
    this.consumed(stream, bytes - data.length);
    stream.receive(data, isLast);
  }

  /** The client has reset a stream. Throws ConnectionError when the client never opened the stream. */
  takeReset(id: number): void {
    this.#requireNotIdle(id);
    this.#open.get(id)?.close();
  }

  /** The client has widened the window of a stream. Throws ConnectionError or StreamError. */
  takeWindowUpdate(id: number, bytes: number): void {
    this.#requireNotIdle(id);
    if (bytes === 0) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    if (this.#open.get(id)?.widen(bytes) === false) {
      throw new StreamError(CODE.FLOW_CONTROL_ERROR);
    }
  }

  /** Sets the client's window of each stream, open streams included. Throws ConnectionError. */
  setSendWindow(window: number): void {
    const change = window - this.#sendWindow;
    this.#sendWindow = window;
    for (const stream of this.#open.values()) {
      if (!stream.widen(change)) {
        throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
      }
    }
  }

  /**
   * Resets a stream, at most once, whether it is open or not. Throws ConnectionError when the client never opened it.
   */
  resetId(id: number, code: number): void {
    this.#requireNotIdle(id);
    if (this.#resetIds.has(id)) {
      return;
    }
    this.#resetIds.add(id);
    if (this.#resetIds.size > MAX_RESET_IDS) {
      const [oldest] = this.#resetIds;
      this.#resetIds.delete(oldest as number);
    }
    this.output.write(numbersFrame(FRAME.RST_STREAM, id, code));
    this.#open.get(id)?.close();
  }

  reset(stream: Http2Stream, code: number): void {
    this.resetId(stream.id, code);
  }

  encode(write: (updatesTableSize: boolean) => Buffer): Buffer {
    const block = write(this.needsTableSizeUpdate);
    // Not before: a block that can't be written is not sent.
    this.needsTableSizeUpdate = false;
    return block;
  }

  consumed(stream: Http2Stream, bytes: number): void {
    this.#receiveWindow.widen(bytes);
    if (!stream.body.isEnded && !stream.isGone) {
      stream.receiveWindow.widen(bytes);
    }
  }

  answered(): void {
    this.#allowances.earn("maxResets", 1);
  }

  closed(stream: Http2Stream): void {
    this.#open.delete(stream.id);
    if (this.#open.size === 0) {
      this.#owner.onBusy(false);
    }
  }

  done(stream: Http2Stream): void {
    this.#inProgress -= 1;
    if (stream.isCounted) {
      this.init.requestBudget.release(1);
    }
  }

  #openStream(id: number, headers: RequestHeaders, isLast: boolean): void {
    const { maxStreams } = this.init.limits;
    if (this.isRefusing) {
      throw new StreamError(CODE.REFUSED_STREAM);
    }
    if (this.#open.size >= maxStreams || this.#inProgress >= 2 * maxStreams) {
      this.init.onRefusal("maxStreams");
      throw new StreamError(CODE.REFUSED_STREAM);
    }
    const stream = new Http2Stream(this, id, headers.finish(), !isLast, this.#sendWindow);
    if (isLast && !stream.fits(0, true)) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    this.#open.set(id, stream);
    this.#inProgress += 1;
    if (this.#open.size === 1) {
      this.#owner.onBusy(true);
    }
    const refusal = refusalOf(stream, headers);
    if (refusal === undefined) {
      this.#serve(stream);
    } else {
      this.#refuse(stream, refusal);
    }
  }

  #serve(stream: Http2Stream): void {
    stream.isCounted = this.init.requestBudget.take(1);
    // One request at a time is always served, as over HTTP/1.1: otherwise few clients could keep out all others.
    if (stream.isCounted || this.#inProgress === 1) {
      this.init
        .serve(stream)
        .then((answer) => stream.answer(answer))
        .catch(this.init.onError);
    } else {
      stream.isRefused = true;
      this.#refuse(stream, TOO_MANY_REQUESTS);
    }
  }

  #refuse(stream: Http2Stream, refusal: Refusal): void {
    if (refusal.limit !== undefined) {
      this.init.onRefusal(refusal.limit);
    }
    stream.answer(refusalAnswer(refusal, this.init.commonHeaders?.(stream))).catch(this.init.onError);
  }

  /** Frames of a stream that was reset here may still come, and are dropped. On another closed one they are wrong. */
  #refuseOnClosed(id: number): void {
    this.#requireNotIdle(id);
    if (!this.#resetIds.has(id)) {
      throw new ConnectionError(CODE.STREAM_CLOSED);
    }
  }

  #requireNotIdle(id: number): void {
    if (id > this.#lastId || id % 2 === 0) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
  }
}

function takeTrailers(stream: Http2Stream, headers: RequestHeaders, isLast: boolean): void {
  if (stream.body.isEnded) {
    throw new StreamError(CODE.STREAM_CLOSED);
  }
  if (!isLast) {
    throw new StreamError(CODE.PROTOCOL_ERROR);
  }
  if (headers.exceeded !== undefined) {
    throw new StreamError(CODE.ENHANCE_YOUR_CALM);
  }
  headers.finishTrailers();
  if (!stream.fits(0, true)) {
    throw new StreamError(CODE.PROTOCOL_ERROR);
  }
  stream.receive(Buffer.alloc(0), true);
}

/** Why a request is refused at once, as over HTTP/1.1; undefined when it is served. */
function refusalOf({ method, headers }: Http2Stream, { exceeded }: RequestHeaders): Refusal | undefined {
  if (exceeded !== undefined) {
    return exceeded === "maxHeaders" ? TOO_MANY_HEADERS : HEAD_TOO_LARGE;
  }
  if (method === "CONNECT") {
    return NO_TUNNEL;
  }
  const { expect } = headers;
  return expect === undefined || expect.toLowerCase() === "100-continue" ? undefined : UNKNOWN_EXPECTATION;
}
