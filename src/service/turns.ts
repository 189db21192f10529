import { setImmediate } from "node:timers/promises";
import type { Call } from "../call/call.ts";

/** How long a call computes before others have their turn, in milliseconds. */
const TURN_MS = 5;

/** Divides the computing of a call into turns, so that other calls are served meanwhile. */
export class Turns {
  readonly #call: Call;
  #begin = performance.now();

  constructor(call: Call) {
    this.#call = call;
  }

  /** Lets others have their turn, when this call has computed for long. Rejects when the call's deadline is over. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#begin > TURN_MS) {
      await setImmediate();
      this.#call.deadline.check();
      this.#begin = performance.now();
    }
  }
}
