import type { Day } from "../../day.ts";
import { bitsWithin, LATEST, WORD, type WordsOfDays, wordOf } from "../days/bits.ts";

/** Days in a row. */
export interface DaysInARow {
  readonly from: Day;
  /** The last of them; absent while it has no end. */
  readonly to?: Day;
}

/** A decision by which nothing is asked on some days, and these days. */
export interface Exemption<Decision> {
  readonly decision: Decision;
  readonly from: Day;
  /** The last of them; `LATEST` while there is none. */
  readonly to: Day;
}

/** Days on which nothing is asked of a user. */
export interface ExemptSet {
  /** Returns the exempt days in a row that have a day among them. */
  on(day: Day): DaysInARow | undefined;

  /** Returns which of 32 days are exempt: see `bits.ts`. */
  word(index: number): number;

  /** Adds the days to all these words, of which `firstWord` is the first. That is quicker than to ask for each word. */
  addTo(words: Int32Array, firstWord: number): void;
}

/** Days on which nothing is asked of a user, with the decisions that say so. */
export class ExemptDays<Decision> implements ExemptSet {
  /** In the order in which they were made. */
  readonly #exemptions: readonly Exemption<Decision>[];
  #united: readonly DaysInARow[] | undefined;

  /** @param exemptions each of one day at least, in the order in which they were made */
  constructor(exemptions: readonly Exemption<Decision>[]) {
    this.#exemptions = exemptions;
  }

  /** All of them, united: in order, each with a day before it that is not exempt. */
  get united(): readonly DaysInARow[] {
    this.#united ??= unite(this.#exemptions);
    return this.#united;
  }

  on(day: Day): DaysInARow | undefined {
    const days = this.united[this.#indexFrom(day)];
    return days !== undefined && days.from <= day ? days : undefined;
  }

  /** Returns the decision that exempts a day; the one that was made first, if there are several. */
  decisionOn(day: Day): Decision | undefined {
    return this.#exemptions.find(({ from, to }) => from <= day && day <= to)?.decision;
  }

  word(index: number): number {
    const start = index * WORD;
    let bits = 0;
    for (let next = this.#indexFrom(start); next < this.united.length; next++) {
      const days = this.united[next] as DaysInARow;
      if (days.from >= start + WORD) {
        break;
      }
      bits |= bitsWithin(index, days.from, lastOf(days));
    }
    return bits;
  }

  addTo(words: Int32Array, firstWord: number): void {
    const lastWord = firstWord + words.length - 1;
    for (const { from, to } of this.#exemptions) {
      const last = Math.min(wordOf(to), lastWord);
      for (let index = Math.max(wordOf(from), firstWord); index <= last; index++) {
        words[index - firstWord] = (words[index - firstWord] as number) | bitsWithin(index, from, to);
      }
    }
  }

  /** Returns the index of the first united days that do not end before a day. A user can have many pauses. */
  #indexFrom(day: Day): number {
    let [low, high] = [0, this.united.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lastOf(this.united[middle] as DaysInARow) < day) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/**
 * Days that are exempt for whatever reason, with the words at hand that a walk asks for: to find a word in each of the
 * sets takes longer.
 */
export class ExemptWords implements WordsOfDays {
  readonly #sets: readonly ExemptSet[];
  readonly #firstWord: number;
  readonly #words: Int32Array;

  /**
   * @param firstWord the first of the words at hand
   * @param lastWord the last one
   */
  constructor(sets: readonly ExemptSet[], firstWord: number, lastWord: number) {
    this.#sets = sets;
    this.#firstWord = firstWord;
    this.#words = new Int32Array(Math.max(lastWord - firstWord + 1, 0));
    for (const set of sets) {
      set.addTo(this.#words, firstWord);
    }
  }

  word(index: number): number {
    return this.#words[index - this.#firstWord] ?? this.#findWord(index);
  }

  /** Returns the last of the exempt days in a row that have a day among them; undefined if it is not exempt. */
  lastInARow(day: Day): Day | undefined {
    for (const set of this.#sets) {
      const days = set.on(day);
      if (days !== undefined) {
        return lastOf(days);
      }
    }
    return undefined;
  }

  #findWord(index: number): number {
    let bits = 0;
    for (const set of this.#sets) {
      bits |= set.word(index);
    }
    return bits;
  }
}

function unite(exemptions: readonly Exemption<unknown>[]): readonly DaysInARow[] {
  const united: { from: Day; to: Day }[] = [];
  for (const { from, to } of exemptions.toSorted((one, other) => one.from - other.from)) {
    const before = united.at(-1);
    if (before !== undefined && from <= before.to + 1) {
      before.to = Math.max(before.to, to);
    } else {
      united.push({ from, to });
    }
  }
  return united.map(({ from, to }) => (to === LATEST ? { from } : { from, to }));
}

function lastOf({ to = LATEST }: DaysInARow): Day {
  return to;
}
