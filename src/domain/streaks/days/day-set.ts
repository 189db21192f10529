import { type Day, isoMonth } from "../../day.ts";
import { type DayBit, hasBit, type Months, monthOf } from "../../months.ts";
import { bitsFrom } from "./bits.ts";
import { DoneDays } from "./done-days.ts";
import { firstDayOf, monthIndex, monthName } from "./month-names.ts";

/**
 * Done days, in the form in which somebody has made them: as months, which stores keep, or in words, which walks pass.
 * The other form is made when somebody asks for it, since ten years take microseconds.
 */
export class DaySet {
  #months: Months | undefined;
  #words: DoneDays | undefined;

  private constructor(months: Months | undefined, words?: DoneDays) {
    this.#months = months;
    this.#words = words;
  }

  static ofMonths(months: Months): DaySet {
    return new DaySet(months);
  }

  static ofWords(words: DoneDays): DaySet {
    return new DaySet(undefined, words);
  }

  get months(): Months {
    this.#months ??= writeMonths(this.words);
    return this.#months;
  }

  get words(): DoneDays {
    this.#words ??= DoneDays.ofMonths(this.#months as Months);
    return this.#words;
  }

  /** @param bit by which months hold the day, for callers that know it */
  has(day: Day, bit?: DayBit): boolean {
    return this.#words === undefined ? hasBit(this.months, bit ?? monthOf(day)) : this.#words.has(day);
  }
}

function writeMonths(days: DoneDays): Months {
  const { first, last } = days;
  const months: Record<string, number> = {};
  if (first === undefined || last === undefined) {
    return months;
  }
  for (let index = monthIndex(isoMonth(first), 0); ; index++) {
    const month = monthName(index);
    const from = firstDayOf(month, index);
    if (from > last) {
      return months;
    }
    const bits = bitsFrom(days, from, firstDayOf(monthName(index + 1), index + 1) - 1);
    if (bits !== 0) {
      months[month] = bits;
    }
  }
}
