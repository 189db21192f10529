import { type Budget, BudgetPart } from "./budget.ts";
import { FREE_BODY_BYTES } from "./limits.ts";
import { dropped } from "./reading.ts";

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * What has come of a body and is not read yet, in one piece: a client may send a body in parts of one byte, each of
 * which would keep all of a read in memory. What it takes counts for the budget of unfinished bodies.
 */
export class HeldBytes {
  readonly #budget: Budget;
  #bytes = NOTHING;
  /** How many of the bytes in the buffer are of the body. */
  #length = 0;
  /** Whether the buffer is a copy of its own, so that its memory can be freed. */
  #isCopy = false;
  #counted: BudgetPart | undefined;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#length;
  }

  /** Holds bytes as they are, without counting them: a body that is whole. Nothing may be held before. */
  hold(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  /** Adds a copy of more bytes. Returns false, and holds nothing more, when the bodies of all clients take too much. */
  add(bytes: Buffer): boolean {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length && !this.#grow(Math.max(2 * this.#bytes.length, length))) {
      return false;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
    return true;
  }

  /** Returns the bytes that are held, and holds them no more. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    // Its memory is the reader's from now on, so it is not freed.
    this.#isCopy = false;
    this.drop();
    return bytes;
  }

  /** Drops what is held. */
  drop(): void {
    this.#replace(NOTHING, false);
    this.#length = 0;
    this.#counted?.resize(0);
  }

  #grow(room: number): boolean {
    this.#counted ??= new BudgetPart(this.#budget, FREE_BODY_BYTES);
    if (!this.#counted.resize(room)) {
      this.drop();
      return false;
    }
    const larger = Buffer.allocUnsafeSlow(room);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#replace(larger, true);
    return true;
  }

  #replace(bytes: Buffer, isCopy: boolean): void {
    if (this.#isCopy) {
      dropped(this.#bytes);
    }
    this.#bytes = bytes;
    this.#isCopy = isCopy;
  }
}
