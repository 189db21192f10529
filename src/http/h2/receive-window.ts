import { FRAME, numbersFrame } from "./frames.ts";
import type { Output } from "./output.ts";

/** A window is made up for in steps of this share of it, not for each frame. */
const STEP = 0.5;

/** How much more a client may send, of a stream or on its connection. */
export class ReceiveWindow {
  readonly #output: Output;
  readonly #stream: number;
  readonly #step: number;
  #left: number;
  /** How much more it may send, and has not been told of. */
  #credit = 0;

  /** @param stream the id of the stream, or 0 for the connection */
  constructor(output: Output, stream: number, size: number) {
    this.#output = output;
    this.#stream = stream;
    this.#left = size;
    this.#step = size * STEP;
  }

  /** Notes what has come. Returns false when it is more than the client may send. */
  receive(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** Lets the client send so much more, and tells it when that has come to enough. */
  widen(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit >= this.#step) {
      this.#output.write(numbersFrame(FRAME.WINDOW_UPDATE, this.#stream, this.#credit));
      this.#left += this.#credit;
      this.#credit = 0;
    }
  }
}
