import type { Day } from "../../day.ts";
import { LATEST } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { Repair, Repairs } from "../ledger/repairs.ts";
import { onlyPartOf, type RuledRun, type RunPart } from "./ruled-run.ts";

/** A run that has ended. */
export interface EndedRun extends RuledRun {
  /** The last day of the missed period that has ended it. */
  readonly end: Day;
}

/** What a repair has made one run. */
export interface Join {
  readonly repair: Repair;
  /** The runs that had ended, in order; at least one. */
  readonly ended: readonly EndedRun[];
  /** The first day of the period in which the repair was made. */
  readonly before: Day;
  /** How many freezes were there before the repair took one. */
  readonly freezesLeft: number;
}

/** How far back a repair reaches, together with all later ones. */
interface Reach {
  readonly repairedOn: Day;
  readonly since: Day;
}

/** The runs that have ended and can be repaired, while a walk goes from period to period, and what was repaired. */
export class EndedRuns {
  readonly joins: Join[] = [];
  readonly #done: DoneDays;
  readonly #reaches: readonly Reach[];
  /** The index of the first reach whose repair comes after the latest run that has ended. */
  #nextReach = 0;
  /** In the order in which they have ended. Those that were joined are in it no longer. */
  readonly #runs: EndedRun[] = [];
  /** How the last parts of runs begin that were repaired, by the first days of the runs. */
  readonly #openParts = new Map<Day, Pick<RunPart, "first" | "continues">>();

  /** @param repairs the repairs that were made, in order, then the repair that is tried, if any */
  constructor(done: DoneDays, repairs: Repairs) {
    this.#done = done;
    this.#reaches = reachesOf(repairs);
  }

  /**
   * Returns an independent copy, for the period of the last day. It takes no further runs: a run that ends in this
   * period can't be repaired in it.
   */
  fork(): EndedRuns {
    const fork = new EndedRuns(this.#done, []);
    fork.joins.push(...this.joins);
    fork.#runs.push(...this.#runs);
    for (const [first, part] of this.#openParts) {
      fork.#openParts.set(first, part);
    }
    return fork;
  }

  /** Adds a run that has ended, if a repair reaches it. */
  add({ first, last, count }: RuledRun, end: Day): void {
    if (this.reaches(end, end)) {
      this.#runs.push({ first, last, count, end });
    }
  }

  /**
   * Returns whether a repair may reach a run that ends from `first` to `last`. Runs that end before `first` can't be
   * asked about any more.
   */
  reaches(first: Day, last: Day): boolean {
    while ((this.#reaches[this.#nextReach]?.repairedOn ?? LATEST) <= first) {
      this.#nextReach++;
    }
    return (this.#reaches[this.#nextReach]?.since ?? LATEST) <= last;
  }

  /** Returns the runs that have ended on one of the last days before a day, and that are not joined. */
  within(days: number, before: Day): readonly EndedRun[] {
    // All of them have ended before this day.
    return this.#runs.slice(this.#runs.findLastIndex(({ end }) => end < before - days) + 1);
  }

  /**
   * Makes the runs that a repair reaches one, and with the run that is open, if one is.
   *
   * @param before the first day of the period in which the repair is made
   * @param open undefined when no run is open
   * @returns what the runs that have ended count together, beside the open one; undefined when there is none to repair
   */
  join(repair: Repair, before: Day, open: RuledRun | undefined, freezesLeft: number): RuledRun | undefined {
    const ended = this.within(repair.withinDays, repair.from);
    const [oldest, newest] = [ended[0], ended.at(-1)];
    if (oldest === undefined || newest === undefined) {
      return undefined;
    }
    this.#runs.length -= ended.length;
    const { first, continues } = open ? this.partOf(open) : { first: before, continues: true };
    this.joins.push({ repair, ended, before, freezesLeft });
    this.#openParts.set(oldest.first, { first, continues });
    return { first: oldest.first, last: newest.last, count: this.#countOf(ended, open) };
  }

  /**
   * Returns the last part of a run that is open, or that is ending.
   *
   * @param hidden whether `current` has never shown the run
   */
  partOf(run: RuledRun, hidden = false): RunPart {
    const part = this.#openParts.get(run.first);
    return part === undefined ? onlyPartOf(run, hidden) : { ...part, last: run.last, hidden };
  }

  /**
   * Returns what the ended runs count together. A day that also counts for the next run is counted once, for the next
   * run.
   */
  #countOf(ended: readonly EndedRun[], open: RuledRun | undefined): number {
    return ended.reduce((sum, { last, count }, index) => {
      const next = ended[index + 1] ?? open;
      const isShared = next !== undefined && next.first <= last;
      return sum + count - (isShared ? this.#done.count(next.first, Math.min(last, next.last)) : 0);
    }, 0);
  }
}

function reachesOf(repairs: Repairs): readonly Reach[] {
  let since = LATEST;
  const fromTheEnd = repairs.toReversed().map(({ from, withinDays }): Reach => {
    since = Math.min(since, from - withinDays);
    return { repairedOn: from, since };
  });
  return fromTheEnd.reverse();
}
