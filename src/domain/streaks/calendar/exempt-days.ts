import type { Day } from "../../day.ts";
import { bitsWithin, LATEST, WORD } from "../days/bits.ts";

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

/** Days on which nothing is asked of a user, with the decisions that say so. */
export class ExemptDays<Decision> {
  /** All of them, united: in order, each with a day before it that is not exempt. */
  readonly united: readonly DaysInARow[];
  /** In the order in which they were made. */
  readonly #exemptions: readonly Exemption<Decision>[];

  /** @param exemptions each of one day at least, in the order in which they were made */
  constructor(exemptions: readonly Exemption<Decision>[]) {
    this.#exemptions = exemptions;
    this.united = unite(exemptions);
  }

  /** Returns the days of both. */
  with<Other>(others: ExemptDays<Other>): ExemptDays<Decision | Other> {
    return new ExemptDays<Decision | Other>([...this.#exemptions, ...others.#exemptions]);
  }

  /** Returns the united days that have a day among them. */
  on(day: Day): DaysInARow | undefined {
    const days = this.united[this.#indexFrom(day)];
    return days !== undefined && days.from <= day ? days : undefined;
  }

  /** Returns the decision that exempts a day; the one that was made first, if there are several. */
  decisionOn(day: Day): Decision | undefined {
    return this.#exemptions.find(({ from, to }) => from <= day && day <= to)?.decision;
  }

  /** Returns which of 32 days are exempt: see `bits.ts`. */
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
