/** A number of bytes, or of anything else, that many share. Nobody waits for a part: who gets none must do without. */
export class Budget {
  #left: number;

  constructor(amount: number) {
    this.#left = amount;
  }

  /** Takes so many. Returns false, and takes none, when there are fewer. */
  take(amount: number): boolean {
    if (amount > this.#left) {
      return false;
    }
    this.#left -= amount;
    return true;
  }

  /** Gives back what was taken. */
  give(amount: number): void {
    this.#left += amount;
  }
}
