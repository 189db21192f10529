/** How many numbers lie together. Days that users report by mistake, such as one of the year 1, cost one block each. */
const BLOCK = 64;

/**
 * Integers by an integer index, which may be negative: 0 wherever nothing was added. Numbers and sums must fit 32 bits.
 * Takes memory for what is near a number other than 0.
 */
export class Vector {
  readonly #blocks = new Map<number, Int32Array>();
  /** The block that was used last. Neighbours are mostly added one after the other. */
  #lastBlock = 0;
  #last: Int32Array | undefined;

  /** Adds to the number at an index. */
  add(index: number, n = 1): void {
    const block = Math.floor(index / BLOCK);
    if (this.#last === undefined || block !== this.#lastBlock) {
      this.#last = this.#blockAt(block);
      this.#lastBlock = block;
    }
    const place = index - block * BLOCK;
    this.#last[place] = (this.#last[place] ?? 0) + n;
  }

  /** Returns the number at an index. */
  at(index: number): number {
    const block = Math.floor(index / BLOCK);
    return this.#blocks.get(block)?.[index - block * BLOCK] ?? 0;
  }

  /** Returns the sum of the numbers from one index to another, both included. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (const [block, numbers] of this.#blocks) {
      const start = block * BLOCK;
      if (start + BLOCK > from && start <= to) {
        const end = Math.min(BLOCK - 1, to - start);
        for (let place = Math.max(0, from - start); place <= end; place++) {
          sum += numbers[place] ?? 0;
        }
      }
    }
    return sum;
  }

  /** Returns the sum of all numbers. */
  get total(): number {
    return this.sum(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** Calls a function with each number other than 0, in the order of the indices. */
  forEach(visit: (index: number, n: number) => void): void {
    for (const block of [...this.#blocks.keys()].sort((a, b) => a - b)) {
      const numbers = this.#blocks.get(block) as Int32Array;
      for (let place = 0; place < BLOCK; place++) {
        const n = numbers[place];
        if (n) {
          visit(block * BLOCK + place, n);
        }
      }
    }
  }

  /** Adds the numbers of another vector, `times` 1 or -1. Returns whether all numbers are 0 then. */
  addAll(other: Vector, times: 1 | -1): boolean {
    for (const [block, numbers] of other.#blocks) {
      const own = this.#blockAt(block);
      let isEmpty = true;
      for (let place = 0; place < BLOCK; place++) {
        const n = (own[place] ?? 0) + times * (numbers[place] ?? 0);
        own[place] = n;
        isEmpty &&= n === 0;
      }
      if (isEmpty) {
        this.#blocks.delete(block);
      }
    }
    this.#last = undefined;
    return this.#blocks.size === 0;
  }

  /** Makes the number at an index 0. Returns whether all numbers are 0 then. */
  clear(index: number): boolean {
    const block = Math.floor(index / BLOCK);
    const numbers = this.#blocks.get(block);
    if (numbers !== undefined) {
      numbers[index - block * BLOCK] = 0;
      if (numbers.every((n) => n === 0)) {
        this.#blocks.delete(block);
        this.#last = undefined;
      }
    }
    return this.#blocks.size === 0;
  }

  #blockAt(block: number): Int32Array {
    let numbers = this.#blocks.get(block);
    if (numbers === undefined) {
      numbers = new Int32Array(BLOCK);
      this.#blocks.set(block, numbers);
    }
    return numbers;
  }
}
