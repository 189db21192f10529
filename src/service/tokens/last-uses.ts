import type { TokenStore } from "../../store/tokens.ts";

/** To what the last use of a token is kept, in milliseconds. */
const MINUTE_MS = 60_000;

/** When tokens were used last, until it is written. So a call with a token writes nothing. */
export class LastUses {
  #unwritten = new Map<string, number>();

  /** A token is used. `at` is in epoch milliseconds. */
  add(id: string, at: number): void {
    this.#unwritten.set(id, at - (at % MINUTE_MS));
  }

  /** Writes all at once. After a failure they are left for the next time. */
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
