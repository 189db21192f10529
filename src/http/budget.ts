/** An amount, such as a number of bytes, that many holders share. A holder that gets nothing does not wait. */
export class Budget {
  #left: number;

  constructor(amount: number) {
    this.#left = amount;
  }

  /** Takes an amount. Returns false, and takes nothing, when less is left. */
  take(amount: number): boolean {
    if (amount > this.#left) {
      return false;
    }
    this.#left -= amount;
    return true;
  }

  /** Gives back what was taken. */
  release(amount: number): void {
    this.#left += amount;
  }
}

/** The part of a budget that one holder has taken. */
export class BudgetPart {
  readonly #budget: Budget;
  readonly #free: number;
  #amount = 0;

  /** @param free what each holder has without taking it from the budget, so that the greedy leave something to all */
  constructor(budget: Budget, free: number) {
    this.#budget = budget;
    this.#free = free;
  }

  /**
   * Takes more, or gives some back, so that it is this amount. Returns false, and gives all back, when there is less.
   */
  resize(total: number): boolean {
    const amount = Math.max(0, total - this.#free);
    if (amount === this.#amount) {
      return true;
    }
    this.#budget.release(this.#amount);
    const isTaken = this.#budget.take(amount);
    this.#amount = isTaken ? amount : 0;
    return isTaken;
  }
}
