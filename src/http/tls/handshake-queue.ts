import type { Socket } from "node:net";
import type { TurnBudget } from "../turn-budget.ts";

/**
 * Starts handshakes one at a time, each in a turn, since each keeps the thread busy for about a millisecond. The newest
 * comes first: in a flood of hellos all would wait for long otherwise, also those of clients that still want to be
 * served.
 */
export class HandshakeQueue {
  /** The newest is last. */
  readonly #waiting: Socket[] = [];
  readonly #turns: TurnBudget;
  readonly #start: (socket: Socket) => void;
  #isStarting = false;

  /** @param start starts the handshake of a connection, and may leave its work to the next tick */
  constructor(turns: TurnBudget, start: (socket: Socket) => void) {
    this.#turns = turns;
    this.#start = start;
  }

  /** Has the handshake of a connection started when its turn comes. */
  add(socket: Socket): void {
    this.#waiting.push(socket);
    if (!this.#isStarting) {
      this.#startNext();
    }
  }

  /** Forgets a connection that has gone, or whose handshake is over. */
  delete(socket: Socket): void {
    const at = this.#waiting.indexOf(socket);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
    }
  }

  readonly #startNext = (): void => {
    const socket = this.#waiting.pop();
    this.#isStarting = socket !== undefined;
    if (socket !== undefined) {
      this.#turns.runRead(() => {
        // Its client may have gone since it was taken.
        if (!socket.destroyed) {
          this.#start(socket);
        }
        // What comes behind it waits until its work is done.
        process.nextTick(this.#startNext);
      });
    }
  };
}
