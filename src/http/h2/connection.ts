import type { Socket } from "node:net";
import { peerOf } from "../../address.ts";
import type { ConnectionInit, ConnectionOwner, OwnedConnection } from "../connection-server.ts";
import { HTTP2_WINDOW_BYTES, LINGER } from "../limits.ts";
import { lingeringClose } from "../lingering-close.ts";
import { stopReading } from "../reading.ts";
import { Allowances } from "./allowances.ts";
import { ConnectionError } from "./errors.ts";
import { FrameHandler, IDLE_FRAMES_PER_DATA } from "./frame-handler.ts";
import { FrameReader } from "./frame-reader.ts";
import { CODE, DEFAULT_WINDOW, FRAME, MAX_STREAM_ID, numbersFrame, SETTING, settingsFrame } from "./frames.ts";
import { Output } from "./output.ts";
import { Streams } from "./streams.ts";

/**
 * One connection of HTTP/2 (RFC 9113). It reads frames in turns of the event loop, like all work that clients cause. It
 * reads no more while a request of its own waits for its turn, while the client leaves too much of what it is sent
 * unread, and while the connection ends.
 */
export class Http2Connection implements OwnedConnection {
  readonly socket: Socket;
  readonly #init: ConnectionInit;
  readonly #owner: ConnectionOwner;
  readonly #output: Output;
  readonly #streams: Streams;
  readonly #reader = new FrameReader();
  readonly #handler: FrameHandler;
  /** Whether bytes that have come wait for a turn. */
  #isWaiting = false;
  #hasSaidDraining = false;
  /** The id of the last stream that is served; undefined until the client is told. */
  #lastServedId: number | undefined;
  /** Whether nothing more is read, because the connection ends. */
  #isEnding = false;
  /** Since when a part of something waits for the rest, on the clock of `performance.now()`. */
  #partSince: number | undefined = performance.now();
  /** When the connection last began to have a request, or to have none, on the clock of `performance.now()`. */
  #idleSince = performance.now();
  readonly #onData = (bytes: Buffer): void => this.#receive(bytes);
  readonly #onEnd = (): void => {
    this.#streams.closeAll();
    this.#finish();
  };

  constructor(socket: Socket, init: ConnectionInit, owner: ConnectionOwner) {
    this.socket = socket;
    this.#init = init;
    this.#owner = owner;
    const allowances = new Allowances(init.limits);
    this.#output = new Output(socket, init.turns, () => allowances.earn("maxIdleFrames", IDLE_FRAMES_PER_DATA));
    this.#streams = new Streams(init, this.#output, allowances, {
      get peer() {
        return peerOf(socket);
      },
      onBusy: (isBusy) => this.#onBusy(isBusy),
    });
    this.#handler = new FrameHandler(init, this.#output, allowances, this.#streams);
    socket.on("data", this.#onData);
    // HTTP/2 has no use for half a connection: a client that ends its side has gone.
    socket.on("end", this.#onEnd);
    socket.on("drain", () => this.#drained());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#isEnding = true;
      this.#streams.closeAll();
      owner.forget(this);
    });
    this.#output.write(
      settingsFrame({
        [SETTING.MAX_CONCURRENT_STREAMS]: init.limits.maxStreams,
        [SETTING.MAX_HEADER_LIST_SIZE]: init.limits.maxHeaderBytes,
      }),
      numbersFrame(FRAME.WINDOW_UPDATE, 0, HTTP2_WINDOW_BYTES - DEFAULT_WINDOW),
    );
  }

  /** Tells the client to send further requests on another connection. Requests that still come are answered. */
  drain(): void {
    if (this.#streams.isRefusing) {
      return;
    }
    this.#hasSaidDraining = true;
    this.#output.write(numbersFrame(FRAME.GOAWAY, 0, MAX_STREAM_ID, CODE.NO_ERROR));
  }

  /** Ends the connection after the answers to the requests that have come. */
  close(): void {
    if (!this.#streams.isRefusing) {
      this.#goAway(CODE.NO_ERROR);
      if (this.#streams.size === 0) {
        this.#finish();
      }
    }
  }

  isLate(now: number): boolean {
    return this.#isIdle(now) || this.#exceeded(now) !== undefined || this.#streams.hasLate(now);
  }

  giveUp(): void {
    const now = performance.now();
    const limit = this.#exceeded(now);
    if (limit === "stallMs") {
      this.#init.onRefusal(limit);
      this.socket.destroy();
    } else if (limit !== undefined) {
      this.#fail(new ConnectionError(CODE.ENHANCE_YOUR_CALM, limit));
    } else if (!this.#isIdle(now)) {
      this.#streams.endLate(now);
    } else if (this.#streams.isRefusing) {
      this.#finish();
    } else {
      this.close();
    }
  }

  /** The bound of time that the client has exceeded. */
  #exceeded(now: number): "stallMs" | "headersMs" | "silenceMs" | undefined {
    const { limits } = this.#init;
    if (isLate(now, this.#output.blockedAt, limits.stallMs)) {
      return "stallMs";
    }
    // While the server itself does not read, the client can't be late.
    if (this.#isEnding || this.#isWaiting || this.#output.isFull) {
      return undefined;
    }
    const limit = this.#handler.isAmid ? "headersMs" : "silenceMs";
    return isLate(now, this.#partSince, limits[limit]) ? limit : undefined;
  }

  /**
   * Whether the connection has had no request for long. A client that was told of the end gets some time, to read its
   * last answer and to end the connection itself: if it saw our end first, it might drop what it has not read.
   */
  #isIdle(now: number): boolean {
    const idleMs = this.#streams.isRefusing ? LINGER.ms : this.#init.limits.sessionMs;
    return !this.#isEnding && this.#streams.size === 0 && now - this.#idleSince > idleMs;
  }

  #receive(bytes: Buffer): void {
    if (this.#isEnding) {
      return;
    }
    this.#reader.add(bytes);
    this.#readInTurn();
  }

  /** Reads what has come, now or in the connection's turn. Until then nothing more is taken from the socket. */
  #readInTurn(): void {
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#init.turns.runRead(() => this.#read());
    }
    if (this.#isWaiting) {
      stopReading(this.socket);
    }
  }

  /** Reads what has come, as far as there is time for it. */
  #read(): void {
    this.#isWaiting = false;
    try {
      if (this.#readFrames()) {
        this.#notePart();
        this.socket.resume();
      } else {
        this.socket.pause();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Returns whether all whole frames are read. Otherwise the rest waits for a turn, or until the client reads. */
  #readFrames(): boolean {
    const { turns } = this.#init;
    const lastId = this.#streams.lastId;
    while (!this.#isEnding) {
      if (this.#output.isFull) {
        return false;
      }
      const frame = this.#reader.next();
      if (frame === undefined) {
        return true;
      }
      this.#handler.take(frame);
      this.#partSince = this.#handler.isAmid ? this.#partSince : undefined;
      const hasBegun = this.#streams.lastId > lastId;
      if (turns.isTimeUp || (hasBegun && turns.isBusy)) {
        this.#isWaiting = true;
        // Behind a request that was begun here, and that may wait too.
        const goOn = () => this.#read();
        if (hasBegun) {
          turns.runLater(goOn);
        } else {
          turns.readLater(goOn);
        }
        return false;
      }
    }
    return true;
  }

  #notePart(): void {
    this.#partSince =
      this.#reader.hasBytes || this.#handler.isAmid ? (this.#partSince ?? performance.now()) : undefined;
  }

  #drained(): void {
    this.#output.drained();
    if (!this.#isEnding) {
      this.#readInTurn();
    }
  }

  #onBusy(isBusy: boolean): void {
    this.#owner.setBusy(this, isBusy);
    this.#idleSince = performance.now();
    if (isBusy && this.#owner.isDraining && !this.#hasSaidDraining) {
      this.drain();
    }
  }

  /** Ends the connection because of an error of the client, or an error of our own. */
  #fail(error: unknown): void {
    const known = error instanceof ConnectionError ? error : undefined;
    if (known?.limit !== undefined) {
      this.#init.onRefusal(known.limit);
    }
    if (known === undefined) {
      this.#init.onError(error);
    }
    this.#goAway(known?.code ?? CODE.INTERNAL_ERROR);
    this.#streams.closeAll();
    this.#finish();
  }

  /** Says which request is the last. The id never changes: a client may have sent later requests again elsewhere. */
  #goAway(code: number): void {
    this.#streams.isRefusing = true;
    this.#lastServedId ??= this.#streams.lastId;
    this.#output.write(numbersFrame(FRAME.GOAWAY, 0, this.#lastServedId, code));
  }

  /** Ends the connection when what is written is sent. */
  #finish(): void {
    this.#isEnding = true;
    this.#output.flush();
    this.socket.off("data", this.#onData).off("end", this.#onEnd);
    lingeringClose(this.socket, this.#init.limits.stallMs);
  }
}

function isLate(now: number, since: number | undefined, ms: number): boolean {
  return since !== undefined && now - since > ms;
}
