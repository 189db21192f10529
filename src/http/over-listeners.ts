/** What is told that a request is over, once. */
export class OverListeners {
  // Most requests have none.
  #listeners: (() => void)[] | undefined;
  #isOver = false;

  /** Calls a listener once, when the request is over; at once if it is over already. */
  add(listener: () => void): void {
    if (this.#isOver) {
      listener();
    } else if (this.#listeners === undefined) {
      this.#listeners = [listener];
    } else {
      this.#listeners.push(listener);
    }
  }

  /** Says that the request is over. */
  end(): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    for (const listener of this.#listeners ?? []) {
      listener();
    }
    this.#listeners = undefined;
  }
}
