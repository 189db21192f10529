import { type Day, weekday } from "../../day.ts";
import { type DaysOff, EVERY_WEEKDAY, type HolidayList, type RulesVersion, type Weekday } from "../../rules.ts";
import { bitOf, bitsWithin, countBits, hasDayBit, LATEST, lowestBit, WORD, wordOf } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { ExemptWords } from "./exempt-days.ts";
import type { BegunVersion } from "./phases.ts";

/** Says which days are off. */
export abstract class OffDays {
  /** Returns which of 32 days are off: see `bits.ts`. */
  abstract word(index: number): number;

  /** Returns the first day from `first` to `last` that is not off; undefined when all are off. */
  abstract nextNeeded(first: Day, last: Day): Day | undefined;

  /** Returns the first day on which newer rules hold than on a given day; `LATEST` when there are no newer rules. */
  abstract endOfRulesOn(day: Day): Day;

  /** Returns the days off if the rules stay what they are on a day. */
  abstract asOf(day: Day): OffDays;

  has(day: Day): boolean {
    return hasDayBit(this.word(wordOf(day)), day);
  }

  /** Returns how many of the days from `first` to `last` are not off. `last` may be the day before `first`. */
  countNeeded(first: Day, last: Day): number {
    let count = last - first + 1;
    for (let index = wordOf(first); index <= wordOf(last); index++) {
      count -= countBits(this.word(index) & bitsWithin(index, first, last));
    }
    return count;
  }
}

/** The days off of a widget. A day is off when the version of the rules that holds on it says so. */
export class RuledOffDays extends OffDays {
  /** In order; the first one holds from the beginning. */
  readonly #versions: readonly OffVersion[];
  /** Whether any day is off. */
  readonly #any: boolean;
  // The word that was asked for last, since a walk asks for a word several times.
  #lastIndex = Number.NaN;
  #lastWord = 0;

  private constructor(versions: readonly OffVersion[]) {
    super();
    this.#versions = versions;
    this.#any = versions.some(({ weekdays, dates }) => weekdays[0] !== 0 || dates.size > 0);
  }

  /** @param versions those of a widget, in order */
  static of(versions: readonly BegunVersion[], holidays: readonly HolidayList[]): RuledOffDays {
    return new RuledOffDays(
      versions.map((version, index) => ({
        from: version.from,
        until: versions[index + 1]?.from ?? LATEST,
        weekdays: wordsOfWeekdays(weekdaysOff(version)),
        dates: wordsOfDates(datesOff(version.daysOff, holidays)),
      })),
    );
  }

  word(index: number): number {
    if (!this.#any) {
      return 0;
    }
    if (index !== this.#lastIndex) {
      this.#lastIndex = index;
      this.#lastWord = this.#makeWord(index);
    }
    return this.#lastWord;
  }

  #makeWord(index: number): number {
    const start = index * WORD;
    let bits = 0;
    for (const { from, until, weekdays, dates } of this.#versions) {
      if (from < start + WORD && until > start) {
        bits |= bitsWithin(index, from, until - 1) & ((weekdays[weekday(start)] as number) | (dates.get(index) ?? 0));
      }
    }
    return bits;
  }

  override countNeeded(first: Day, last: Day): number {
    return this.#any ? super.countNeeded(first, last) : last - first + 1;
  }

  nextNeeded(first: Day, last: Day): Day | undefined {
    for (let index = wordOf(first); index <= wordOf(last); index++) {
      const needed = ~this.word(index) & bitsWithin(index, first, last);
      if (needed !== 0) {
        return index * WORD + lowestBit(needed);
      }
    }
    return undefined;
  }

  endOfRulesOn(day: Day): Day {
    return this.#versionOn(day).until;
  }

  asOf(day: Day): OffDays {
    const version = this.#versionOn(day);
    return version.until === LATEST
      ? this
      : new RuledOffDays([...this.#versions.filter(({ from }) => from < version.from), { ...version, until: LATEST }]);
  }

  #versionOn(day: Day): OffVersion {
    return this.#versions.findLast(({ from }) => from <= day) as OffVersion;
  }
}

/**
 * The days off of a user with exempt days: beside those of the rules, the exempt days that are not done. Days are
 * exempt by pauses, amnesties, journeys and repairs.
 */
export class ExemptOffDays extends OffDays {
  readonly #ruled: OffDays;
  readonly #exempt: ExemptWords;
  readonly #done: DoneDays;

  /** @param ruled the days off by the rules alone */
  constructor(ruled: OffDays, exempt: ExemptWords, done: DoneDays) {
    super();
    this.#ruled = ruled;
    this.#exempt = exempt;
    this.#done = done;
  }

  word(index: number): number {
    return this.#ruled.word(index) | (this.#exempt.word(index) & ~this.#done.word(index));
  }

  /** Passes over exempt days at once: a pause may have no end. */
  nextNeeded(first: Day, last: Day): Day | undefined {
    for (let from = first; from <= last; ) {
      const day = this.#ruled.nextNeeded(from, last);
      if (day === undefined || !this.has(day)) {
        return day;
      }
      const after = (this.#exempt.lastInARow(day) ?? day) + 1;
      from = Math.min(after, this.#done.nextFrom(day) ?? after);
    }
    return undefined;
  }

  endOfRulesOn(day: Day): Day {
    return this.#ruled.endOfRulesOn(day);
  }

  asOf(day: Day): OffDays {
    return new ExemptOffDays(this.#ruled.asOf(day), this.#exempt, this.#done);
  }
}

/** The days that a version makes off. */
interface OffVersion {
  readonly from: Day;
  /** The day before which it ends. */
  readonly until: Day;
  /** The words of the weekdays that are off: one for each weekday that a word can begin with. */
  readonly weekdays: readonly number[];
  /** The words of the dates that are off, by their index. */
  readonly dates: ReadonlyMap<number, number>;
}

function weekdaysOff({ cadence, daysOff }: RulesVersion): readonly Weekday[] {
  const others = cadence.kind === "weekdays" ? EVERY_WEEKDAY.filter((day) => !cadence.weekdays.includes(day)) : [];
  return [...others, ...daysOff.weekdays];
}

/** Returns the dates that are off, those of the named lists among them. A date may be there twice. */
export function datesOff({ dates, holidays: names }: DaysOff, holidays: readonly HolidayList[]): readonly Day[] {
  return [...dates, ...holidays.filter(({ name }) => names.includes(name)).flatMap((list) => list.dates)];
}

function wordsOfWeekdays(weekdays: readonly Weekday[]): readonly number[] {
  return EVERY_WEEKDAY.map((start) => {
    let bits = 0;
    for (let bit = 0; bit < WORD; bit++) {
      bits |= weekdays.includes((start + bit) % EVERY_WEEKDAY.length) ? 1 << bit : 0;
    }
    return bits;
  });
}

function wordsOfDates(dates: readonly Day[]): ReadonlyMap<number, number> {
  const words = new Map<number, number>();
  for (const day of dates) {
    words.set(wordOf(day), (words.get(wordOf(day)) ?? 0) | (1 << bitOf(day)));
  }
  return words;
}
