import type { Day } from "../../day.ts";

/** A series of periods that the rules hold together. */
export interface RuledRun {
  /** Its first day that counts: for a week or month, the day from which it counts. */
  readonly first: Day;
  /** The last day of its last period that counts. */
  readonly last: Day;
  /** What it counts. */
  readonly count: number;
}

/** A part of a run that no repair divides. A run that was never repaired has one. */
export interface RunPart extends Pick<RuledRun, "first" | "last"> {
  /** Whether `first` is no beginning: a repair let a run go on from there that had ended. */
  readonly continues: boolean;
  /** Whether `current` has never shown it. */
  readonly hidden: boolean;
}

/** Returns the only part of a run that was never repaired. */
export function onlyPartOf({ first, last }: RuledRun, hidden = false): RunPart {
  return { first, last, continues: false, hidden };
}

/** Is told of runs that end. */
export interface EndObserver {
  /** Runs and covered periods that end before this day are not told: a history has many of them. */
  readonly from: Day;
  readonly onEnd: OnEnd;
}

/**
 * Is told of a run that ends. A run that began in an excused period, and is given up for the older one, is not told:
 * `current` has never shown it.
 *
 * @param run holds only during the call: another run takes its place then
 * @param part its last part, which may be kept
 */
export type OnEnd = (run: RuledRun, part: RunPart) => void;

/** Is told how the run grows that `current` shows, in the order of the days. */
export interface RunObserver {
  /**
   * The run counts more.
   *
   * @param run holds only during the call
   * @param before what it counts without what is kept: days off that waited are in it
   * @param first with `last`: the first and the last kept day, or a kept week or month, or the part of one that begins
   *   the run
   */
  grew(run: RuledRun, before: number, first: Day, last: Day): void;

  /**
   * A run that has ended goes on.
   *
   * @param run the whole of it; holds only during the call
   * @param open what was open before, with what waits; undefined when no run was open
   * @param day that of the repair
   */
  joined(run: RuledRun, open: Pick<RuledRun, "first" | "count"> | undefined, day: Day): void;

  /** It has ended with the end of a day. */
  ended(day: Day): void;
}
