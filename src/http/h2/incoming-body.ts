import type { IncomingHttpHeaders } from "node:http";
import { ClientGone, type StreakdError } from "../../errors.ts";
import { tooLarge, tooManyBodies } from "../body.ts";
import type { Budget } from "../budget.ts";
import { HeldBytes } from "../held-bytes.ts";
import type { RequestBody } from "../message.ts";
import { compact } from "./payload.ts";

/** What a body needs of its stream. */
export interface IncomingStream {
  readonly headers: IncomingHttpHeaders;
  /** Called when the body is first asked for, and has not ended. */
  onBodyAsked(): void;
  /** Called with each number of bytes that need not be kept for the client's window any more. */
  onBodyConsumed(bytes: number): void;
  /** Called when the bodies of all clients take too much. */
  onBodyRefused(): void;
}

/**
 * How a body is read: `whole` keeps all of it, `chunks` what has come and is not read yet, `dropped` nothing. With
 * `unread` it is not known yet.
 */
type Mode = "unread" | "whole" | "chunks" | "dropped";

/** The body of a request, as far as it has come. */
export class IncomingBody implements RequestBody {
  readonly #stream: IncomingStream;
  #mode: Mode = "unread";
  readonly #held: HeldBytes;
  /** How many bytes the client's window is still smaller by. */
  #unconsumed = 0;
  #received = 0;
  #isEnded = false;
  #isGone = false;
  #failure: StreakdError | undefined;
  #most = 0;
  #limit = 0;
  /** Wakes the reader that waits for more. */
  #wake: (() => void) | undefined;

  constructor(stream: IncomingStream, budget: Budget) {
    this.#stream = stream;
    this.#held = new HeldBytes(budget);
  }

  /** How it is read so far. */
  get mode(): Mode {
    return this.#mode;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether there are bytes that nobody has read. */
  get isHeld(): boolean {
    return this.#mode !== "whole" && this.#held.length > 0;
  }

  /** How many bytes have come. */
  get received(): number {
    return this.#received;
  }

  /** Adds what has come. */
  push(bytes: Buffer, isLast: boolean): void {
    this.#received += bytes.length;
    this.#unconsumed += bytes.length;
    if (this.#mode !== "dropped") {
      this.#keep(bytes, isLast);
    }
    if (this.#mode === "whole" || this.#mode === "dropped") {
      this.#consume();
    }
    if (isLast) {
      this.end();
    } else {
      this.#wake?.();
    }
  }

  /** Says that all has come. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Says that the client has gone, whether the body had ended or not. */
  leave(): void {
    this.#isGone = true;
    this.drop();
    this.#wake?.();
  }

  /** Drops what is held, and everything that still comes. */
  drop(): void {
    this.#mode = "dropped";
    this.#held.drop();
    this.#consume();
  }

  whole(limit: number, framing = 0): Uint8Array | Promise<Uint8Array> {
    this.#most = limit + framing;
    this.#limit = limit;
    this.#begin("whole");
    if (!this.#isWaiting()) {
      return this.#finish();
    }
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (!this.#isWaiting()) {
          this.#wake = undefined;
          try {
            resolve(this.#finish());
          } catch (error) {
            reject(error);
          }
        }
      };
    });
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    this.#begin("chunks");
    for (;;) {
      if (this.#failure !== undefined) {
        throw this.#failure;
      }
      if (this.#held.length > 0) {
        const bytes = this.#held.take();
        this.#consume();
        yield bytes;
      } else if (this.#isGone) {
        throw new ClientGone();
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #begin(mode: "whole" | "chunks"): void {
    if (this.#mode === "unread") {
      this.#mode = mode;
      if (!this.#isEnded) {
        this.#stream.onBodyAsked();
      }
      if (mode === "whole") {
        this.#refuseLong();
        this.#consume();
      }
    }
  }

  #isWaiting(): boolean {
    return !this.#isEnded && !this.#isGone && this.#failure === undefined;
  }

  /** The whole body, once nothing more is waited for. */
  #finish(): Uint8Array {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    if (this.#isGone) {
      throw new ClientGone();
    }
    if (this.#received > this.#most) {
      throw tooLarge(this.#limit);
    }
    return this.#held.take();
  }

  #keep(bytes: Buffer, isLast: boolean): void {
    if (isLast && this.#held.length === 0) {
      // Nearly every body: it comes in one frame, and needs no copy if it is waited for.
      this.#held.hold(this.#mode === "unread" ? compact(bytes) : bytes);
    } else if (!this.#held.add(bytes)) {
      this.#stream.onBodyRefused();
      this.#fail(tooManyBodies());
    }
    if (this.#mode === "whole") {
      this.#refuseLong();
    }
  }

  /** Refuses a body that is too long, as soon as that is known. */
  #refuseLong(): void {
    if (this.#received > this.#most || Number(this.#stream.headers["content-length"]) > this.#most) {
      this.#fail(tooLarge(this.#limit));
    }
  }

  #fail(error: StreakdError): void {
    this.#failure ??= error;
    this.drop();
  }

  #consume(): void {
    if (this.#unconsumed > 0) {
      this.#stream.onBodyConsumed(this.#unconsumed);
      this.#unconsumed = 0;
    }
  }
}
