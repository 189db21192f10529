import type { Socket } from "node:net";
import { MAX_UNREAD_BYTES } from "../limits.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { DEFAULT_WINDOW, MAX_FRAME_BYTES } from "./frames.ts";

/** How many bytes of bodies a connection writes before others have their turn. */
const TURN_BYTES = 64 * 1024;

/** A stream with something to send. */
export interface Sender {
  /**
   * Writes the next frame of the body, and what ends the stream if that was the last. Returns how many bytes of the
   * body it wrote: 0 when there are no more, or when the stream's own window does not let it.
   *
   * @param most the most bytes of the body, at least 1
   */
  writeBody(most: number): number;
}

/** What a connection sends: frames as they come, and the bodies of its streams in turns, as the window allows. */
export class Output {
  readonly #socket: Socket;
  readonly #turns: TurnBudget;
  readonly #onBody: () => void;
  #frames: Buffer[] = [];
  /** The streams with something to send, those that have waited longest first. */
  readonly #senders = new Set<Sender>();
  #window = DEFAULT_WINDOW;
  #isScheduled = false;
  /** Whether the bodies wait for a turn. */
  #isWaiting = false;
  /**
   * Since when the client has not read what was written, on the clock of `performance.now()`; undefined when it reads.
   */
  #blockedAt: number | undefined;
  /** Since when the window has no room. */
  #closedAt: number | undefined;

  /** @param onBody is called with each frame of a body that is sent */
  constructor(socket: Socket, turns: TurnBudget, onBody: () => void) {
    this.#socket = socket;
    this.#turns = turns;
    this.#onBody = onBody;
  }

  /** Since when the client reads nothing, although there is something to read; undefined when it reads. */
  get blockedAt(): number | undefined {
    return this.#blockedAt;
  }

  /**
   * Since when the client takes no bodies on this connection, on the clock of `performance.now()`; undefined when it
   * does.
   */
  get closedAt(): number | undefined {
    return this.#closedAt;
  }

  /** Whether the client reads so little that what else it asks for must wait. */
  get isFull(): boolean {
    return this.#blockedAt !== undefined && this.#socket.writableLength > MAX_UNREAD_BYTES;
  }

  /** How many bytes of bodies may be sent on this connection: the client's window. */
  get window(): number {
    return this.#window;
  }

  /** Widens the window by this number of bytes. */
  widen(bytes: number): void {
    this.#window += bytes;
    this.#closedAt = undefined;
    if (this.#senders.size > 0) {
      this.#schedule();
    }
  }

  /**
   * Takes room in the window for a body that is written with {@link write}. Returns false when there is not enough now.
   */
  takeWindow(bytes: number): boolean {
    if (bytes > this.#window || this.#blockedAt !== undefined || this.#senders.size > 0) {
      return false;
    }
    this.#use(bytes);
    return true;
  }

  /** Sends frames, behind those that were written before. */
  write(...frames: readonly Buffer[]): void {
    this.#frames.push(...frames);
    this.#schedule();
  }

  /** Sends what a stream has to send, as soon as the windows let it. */
  add(sender: Sender): void {
    this.#senders.add(sender);
    this.#schedule();
  }

  /** Forgets what a stream has to send. */
  remove(sender: Sender): void {
    this.#senders.delete(sender);
  }

  /** Says that the client has read what was written. */
  drained(): void {
    this.#blockedAt = undefined;
    this.flush();
  }

  /** Writes to the socket what is to be sent, bodies in their turn. Otherwise it is written before the event loop turns. */
  flush(): void {
    this.#isScheduled = false;
    this.#writeFrames();
    if (this.#senders.size > 0 && this.#window > 0 && this.#blockedAt === undefined && !this.#isWaiting) {
      this.#isWaiting = true;
      this.#turns.runOrdinary(() => this.#takeTurn());
    }
  }

  #takeTurn(): void {
    this.#isWaiting = false;
    if (this.#blockedAt === undefined && !this.#socket.destroyed) {
      const hasMore = this.#writeBodies();
      this.#writeFrames();
      if (hasMore) {
        this.#schedule();
      }
    }
  }

  #writeFrames(): void {
    const frames = this.#frames;
    if (frames.length === 0) {
      return;
    }
    this.#frames = [];
    if (!this.#socket.writable) {
      return;
    }
    if (!this.#socket.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames))) {
      this.#blockedAt ??= performance.now();
    }
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      // All answers of the same tick go out in one write.
      process.nextTick(() => this.flush());
    }
  }

  #use(bytes: number): void {
    this.#onBody();
    this.#window -= bytes;
    if (this.#window <= 0) {
      this.#closedAt = performance.now();
    }
  }

  /** Writes bodies of the streams in turns. Returns whether there is more that could be written now. */
  #writeBodies(): boolean {
    let left = TURN_BYTES;
    for (const sender of this.#senders) {
      if (left <= 0 || this.#window <= 0) {
        return this.#window > 0;
      }
      // The stream that has waited longest is first. It then goes to the end, unless its body has ended.
      this.#senders.delete(sender);
      this.#senders.add(sender);
      const bytes = sender.writeBody(Math.min(this.#window, MAX_FRAME_BYTES));
      if (bytes === 0) {
        this.#senders.delete(sender);
      } else {
        this.#use(bytes);
        left -= bytes;
      }
    }
    return false;
  }
}
