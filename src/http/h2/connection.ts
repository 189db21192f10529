import type { Socket } from "node:net";
import { StreakdError } from "../../errors.ts";
import { errorAnswer } from "../answer.ts";
import type { ConnectionInit } from "../connection-server.ts";
import type { LimitName } from "../limits.ts";
import { Allowance } from "./allowance.ts";
import { ConnectionError, StreamError } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";
import {
  ackFrame,
  CODE,
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  type Frame,
  MAX_STREAM_ID,
  MAX_WINDOW,
  numbersFrame,
  SETTING,
  settingsFrame,
} from "./frames.ts";
import { HeaderDecoder } from "./hpack/decoder.ts";
import { Output } from "./output.ts";
import { RequestHeaders } from "./request-headers.ts";
import { readSettings } from "./settings.ts";
import { Http2Stream, type StreamHost } from "./stream.ts";

/**
 * How many bytes of bodies that nobody has read yet a client may have under way on a connection. A stream has HTTP/2's
 * default of 64 KiB for itself.
 */
const CONNECTION_WINDOW = 256 * 1024;

/** A window is made up for in steps of this share of it, not for each frame. */
const WINDOW_STEP = 0.5;

/** How many idle frames a client may send more for each frame of a body, sent or received. */
const IDLE_FRAMES_PER_DATA = 4;

/** How long an ended connection waits for the client to end its side, in milliseconds. */
const LINGER_MS = 1_000;

/** The most ids of streams that were reset here. Their clients may not know it yet. */
const MAX_RESET_IDS = 1_000;

/** What a connection tells the server. */
export interface ConnectionHost {
  /** Says whether the connection has a request whose answer is not sent. */
  setBusy(isBusy: boolean): void;
  /** Whether clients are to be told that their connections end. */
  isDraining(): boolean;
}

/** What a client may do only so often. */
type AllowanceName = "maxResets" | "maxPings" | "maxSettings" | "maxIdleFrames";

/** A header block of which not all has come. */
interface OpenBlock {
  readonly stream: number;
  readonly isLast: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

/**
 * One connection of HTTP/2 (RFC 9113). It reads frames in turns of the event loop, like all work that clients cause, and
 * reads no more while a request of its own waits for its turn, while the client does not read what it is sent, and while
 * the connection ends.
 */
export class Http2Connection implements StreamHost {
  readonly init: ConnectionInit;
  readonly output: Output;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader = new FrameReader();
  readonly #decoder = new HeaderDecoder();
  readonly #streams = new Map<number, Http2Stream>();
  readonly #resetIds = new Set<number>();
  readonly #allowances: Readonly<Record<AllowanceName, Allowance>>;
  #block: OpenBlock | undefined;
  /** The requests whose work is not done. A client that resets a stream may open another one, but not for ever. */
  #unfinished = 0;
  #lastId = 0;
  #hasSettings = false;
  #streamWindow = DEFAULT_WINDOW;
  #receiveWindow = CONNECTION_WINDOW;
  #credit = 0;
  #mustSayNoTable = false;
  /** Whether the rest of what has come waits for a turn. */
  #isWaiting = false;
  #isEnding = false;
  #hasSaidDraining = false;
  /** Whether the client was told which requests are the last. */
  #isGoingAway = false;
  /** Since when bytes of a frame or a block wait for the rest, on the clock of `performance.now()`. */
  #partSince: number | undefined = performance.now();
  #activeAt = performance.now();

  constructor(socket: Socket, init: ConnectionInit, host: ConnectionHost) {
    this.#socket = socket;
    this.init = init;
    this.#host = host;
    this.output = new Output(socket, () => this.#allowances.maxIdleFrames.earn(IDLE_FRAMES_PER_DATA));
    const { maxResets, maxPings, maxSettings, maxIdleFrames } = init.limits;
    this.#allowances = {
      maxResets: new Allowance(maxResets, 5),
      maxPings: new Allowance(maxPings, 10),
      maxSettings: new Allowance(maxSettings, 10),
      maxIdleFrames: new Allowance(maxIdleFrames, 10),
    };
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    // HTTP/2 has no use for half a connection: a client that ends its side has gone.
    socket.on("end", () => socket.destroySoon());
    socket.on("drain", () => this.#drained());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#leave());
    this.output.write(
      settingsFrame({
        [SETTING.MAX_CONCURRENT_STREAMS]: init.limits.maxStreams,
        [SETTING.MAX_HEADER_LIST_SIZE]: init.limits.maxHeaderBytes,
      }),
      numbersFrame(FRAME.WINDOW_UPDATE, 0, CONNECTION_WINDOW - DEFAULT_WINDOW),
    );
  }

  get peer(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** Tells the client to send further requests elsewhere. Those that it sends all the same are answered. */
  drain(): void {
    this.#hasSaidDraining = true;
    this.output.write(numbersFrame(FRAME.GOAWAY, 0, MAX_STREAM_ID, CODE.NO_ERROR));
  }

  /** Ends the connection after the answers to the requests that have come. */
  close(): void {
    if (!this.#isGoingAway) {
      this.#sayGoAway(CODE.NO_ERROR);
      if (this.#streams.size === 0) {
        this.#finish();
      }
    }
  }

  /** Ends what goes on for longer than it may. */
  check(now: number): void {
    const { headersMs, silenceMs, sessionMs, stallMs } = this.init.limits;
    for (const stream of this.#streams.values()) {
      stream.check(now);
    }
    const isHeadLate = this.#block !== undefined || !this.#hasSettings;
    if (isLate(now, this.output.blockedAt, stallMs)) {
      this.init.onRefusal("stallMs");
      this.#socket.destroy();
    } else if (isLate(now, this.#partSince, isHeadLate ? headersMs : silenceMs)) {
      this.#fail(new ConnectionError(CODE.ENHANCE_YOUR_CALM, isHeadLate ? "headersMs" : "silenceMs"));
    } else if (this.#streams.size === 0 && now - this.#activeAt > sessionMs) {
      this.close();
    }
  }

  takeTableNotice(): boolean {
    const must = this.#mustSayNoTable;
    this.#mustSayNoTable = false;
    return must;
  }

  consumed(stream: Http2Stream, bytes: number): void {
    this.#consume(bytes);
    if (!stream.body.isEnded && !stream.isGone) {
      stream.credit += bytes;
      if (stream.credit >= DEFAULT_WINDOW * WINDOW_STEP) {
        this.output.write(numbersFrame(FRAME.WINDOW_UPDATE, stream.id, stream.credit));
        stream.receiveWindow += stream.credit;
        stream.credit = 0;
      }
    }
  }

  reset(stream: Http2Stream, code: number): void {
    this.#sendReset(stream.id, code);
    stream.close();
  }

  answered(): void {
    this.#allowances.maxResets.earn(1);
  }

  closed(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    if (this.#streams.size === 0) {
      this.#host.setBusy(false);
      this.#activeAt = performance.now();
      if (this.#isGoingAway) {
        // Clients that are told of the end of the connection may drop what they have not read of their last answer.
        this.#linger();
      }
    }
  }

  done(stream: Http2Stream): void {
    this.#unfinished -= 1;
    if (stream.hasRoom) {
      this.init.requests.give(1);
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#isEnding) {
      return;
    }
    this.#reader.add(bytes);
    if (!this.#isWaiting) {
      this.init.turns.runUrgent(() => this.#read());
    }
  }

  /** Reads what has come, as far as there is time for it. */
  #read(): void {
    this.#isWaiting = false;
    const begun = this.#lastId;
    try {
      for (;;) {
        if (this.#isEnding || this.#socket.destroyed) {
          return;
        }
        if (this.output.blockedAt !== undefined) {
          this.#socket.pause();
          return;
        }
        const frame = this.#reader.next();
        if (frame === undefined) {
          break;
        }
        this.#take(frame);
        const hasBegun = this.#lastId > begun;
        if (this.init.turns.isTimeUp || (hasBegun && this.init.turns.isBusy)) {
          this.#readLater(hasBegun);
          return;
        }
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#notePart();
    if (this.#socket.isPaused()) {
      this.#socket.resume();
    }
  }

  /** @param hasBegun whether a request has begun, behind which the rest waits */
  #readLater(hasBegun: boolean): void {
    this.#isWaiting = true;
    this.#socket.pause();
    this.init.turns.runLater(() => this.#read(), !hasBegun);
  }

  /** Notes whether a part of a frame or a block waits for the rest. */
  #notePart(): void {
    const isPart = this.#reader.hasBytes || this.#block !== undefined || !this.#hasSettings;
    this.#partSince = isPart ? (this.#partSince ?? performance.now()) : undefined;
  }

  #take(frame: Frame): void {
    this.#partSince = this.#block === undefined && this.#hasSettings ? undefined : this.#partSince;
    this.#activeAt = performance.now();
    if (!this.#hasSettings) {
      if (frame.type !== FRAME.SETTINGS || (frame.flags & FLAG.ACK) !== 0) {
        throw new ConnectionError(CODE.PROTOCOL_ERROR);
      }
      this.#hasSettings = true;
      this.#partSince = undefined;
    }
    if (this.#block !== undefined && (frame.type !== FRAME.CONTINUATION || frame.stream !== this.#block.stream)) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    try {
      this.#takeByType(frame);
    } catch (error) {
      if (!(error instanceof StreamError)) {
        throw error;
      }
      this.#spend("maxResets");
      const stream = this.#streams.get(frame.stream);
      if (stream === undefined) {
        this.#sendReset(frame.stream, error.code);
      } else {
        this.reset(stream, error.code);
      }
    }
  }

  #takeByType(frame: Frame): void {
    switch (frame.type) {
      case FRAME.DATA:
        this.#takeData(frame);
        break;
      case FRAME.HEADERS:
        this.#takeHeaders(frame);
        break;
      case FRAME.CONTINUATION:
        this.#takeContinuation(frame);
        break;
      case FRAME.RST_STREAM:
        this.#takeReset(frame);
        break;
      case FRAME.SETTINGS:
        this.#takeSettings(frame);
        break;
      case FRAME.PING:
        this.#takePing(frame);
        break;
      case FRAME.WINDOW_UPDATE:
        this.#takeWindowUpdate(frame);
        break;
      case FRAME.PRIORITY:
        this.#takePriority(frame);
        break;
      case FRAME.GOAWAY:
        requireStream(frame, false);
        requireLength(frame.payload.length >= 8);
        this.#spend("maxIdleFrames");
        break;
      case FRAME.PUSH_PROMISE:
        throw new ConnectionError(CODE.PROTOCOL_ERROR);
      default:
        // An extension, which is ignored.
        this.#spend("maxIdleFrames");
        break;
    }
  }

  #takeData(frame: Frame): void {
    requireStream(frame, true);
    const { length } = frame.payload;
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0) {
      throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
    }
    const isLast = (frame.flags & FLAG.END_STREAM) !== 0;
    const data = unpad(frame);
    if (data.length === 0 && !isLast) {
      this.#spend("maxIdleFrames");
    } else {
      this.#allowances.maxIdleFrames.earn(IDLE_FRAMES_PER_DATA);
      this.#allowances.maxPings.earn(1);
    }
    const stream = this.#streams.get(frame.stream);
    if (stream === undefined || stream.body.isEnded) {
      this.#consume(length);
      this.#refuseOnClosed(frame.stream, stream);
      return;
    }
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) {
      this.#consume(length);
      throw new StreamError(CODE.FLOW_CONTROL_ERROR);
    }
    // Nobody reads the padding.
    this.consumed(stream, length - data.length);
    stream.receive(data, isLast);
  }

  #takeHeaders(frame: Frame): void {
    requireStream(frame, true);
    let block = unpad(frame);
    if ((frame.flags & FLAG.PRIORITY) !== 0) {
      requireLength(block.length >= 5);
      block = block.subarray(5);
    }
    const isLast = (frame.flags & FLAG.END_STREAM) !== 0;
    const dependsOnItself = (frame.flags & FLAG.PRIORITY) !== 0 && dependencyOf(unpad(frame)) === frame.stream;
    if ((frame.flags & FLAG.END_HEADERS) !== 0) {
      this.#takeBlock(frame.stream, block, isLast, dependsOnItself);
    } else {
      this.#block = { stream: frame.stream, isLast, parts: [Buffer.from(block)], bytes: block.length };
      this.#partSince = performance.now();
    }
  }

  #takeContinuation({ payload, flags }: Frame): void {
    const block = this.#block;
    if (block === undefined) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    block.parts.push(Buffer.from(payload));
    block.bytes += payload.length;
    if (block.parts.length > 1 + this.init.limits.maxContinuations) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, "maxContinuations");
    }
    // What is written in less than that many bytes is read, to answer that it is too large.
    if (block.bytes > 2 * this.init.limits.maxHeaderBytes) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, "maxHeaderBytes");
    }
    if ((flags & FLAG.END_HEADERS) !== 0) {
      this.#block = undefined;
      this.#partSince = undefined;
      this.#takeBlock(block.stream, Buffer.concat(block.parts), block.isLast, false);
    }
  }

  #takeBlock(id: number, block: Buffer, isLast: boolean, dependsOnItself: boolean): void {
    const headers = new RequestHeaders(this.init.limits);
    try {
      this.#decoder.decode(block, headers.add);
    } catch {
      throw new ConnectionError(CODE.COMPRESSION_ERROR);
    }
    const stream = this.#streams.get(id);
    if (stream !== undefined) {
      this.#takeTrailers(stream, headers, isLast);
      return;
    }
    if (id % 2 === 0) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    if (id <= this.#lastId) {
      this.#refuseOnClosed(id, undefined);
      return;
    }
    this.#lastId = id;
    if (dependsOnItself) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    this.#allowances.maxPings.earn(1);
    this.#allowances.maxIdleFrames.earn(IDLE_FRAMES_PER_DATA);
    this.#open(id, headers, isLast);
  }

  #takeTrailers(stream: Http2Stream, headers: RequestHeaders, isLast: boolean): void {
    if (stream.body.isEnded) {
      throw new StreamError(CODE.STREAM_CLOSED);
    }
    if (!isLast) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    headers.finishTrailers();
    stream.receive(Buffer.alloc(0), true);
  }

  #open(id: number, headers: RequestHeaders, isLast: boolean): void {
    const { maxStreams } = this.init.limits;
    if (this.#isGoingAway) {
      throw new StreamError(CODE.REFUSED_STREAM);
    }
    if (this.#streams.size >= maxStreams || this.#unfinished >= 2 * maxStreams) {
      this.init.onRefusal("maxStreams");
      throw new StreamError(CODE.REFUSED_STREAM);
    }
    const read = headers.finish();
    const stream = new Http2Stream(this, id, read, !isLast, this.#streamWindow);
    this.#streams.set(id, stream);
    this.#unfinished += 1;
    if (this.#streams.size === 1) {
      this.#host.setBusy(true);
    }
    if (this.#host.isDraining() && !this.#hasSaidDraining) {
      this.drain();
    }
    this.#serve(stream, headers.exceeded);
  }

  #serve(stream: Http2Stream, exceeded: LimitName | undefined): void {
    const status = exceeded === undefined ? refusedStatus(stream) : 431;
    if (exceeded !== undefined) {
      this.init.onRefusal(exceeded);
    }
    if (status !== undefined) {
      void stream.answer({ status, headers: {} });
      return;
    }
    stream.hasRoom = this.init.requests.take(1);
    if (stream.hasRoom) {
      this.init.serve(stream).then((answer) => stream.answer(answer));
    } else {
      this.init.onRefusal("maxRequests");
      void stream.answer(errorAnswer(tooManyRequests()));
    }
  }

  #takeReset(frame: Frame): void {
    requireStream(frame, true);
    requireLength(frame.payload.length === 4);
    this.#requireNotIdle(frame.stream);
    this.#spend("maxResets");
    this.#streams.get(frame.stream)?.close();
  }

  #takeSettings(frame: Frame): void {
    requireStream(frame, false);
    if ((frame.flags & FLAG.ACK) !== 0) {
      requireLength(frame.payload.length === 0);
      this.#spend("maxIdleFrames");
      return;
    }
    this.#spend("maxSettings");
    const { window, hasTableSize } = readSettings(frame.payload);
    this.#mustSayNoTable ||= hasTableSize;
    if (window !== undefined) {
      const change = window - this.#streamWindow;
      this.#streamWindow = window;
      for (const stream of this.#streams.values()) {
        if (!stream.widen(change)) {
          throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
        }
      }
    }
    this.output.write(ackFrame(FRAME.SETTINGS));
  }

  #takePing(frame: Frame): void {
    requireStream(frame, false);
    requireLength(frame.payload.length === 8);
    if ((frame.flags & FLAG.ACK) === 0) {
      this.#spend("maxPings");
      this.output.write(ackFrame(FRAME.PING, frame.payload));
    } else {
      this.#spend("maxIdleFrames");
    }
  }

  #takeWindowUpdate(frame: Frame): void {
    requireLength(frame.payload.length === 4);
    this.#spend("maxIdleFrames");
    const bytes = frame.payload.readUInt32BE(0) & MAX_WINDOW;
    if (frame.stream === 0) {
      if (bytes === 0) {
        throw new ConnectionError(CODE.PROTOCOL_ERROR);
      }
      if (this.output.window + bytes > MAX_WINDOW) {
        throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
      }
      this.output.widen(bytes);
      return;
    }
    this.#requireNotIdle(frame.stream);
    if (bytes === 0) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
    if (this.#streams.get(frame.stream)?.widen(bytes) === false) {
      throw new StreamError(CODE.FLOW_CONTROL_ERROR);
    }
  }

  #takePriority(frame: Frame): void {
    requireStream(frame, true);
    this.#spend("maxIdleFrames");
    if (frame.payload.length !== 5) {
      throw new StreamError(CODE.FRAME_SIZE_ERROR);
    }
    if (dependencyOf(frame.payload) === frame.stream) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
  }

  /** Frames of a stream that was reset here may still come, and are dropped. On another closed stream they are wrong. */
  #refuseOnClosed(id: number, stream: Http2Stream | undefined): void {
    if (stream !== undefined) {
      throw new StreamError(CODE.STREAM_CLOSED);
    }
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

  #spend(limit: AllowanceName): void {
    if (!this.#allowances[limit].spend()) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, limit);
    }
  }

  #consume(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit >= CONNECTION_WINDOW * WINDOW_STEP) {
      this.output.write(numbersFrame(FRAME.WINDOW_UPDATE, 0, this.#credit));
      this.#receiveWindow += this.#credit;
      this.#credit = 0;
    }
  }

  #sendReset(id: number, code: number): void {
    this.#resetIds.add(id);
    if (this.#resetIds.size > MAX_RESET_IDS) {
      const [oldest] = this.#resetIds;
      this.#resetIds.delete(oldest as number);
    }
    this.output.write(numbersFrame(FRAME.RST_STREAM, id, code));
  }

  #drained(): void {
    this.output.drained();
    if (!this.#isWaiting && !this.#isEnding && this.output.blockedAt === undefined) {
      this.init.turns.runUrgent(() => this.#read());
    }
  }

  /** Ends the connection with an error of the client, or of ours. */
  #fail(error: unknown): void {
    const known = error instanceof ConnectionError ? error : undefined;
    if (known?.limit !== undefined) {
      this.init.onRefusal(known.limit);
    }
    if (known === undefined) {
      this.init.onError(error);
    }
    this.#sayGoAway(known?.code ?? CODE.INTERNAL_ERROR);
    for (const stream of [...this.#streams.values()]) {
      stream.close();
    }
    this.#finish();
  }

  #sayGoAway(code: number): void {
    this.#isGoingAway = true;
    this.output.write(numbersFrame(FRAME.GOAWAY, 0, this.#lastId, code));
  }

  /** Ends our side. What the client still sends is dropped: if it were not read, the client would lose what we sent. */
  #finish(): void {
    this.output.flush();
    this.#socket.end();
    this.#linger();
  }

  /** Waits for the client to end its side, but not for long. */
  #linger(): void {
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.#socket.resume();
      const timer = setTimeout(() => this.#socket.destroySoon(), LINGER_MS);
      this.#socket.once("close", () => clearTimeout(timer));
    }
  }

  #leave(): void {
    this.#isEnding = true;
    for (const stream of [...this.#streams.values()]) {
      stream.close();
    }
  }
}

/** The status for a request that is refused at once, as over HTTP/1.1; undefined for any other request. */
function refusedStatus({ method, headers }: Http2Stream): number | undefined {
  if (method === "CONNECT") {
    return 405;
  }
  return headers.expect === undefined || headers.expect === "100-continue" ? undefined : 417;
}

function tooManyRequests(): StreakdError {
  return new StreakdError("OVERLOADED", "The server has too many requests. Send the request again later.");
}

function isLate(now: number, since: number | undefined, ms: number): boolean {
  return since !== undefined && now - since > ms;
}

/** The id of the stream that a priority names. */
function dependencyOf(priority: Buffer): number {
  return priority.readUInt32BE(0) & MAX_STREAM_ID;
}

/** Throws unless the frame is of a stream, or unless it is of the connection. */
function requireStream(frame: Frame, isOfStream: boolean): void {
  if ((frame.stream !== 0) !== isOfStream) {
    throw new ConnectionError(CODE.PROTOCOL_ERROR);
  }
}

function requireLength(isRight: boolean): void {
  if (!isRight) {
    throw new ConnectionError(CODE.FRAME_SIZE_ERROR);
  }
}

/** The payload of a frame without its padding. */
function unpad({ flags, payload }: Frame): Buffer {
  if ((flags & FLAG.PADDED) === 0) {
    return payload;
  }
  requireLength(payload.length >= 1);
  const end = payload.length - (payload[0] as number);
  if (end < 1) {
    throw new ConnectionError(CODE.PROTOCOL_ERROR);
  }
  return payload.subarray(1, end);
}
