import type { ConnectionInit } from "../connection-server.ts";
import type { Allowances } from "./allowances.ts";
import { ConnectionError, StreamError } from "./errors.ts";
import { ackFrame, CODE, FLAG, FRAME, type Frame, MAX_WINDOW } from "./frames.ts";
import { dependencyOf, type HeaderBlock, HeaderBlockReader, PRIORITY_BYTES } from "./header-block.ts";
import { HeaderDecoder } from "./hpack/decoder.ts";
import type { Output } from "./output.ts";
import { requireLength, unpad } from "./payload.ts";
import { RequestHeaders } from "./request-headers.ts";
import { readSettings } from "./settings.ts";
import type { Streams } from "./streams.ts";

/** How many more idle frames a client may send for each frame of a request, or of an answer's body. */
export const IDLE_FRAMES_PER_DATA = 4;

/** Handles each frame of a client, within HTTP/2's rules and the bounds. */
export class FrameHandler {
  readonly #init: ConnectionInit;
  readonly #output: Output;
  readonly #allowances: Allowances;
  readonly #streams: Streams;
  readonly #blocks: HeaderBlockReader;
  readonly #decoder = new HeaderDecoder();
  #hasSettings = false;

  constructor(init: ConnectionInit, output: Output, allowances: Allowances, streams: Streams) {
    this.#init = init;
    this.#output = output;
    this.#allowances = allowances;
    this.#streams = streams;
    this.#blocks = new HeaderBlockReader(init.limits);
  }

  /** Whether the client must go on soon: its first SETTINGS have not come, or a header block is open. */
  get isAmid(): boolean {
    return !this.#hasSettings || this.#blocks.isOpen;
  }

  /**
   * Handles a frame. An error of its stream resets the stream.
   *
   * @throws ConnectionError when the connection can't go on
   */
  take(frame: Frame): void {
    if (!this.#hasSettings && (frame.type !== FRAME.SETTINGS || (frame.flags & FLAG.ACK) !== 0)) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    this.#hasSettings = true;
    if (this.#blocks.isOpen || frame.type === FRAME.CONTINUATION) {
      this.#blocks.check(frame);
    }
    try {
      this.#takeByType(frame);
    } catch (error) {
      if (!(error instanceof StreamError)) {
        throw error;
      }
      this.#streams.resetId(frame.stream, error.code);
      this.#allowances.spend("maxResets");
    }
  }

  #takeByType(frame: Frame): void {
    switch (frame.type) {
      case FRAME.DATA:
        this.#takeData(frame);
        break;
      case FRAME.HEADERS:
      case FRAME.CONTINUATION:
        this.#takeHeaders(frame);
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
        this.#allowances.spend("maxIdleFrames");
        break;
      case FRAME.PUSH_PROMISE:
        throw new ConnectionError(CODE.PROTOCOL_ERROR);
      default:
        // An extension, which is ignored.
        this.#allowances.spend("maxIdleFrames");
    }
  }

  #takeData(frame: Frame): void {
    requireStream(frame, true);
    const isLast = (frame.flags & FLAG.END_STREAM) !== 0;
    const data = unpad(frame);
    if (data.length === 0 && !isLast) {
      this.#allowances.spend("maxIdleFrames");
    } else {
      this.#earn();
    }
    this.#streams.takeData(frame.stream, data, frame.payload.length, isLast);
  }

  #takeHeaders(frame: Frame): void {
    requireStream(frame, true);
    const block = this.#blocks.add(frame);
    if (block !== undefined) {
      this.#earn();
      const headers = this.#decode(block);
      this.#streams.takeHeaders(block.stream, headers, block.isLast, block.dependsOnItself);
    }
  }

  #decode({ bytes }: HeaderBlock): RequestHeaders {
    const headers = new RequestHeaders(this.#init.limits);
    try {
      this.#decoder.decode(bytes, headers.add);
    } catch {
      throw new ConnectionError(CODE.COMPRESSION_ERROR);
    }
    return headers;
  }

  #takeReset(frame: Frame): void {
    requireStream(frame, true);
    requireLength(frame.payload.length === 4);
    this.#allowances.spend("maxResets");
    this.#streams.takeReset(frame.stream);
  }

  #takeSettings(frame: Frame): void {
    requireStream(frame, false);
    if ((frame.flags & FLAG.ACK) !== 0) {
      requireLength(frame.payload.length === 0);
      this.#allowances.spend("maxIdleFrames");
      return;
    }
    this.#allowances.spend("maxSettings");
    const { window, hasTableSize } = readSettings(frame.payload);
    this.#streams.needsTableSizeUpdate ||= hasTableSize;
    if (window !== undefined) {
      this.#streams.setSendWindow(window);
    }
    this.#output.write(ackFrame(FRAME.SETTINGS));
  }

  #takePing(frame: Frame): void {
    requireStream(frame, false);
    requireLength(frame.payload.length === 8);
    if ((frame.flags & FLAG.ACK) !== 0) {
      this.#allowances.spend("maxIdleFrames");
      return;
    }
    this.#allowances.spend("maxPings");
    this.#output.write(ackFrame(FRAME.PING, frame.payload));
  }

  #takeWindowUpdate({ stream, payload }: Frame): void {
    requireLength(payload.length === 4);
    this.#allowances.spend("maxIdleFrames");
    const bytes = payload.readUInt32BE(0) & MAX_WINDOW;
    if (stream !== 0) {
      this.#streams.takeWindowUpdate(stream, bytes);
      return;
    }
    if (bytes === 0) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    if (this.#output.window + bytes > MAX_WINDOW) {
      throw new ConnectionError(CODE.FLOW_CONTROL_ERROR);
    }
    this.#output.widen(bytes);
  }

  #takePriority(frame: Frame): void {
    requireStream(frame, true);
    this.#allowances.spend("maxIdleFrames");
    if (frame.payload.length !== PRIORITY_BYTES) {
      throw new StreamError(CODE.FRAME_SIZE_ERROR);
    }
    if (dependencyOf(frame.payload) === frame.stream) {
      throw new StreamError(CODE.PROTOCOL_ERROR);
    }
  }

  /** Allows the client some more pings and idle frames, since it has sent a frame of a request. */
  #earn(): void {
    this.#allowances.earn("maxPings", 1);
    this.#allowances.earn("maxIdleFrames", IDLE_FRAMES_PER_DATA);
  }
}

/** Throws ConnectionError unless the frame is for a stream (`isOfStream`), or for the connection (otherwise). */
function requireStream(frame: Frame, isOfStream: boolean): void {
  if ((frame.stream !== 0) !== isOfStream) {
    throw new ConnectionError(CODE.PROTOCOL_ERROR);
  }
}
