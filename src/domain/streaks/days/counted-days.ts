import { actionsUpTo } from "../../actions.ts";
import type { ActionCounts } from "../../check-ins.ts";
import type { Day } from "../../day.ts";
import { EARLIEST } from "./bits.ts";
import type { DoneDays } from "./done-days.ts";

/** What a cumulative streak counts up to a day: each done day, and each action beyond the first of its day. */
export class CountedDays {
  /** What all days together count. */
  readonly total: number;
  readonly #done: DoneDays;
  /** The days that count more than 1, in order. */
  readonly #withMore: readonly DayWithMore[];

  /**
   * @param actions with the counts of each day; undefined where days alone count
   * @param through the last day that counts: later days are left out
   */
  constructor(days: DoneDays, actions: ActionCounts | undefined, through: Day) {
    this.#done = days.upTo(through);
    this.#withMore = actions === undefined ? [] : daysWithMore(actionsUpTo(actions, through).ofDays, this.#done);
    this.total = this.#done.total + (this.#withMore.at(-1)?.beyondFirst ?? 0);
  }

  /** Returns the first day for which all days up to it count at least `target`, which is at most `total`. */
  firstDayWith(target: number): Day {
    const next = this.#withMore.findIndex(({ place, beyondFirst }) => place + beyondFirst >= target);
    const before = next === -1 ? this.#withMore.at(-1) : this.#withMore[next - 1];
    const place = target - (before?.beyondFirst ?? 0);
    return this.#done.nthFrom(EARLIEST, Math.min(place, this.#withMore[next]?.place ?? place));
  }
}

/** A day that counts more than 1. */
interface DayWithMore {
  /** Which of the done days it is: 1 for the first. */
  readonly place: number;
  /** How many actions there are beyond the first of each day, up to this day. */
  readonly beyondFirst: number;
}

function daysWithMore(ofDays: ReadonlyMap<Day, number>, done: DoneDays): DayWithMore[] {
  let [place, beyondFirst] = [0, 0];
  let first = done.nextFrom(EARLIEST) ?? EARLIEST;
  return [...ofDays]
    .sort(([one], [other]) => one - other)
    .map(([day, count]) => {
      place += done.count(first, day);
      beyondFirst += count - 1;
      first = day + 1;
      return { place, beyondFirst };
    });
}
