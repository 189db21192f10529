import { type Day, firstOfMonth } from "../../day.ts";
import type { Months } from "../../months.ts";
import {
  bitOf,
  bitsFromTo,
  bitsWithin,
  countBits,
  EARLIEST,
  hasDayBit,
  LATEST,
  lowestBit,
  WORD,
  wordOf,
} from "./bits.ts";

/** Done days, up to a day. */
export class DoneDays {
  /** The first and the last word that has any of them; none when the last is less. */
  readonly firstWord: number;
  readonly lastWord: number;
  /** The words, from the first one on. */
  readonly #words: Int32Array;

  /** The last day that counts. */
  readonly through: Day;

  /** @param through the last day that counts: later days are taken for not done */
  constructor(days: Months, through: Day) {
    this.through = through;
    const months = Object.keys(days);
    const firsts = months.map(firstOfMonth);
    let [first, last] = [LATEST, EARLIEST];
    for (const day of firsts) {
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
    this.firstWord = months.length === 0 ? 0 : wordOf(first);
    this.lastWord = months.length === 0 ? -1 : wordOf(Math.min(last + WORD, through));
    this.#words = new Int32Array(Math.max(0, this.lastWord - this.firstWord + 1));
    // What is written beyond the last word is lost, as it should be.
    for (let index = 0; index < months.length; index++) {
      const bits = days[months[index] as string] as number;
      const day = firsts[index] as Day;
      const shift = bitOf(day);
      const word = wordOf(day) - this.firstWord;
      this.#words[word] = (this.#words[word] as number) | (bits << shift);
      if (shift > 0) {
        this.#words[word + 1] = (this.#words[word + 1] as number) | (bits >>> (WORD - shift));
      }
    }
    if (this.lastWord === wordOf(through)) {
      const word = this.lastWord - this.firstWord;
      this.#words[word] = (this.#words[word] as number) & bitsFromTo(0, bitOf(through));
    }
  }

  /** Returns 32 of the days. */
  word(index: number): number {
    return this.#words[index - this.firstWord] ?? 0;
  }

  has(day: Day): boolean {
    return hasDayBit(this.word(wordOf(day)), day);
  }

  /** Returns the first done day from `day` on; undefined when there is none. */
  nextFrom(day: Day): Day | undefined {
    let index = Math.max(wordOf(day), this.firstWord);
    let bits = this.word(index);
    if (index === wordOf(day)) {
      bits &= bitsFromTo(bitOf(day), WORD - 1);
    }
    while (bits === 0) {
      index++;
      if (index > this.lastWord) {
        return undefined;
      }
      bits = this.word(index);
    }
    return index * WORD + lowestBit(bits);
  }

  /** Returns the day that is the `n`th done day from `day` on. There must be as many. */
  nthFrom(day: Day, n: number): Day {
    let index = Math.max(wordOf(day), this.firstWord);
    let bits = this.word(index) & (index === wordOf(day) ? bitsFromTo(bitOf(day), WORD - 1) : -1);
    let rest = n;
    while (countBits(bits) < rest) {
      rest -= countBits(bits);
      index++;
      bits = this.word(index);
    }
    for (; rest > 1; rest--) {
      bits &= bits - 1;
    }
    return index * WORD + lowestBit(bits);
  }

  /** Returns how many days from `first` to `last` are done. */
  count(first: Day, last: Day): number {
    let count = 0;
    for (let index = wordOf(first); index <= wordOf(last); index++) {
      count += countBits(this.word(index) & bitsWithin(index, first, last));
    }
    return count;
  }
}
