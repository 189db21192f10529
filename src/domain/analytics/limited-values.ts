import { excessKeyOf, isValueKey, prefixOfValue } from "./keys.ts";
import type { Period } from "./periods.ts";
import { Vector } from "./vector.ts";

/** How many different values of a key the events of a month may have, of one event or of all, to be counted. */
export const MAX_VALUES_OF_A_MONTH = 1000;

/** The values that a key of `meta` has in the events of a month. */
interface Month {
  /** The keys of their vectors; none when the month is left out. */
  readonly keys: Set<string>;
  /** How many numbers were added, less those that were subtracted. */
  entries: number;
  /** Whether it had too many values. */
  isLeftOut: boolean;
}

/**
 * The vectors of values of `meta` among those of some tallies. A month in which a key has more different values than are
 * counted is left out at once, and counted as an excess. So tallies stay small, whatever a key holds. Nothing is lost:
 * with more users, such a month only has more values.
 *
 * A month stays left out until everything that was added to it is subtracted, even if it has few values again.
 */
export class LimitedValues {
  readonly #vectors: Map<string, Vector>;
  readonly #months = new Map<string, Map<Period, Month>>();

  /** @param vectors the vectors of tallies by key, which this changes */
  constructor(vectors: Map<string, Vector>) {
    this.#vectors = vectors;
    for (const [key, vector] of vectors) {
      if (isValueKey(key)) {
        vector.forEach((index) => {
          const month = this.#monthOf(prefixOfValue(key), index);
          month.keys.add(key);
          month.entries++;
        });
      }
    }
  }

  /** Counts an event that has a value, given by the prefix of its key and by the key. */
  count(prefix: string, key: string, index: Period): void {
    this.#add(prefix, key, index, 1, 1);
  }

  /** Adds the numbers of a value, `times` 1 or -1. */
  addAll(key: string, numbers: Vector, times: 1 | -1): void {
    const prefix = prefixOfValue(key);
    numbers.forEach((index, n) => {
      this.#add(prefix, key, index, times * n, times);
    });
  }

  #add(prefix: string, key: string, index: Period, n: number, entries: number): void {
    const month = this.#monthOf(prefix, index);
    month.entries += entries;
    if (!month.isLeftOut) {
      const isThere = this.#addTo(key, index, n);
      if (!isThere) {
        month.keys.delete(key);
      } else if (month.keys.add(key).size > MAX_VALUES_OF_A_MONTH) {
        this.#leaveOut(prefix, index, month);
      }
    }
    if (month.entries === 0) {
      this.#forget(prefix, index, month);
    }
  }

  #leaveOut(prefix: string, index: Period, month: Month): void {
    for (const key of month.keys) {
      this.#addTo(key, index, -(this.#vectors.get(key)?.at(index) ?? 0));
    }
    month.keys.clear();
    month.isLeftOut = true;
    this.#addTo(excessKeyOf(prefix), index, 1);
  }

  #forget(prefix: string, index: Period, { isLeftOut }: Month): void {
    if (isLeftOut) {
      this.#addTo(excessKeyOf(prefix), index, -1);
    }
    const months = this.#months.get(prefix);
    months?.delete(index);
    if (months?.size === 0) {
      this.#months.delete(prefix);
    }
  }

  /** Adds to a number, and keeps nothing that is 0. Returns whether the number is another than 0. */
  #addTo(key: string, index: number, n: number): boolean {
    const vector = this.#vectors.get(key) ?? new Vector();
    const sum = vector.at(index) + n;
    if (sum !== 0) {
      vector.add(index, n);
      this.#vectors.set(key, vector);
    } else if (vector.clear(index)) {
      this.#vectors.delete(key);
    }
    return sum !== 0;
  }

  #monthOf(prefix: string, index: Period): Month {
    let months = this.#months.get(prefix);
    if (months === undefined) {
      months = new Map();
      this.#months.set(prefix, months);
    }
    let month = months.get(index);
    if (month === undefined) {
      month = { keys: new Set(), entries: 0, isLeftOut: false };
      months.set(index, month);
    }
    return month;
  }
}
