import type { Day } from "../../day.ts";
import type { Months } from "../../months.ts";
import {
  bitOf,
  bitsFromTo,
  bitsWithin,
  countBits,
  EARLIEST,
  hasDayBit,
  highestBit,
  LATEST,
  lowestBit,
  WORD,
  wordOf,
} from "./bits.ts";
import { firstDayOf, monthIndex } from "./month-names.ts";

/** Done days in words, perhaps only those up to a day. */
export class DoneDays {
  /** The index of a word that no word with days comes before. It may have none itself. */
  readonly firstWord: number;
  /** The index of the last word that has any days; less than `firstWord` when there are no days. */
  readonly lastWord: number;
  /** The words, from `firstWord` on. Those after `lastWord` are 0. */
  readonly #words: Int32Array;

  /** The last day that counts: later days were left out. `LATEST` where all days count. */
  readonly through: Day;

  /**
   * @param firstWord the index of the first of the words
   * @param words nobody may change them any more
   * @param through no word may have a later day
   */
  constructor(firstWord: number, words: Int32Array, through: Day = LATEST) {
    let length = words.length;
    while (length > 0 && words[length - 1] === 0) {
      length--;
    }
    this.firstWord = firstWord;
    this.lastWord = firstWord + length - 1;
    this.#words = words;
    this.through = through;
  }

  static ofMonths(months: Months): DoneDays {
    // `for`-`in` takes a tenth of the time of `Object.keys`. Reading the names twice takes less than a list of them.
    let [first, last] = [LATEST, EARLIEST];
    let index = 0;
    for (const month in months) {
      index = monthIndex(month, index);
      const day = firstDayOf(month, index);
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
    if (last < first) {
      return nothingDone;
    }
    const firstWord = wordOf(first);
    // One more, since a month may go on in the next word.
    const words = new Int32Array(wordOf(last) + 2 - firstWord);
    for (const month in months) {
      const bits = months[month] as number;
      index = monthIndex(month, index);
      const day = firstDayOf(month, index);
      const shift = bitOf(day);
      const word = wordOf(day) - firstWord;
      words[word] = (words[word] as number) | (bits << shift);
      if (shift > 0) {
        words[word + 1] = (words[word + 1] as number) | (bits >>> (WORD - shift));
      }
    }
    return new DoneDays(firstWord, words);
  }

  /** Returns one day alone. */
  static ofDay(day: Day): DoneDays {
    const words = new Int32Array(1);
    words[0] = 1 << bitOf(day);
    return new DoneDays(wordOf(day), words);
  }

  /** Returns the days of all these sets together. */
  static union(sets: readonly DoneDays[]): DoneDays {
    if (sets.length === 1) {
      return sets[0] as DoneDays;
    }
    let first = LATEST;
    let last = EARLIEST;
    for (const { firstWord, lastWord } of sets) {
      if (firstWord <= lastWord) {
        first = Math.min(first, firstWord);
        last = Math.max(last, lastWord);
      }
    }
    if (last < first) {
      return nothingDone;
    }
    const words = new Int32Array(last - first + 1);
    for (const set of sets) {
      for (let index = set.firstWord; index <= set.lastWord; index++) {
        words[index - first] = (words[index - first] as number) | set.word(index);
      }
    }
    return new DoneDays(first, words);
  }

  /** Returns the days that are not after a day. */
  upTo(day: Day): DoneDays {
    const last = wordOf(day);
    const beyond = last > this.lastWord ? 0 : this.word(last) & ~bitsFromTo(0, bitOf(day));
    if (last >= this.lastWord && beyond === 0) {
      return new DoneDays(this.firstWord, this.#words, day); // as nearly always: no day is later
    }
    const words = this.#words.slice(0, Math.max(last - this.firstWord + 1, 0));
    if (last >= this.firstWord) {
      words[last - this.firstWord] = this.word(last) & ~beyond;
    }
    return new DoneDays(this.firstWord, words, day);
  }

  /** Returns the first of the days; undefined when there are none. */
  get first(): Day | undefined {
    return this.nextFrom(this.firstWord * WORD);
  }

  /** Returns the last of the days; undefined when there are none. */
  get last(): Day | undefined {
    return this.lastWord < this.firstWord ? undefined : this.lastWord * WORD + highestBit(this.word(this.lastWord));
  }

  /** How many days there are. */
  get total(): number {
    return this.count(this.firstWord * WORD, this.lastWord * WORD + WORD - 1);
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

/** No days. */
export const nothingDone = new DoneDays(0, new Int32Array(0));
