import type { TokenStore } from "../../store/tokens.ts";

/** The precision of the last use of a token, in milliseconds. */
const MINUTE_MS = 60_000;

/** Collects when tokens were used last, until it is written. So a call with a token writes nothing. */
export class LastUses {
  #unwritten = new Map<string, number>();

  /** A token is used. `at` is in epoch milliseconds. */
  add(id: string, at: number): void {
    this.#unwritten.set(id, at - (at % MINUTE_MS));
  }

  /** Writes all uses at once. After a failure they stay for the next write. */
  async write(store: TokenStore): Promise<void> {
    const writing = this.#unwritten;
    if (writing.size === 0) {
      return;
    }
    this.#unwritten = new Map();
    try {
      await store.noteTokenUses(Array.from(writing, ([id, at]) => ({ id, at })));
    } catch (error) {
      this.#unwritten = new Map([...writing, ...this.#unwritten]);
      throw error;
    }
  }
}
