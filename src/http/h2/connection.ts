import type { Socket } from "node:net";
import type { ConnectionInit } from "../connection-server.ts";
import { Allowances } from "./allowances.ts";
import { ConnectionError } from "./errors.ts";
import { FrameHandler, IDLE_FRAMES_PER_DATA } from "./frame-handler.ts";
import { FrameReader } from "./frame-reader.ts";
import { CODE, DEFAULT_WINDOW, FRAME, MAX_STREAM_ID, numbersFrame, SETTING, settingsFrame } from "./frames.ts";
import { Output } from "./output.ts";
import { CONNECTION_WINDOW, Streams } from "./streams.ts";

/** How long an ended connection waits for the client to end its side, in milliseconds. */
const LINGER_MS = 1_000;

/** What a connection tells the server. */
export interface ConnectionHost {
  /** Says whether the connection has a request whose answer is not sent. */
  setBusy(isBusy: boolean): void;
  /** Whether clients are to be told that their connections end. */
  isDraining(): boolean;
}

/**
 * One connection of HTTP/2 (RFC 9113). It reads frames in turns of the event loop, like all work that clients cause, and
 * reads no more while a request of its own waits for its turn, while the client leaves too much of what it is sent unread,
 * and while the connection ends.
 */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #init: ConnectionInit;
  readonly #host: ConnectionHost;
  readonly #output: Output;
  readonly #streams: Streams;
  readonly #reader = new FrameReader();
  readonly #handler: FrameHandler;
  /** Whether the rest of what has come waits for a turn. */
  #isWaiting = false;
  #hasSaidDraining = false;
  /** The id of the last stream that is served, once the client was told. */
  #lastServedId: number | undefined;
  /** Since when nothing more is read, because the connection ends, on the clock of `performance.now()`. */
  #endingAt: number | undefined;
  /** Since when a part of something waits for the rest, on the clock of `performance.now()`. */
  #partSince: number | undefined = performance.now();
  /** Since when the connection has had no request, on the clock of `performance.now()`, unless it has one. Pings don't count. */
  #idleSince = performance.now();

  constructor(socket: Socket, init: ConnectionInit, host: ConnectionHost) {
    this.#socket = socket;
    this.#init = init;
    this.#host = host;
    const allowances = new Allowances(init.limits);
    this.#output = new Output(socket, init.turns, () => allowances.earn("maxIdleFrames", IDLE_FRAMES_PER_DATA));
    this.#streams = new Streams(init, this.#output, allowances, {
      get peer() {
        return socket.remoteAddress;
      },
      onBusy: (isBusy) => this.#onBusy(isBusy),
    });
    this.#handler = new FrameHandler(init, this.#output, allowances, this.#streams);
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    // HTTP/2 has no use for half a connection: a client that ends its side has gone.
    socket.on("end", () => this.#leave());
    socket.on("drain", () => this.#drained());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#leave());
    this.#output.write(
      settingsFrame({
        [SETTING.MAX_CONCURRENT_STREAMS]: init.limits.maxStreams,
        [SETTING.MAX_HEADER_LIST_SIZE]: init.limits.maxHeaderBytes,
      }),
      numbersFrame(FRAME.WINDOW_UPDATE, 0, CONNECTION_WINDOW - DEFAULT_WINDOW),
    );
  }

  /** Tells the client to send further requests elsewhere. Those that it sends all the same are answered. */
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

  /** Ends what goes on for longer than it may. */
  check(now: number): void {
    const { headersMs, silenceMs, sessionMs, stallMs } = this.#init.limits;
    if (isLate(now, this.#endingAt, stallMs)) {
      this.#socket.destroy();
    }
    if (this.#endingAt !== undefined) {
      return;
    }
    const partLimit = this.#handler.isAmid ? "headersMs" : "silenceMs";
    const partMs = this.#handler.isAmid ? headersMs : silenceMs;
    if (isLate(now, this.#output.blockedAt, stallMs)) {
      this.#init.onRefusal("stallMs");
      this.#socket.destroy();
      return;
    }
    this.#streams.check(now);
    // While the server itself does not read, the client can't be late.
    const isReading = !this.#isWaiting && !this.#output.isFull;
    if (isReading && isLate(now, this.#partSince, partMs)) {
      this.#fail(new ConnectionError(CODE.ENHANCE_YOUR_CALM, partLimit));
    } else if (this.#streams.size === 0 && now - this.#idleSince > sessionMs) {
      this.close();
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#endingAt !== undefined) {
      return;
    }
    this.#reader.add(bytes);
    this.#readInTurn();
  }

  /** Reads what has come, now or in the connection's turn. Until then no more is taken from the socket. */
  #readInTurn(): void {
    if (this.#isWaiting) {
      return;
    }
    this.#isWaiting = true;
    this.#init.turns.runUrgent(() => this.#read());
    if (this.#isWaiting) {
      this.#socket.pause();
    }
  }

  /** Reads what has come, as far as there is time for it. */
  #read(): void {
    this.#isWaiting = false;
    try {
      if (this.#readFrames()) {
        this.#notePart();
        this.#socket.resume();
      } else {
        this.#socket.pause();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Returns whether all whole frames are read. Otherwise the rest waits, for a turn or for the client to read. */
  #readFrames(): boolean {
    const { turns } = this.#init;
    const lastId = this.#streams.lastId;
    while (this.#endingAt === undefined) {
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
        turns.runLater(() => this.#read(), !hasBegun);
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
    if (this.#endingAt === undefined) {
      this.#readInTurn();
    }
  }

  #onBusy(isBusy: boolean): void {
    this.#host.setBusy(isBusy);
    this.#idleSince = performance.now();
    if (isBusy && this.#host.isDraining() && !this.#hasSaidDraining) {
      this.drain();
    }
    if (!isBusy && this.#streams.isRefusing) {
      // A client that is told of the end of the connection may drop what it has not read of its last answer.
      this.#linger();
    }
  }

  /** Ends the connection with an error of the client, or of ours. */
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

  /** Says which requests are the last. Once said, the id stays: a client may have sent the others again elsewhere. */
  #goAway(code: number): void {
    this.#streams.isRefusing = true;
    this.#lastServedId ??= this.#streams.lastId;
    this.#output.write(numbersFrame(FRAME.GOAWAY, 0, this.#lastServedId, code));
  }

  /** Ends our side. What the client still sends is dropped: if it were not read, the client would lose what we sent. */
  #finish(): void {
    this.#output.flush();
    this.#socket.end();
    this.#linger();
  }

  /** Waits for the client to end its side, but not for long. */
  #linger(): void {
    if (this.#endingAt === undefined) {
      this.#endingAt = performance.now();
      this.#socket.resume();
      const timer = setTimeout(() => this.#socket.destroySoon(), LINGER_MS);
      this.#socket.once("close", () => clearTimeout(timer));
    }
  }

  /** The client has gone. */
  #leave(): void {
    this.#endingAt ??= performance.now();
    this.#streams.closeAll();
    this.#socket.destroySoon();
  }
}

function isLate(now: number, since: number | undefined, ms: number): boolean {
  return since !== undefined && now - since > ms;
}
