/** How many are remembered; a batch has fewer, and looks its users up just before it writes. */
const MAX_STRANGERS = 10_000;

/**
 * Users who had no document when they were looked up a moment ago. Inserting one is much cheaper than an upsert, above all
 * for many at a time; where the guess is wrong the insert is refused, and the upsert comes after it.
 */
export class Strangers {
  readonly #ids = new Set<string>();

  /** @param id the `_id` that the user's document would have */
  add(id: string): void {
    if (this.#ids.size >= MAX_STRANGERS) {
      this.#ids.clear();
    }
    this.#ids.add(id);
  }

  /** Whether a user is one, who then is none any more. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }
}
