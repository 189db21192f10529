import { type Day, dayOf, daysFrom, isoOf } from "./calendar.ts";
import {
  type Freeze,
  grantedIn,
  isOptedOut,
  notExpired,
  type Stock,
  takeOne,
  withFreezes,
  withMaxEarned,
} from "./freezes.ts";
import {
  doneFrom,
  type History,
  isOff,
  isSkipped,
  neededFrom,
  type Period,
  periodAt,
  unitOf,
  windowOf,
  windowTo,
} from "./history.ts";
import { isInReach, type NaiveRepair } from "./repairs.ts";

export type Outcome = "kept" | "started" | "missed" | "excused" | "frozen" | "repaired" | "off" | "between" | "open";

/** What became of a period, seen from a run. */
export interface Told {
  outcome: Outcome;
  counted: number;
  /** When it is `started`, the day on which the run begins. */
  from?: Day;
}

/** A run from where it begins up to where it ends or to today. */
export interface Run {
  /** The day on which it begins. For a week or month that is kept as a whole, the first day of the period. */
  begin: Day;
  count: number;
  isAlive: boolean;
  /** The index of its first period. */
  firstPeriod: number;
  /**
   * What became of its periods: from the first one on up to today or, when it has ended, to the last one that counts.
   */
  told: readonly Told[];
  /** The first day that its windows can have: where it begins, or where it was repaired. */
  windowsFrom: Day;
}

/** What there is at the end of a walk through the periods. */
export interface Walk {
  /** In the order of their beginnings: one for each day on which a run may begin, but for those that were joined. */
  runs: readonly Run[];
  /** The freezes that are left. */
  stock: Stock;
  /** The runs that were shown, have ended, and are not joined, in the order in which they have ended. */
  ended: readonly Ended[];
  /** Whether there is a freeze with which a repair of the last day can be paid. */
  hasFreezeBefore: boolean;
}

/** A run that was shown up to its end. */
export interface Ended {
  run: Run;
  /** The last day of the missed period that has ended it. */
  on: Day;
}

/** A run while it is followed. */
interface FollowedRun extends Run {
  told: Told[];
  /** How many of its periods lie before the last repair that has joined anything; 0 without such a repair. */
  repairedPeriods: number;
  /** How many of its periods lie before the last day on which a repair was made. */
  periodsBeforeRepair: number;
  /** The done days off, and the covered periods that lengthen a run, that count as soon as the run goes on. */
  waiting: Told[];
  /** Whether its last gap has an excused miss. */
  hasExcused: boolean;
  /** The freezes that its last gap took. */
  taken: Freeze[];
  /** How many periods are counted towards the next freeze. */
  towardsNext: number;
}

/** Goes through all periods up to this day, and follows the run from each day on which one may begin. */
export function walkTo(history: History, today: Day): Walk {
  let runs: FollowedRun[] = [];
  let stock: Stock = { granted: [], earned: 0 };
  let ended: Ended[] = [];
  let hasFreezeBefore = false;
  /** That of the latest rules that have one. */
  let maxEarned = Number.POSITIVE_INFINITY;

  /** Follows all runs through the period, gives back what those that end in it have taken, and begins new ones. */
  function follow(period: Period): void {
    for (const run of runs.filter(({ isAlive }) => isAlive)) {
      followPeriod(history, run, period, today);
      if (!run.isAlive) {
        stock = withMaxEarned(withFreezes(stock, run.taken), maxEarned);
      }
    }
    for (const begin of beginnings(history, period, today)) {
      const run = runFrom(history, begin);
      followPeriod(history, run, period, today);
      // Otherwise too little of the week or month is done to begin one.
      if (run.count === 1) {
        runs.push(run);
      }
    }
  }

  /**
   * The runs that have ended shortly before the repair become one with the run that has come up to its day. Whatever
   * there is to join, a new gap begins.
   */
  function repair({ on, withinDays, takesFreeze = false }: NaiveRepair, index: number): void {
    const parts = ended.filter((other) => isInReach(other.on, dayOf(on), withinDays)).map(({ run }) => run);
    const shown = longestAlive(runs);
    if (parts.length > 0) {
      ended = ended.filter(({ run }) => !parts.includes(run));
      stock = takesFreeze ? (takeOne(stock)?.left ?? stock) : stock;
      const all = [...parts, ...(shown === undefined ? [] : [shown])];
      runs = [joined(history, all, shown, index), ...runs.filter((run) => !all.includes(run))];
      runs.sort((one, other) => one.begin - other.begin);
    }
    const repaired = longestAlive(runs);
    if (repaired !== undefined) {
      repaired.hasExcused = false;
      repaired.taken = [];
      repaired.windowsFrom = dayOf(on);
      repaired.periodsBeforeRepair = repaired.told.length;
      // A run that has begun in an excused week before is given up, as if it had never begun.
      runs = runs.filter((run) => run === repaired || !run.isAlive);
    }
  }

  /**
   * Follows all runs through the period. If the run that is shown then has kept it, or started in it, this is counted.
   */
  function followAndEarn(period: Period): void {
    const earned = period.rules.freezes?.earned;
    if (earned === undefined) {
      follow(period);
      return;
    }
    const counts = new Map(runs.map((run) => [run, run.count]));
    follow(period);
    const shown = longestAlive(runs);
    if (shown === undefined || shown.count === counts.get(shown) || stock.earned >= earned.max) {
      return;
    }
    shown.towardsNext++;
    if (shown.towardsNext === earned.every) {
      shown.towardsNext = 0;
      stock = withFreezes(stock, ["earned"]);
    }
  }

  let everyBefore: number | undefined;
  for (const [index, period] of history.periods.entries()) {
    if (period.first > today) {
      break;
    }
    const { freezes } = period.rules;
    const { earned, maxInARow = Number.POSITIVE_INFINITY, lengthenRun = false } = freezes ?? {};
    const last = Math.min(period.last, today);

    // The rules of the period hold from its first day on.
    maxEarned = earned?.max ?? maxEarned;
    stock = withMaxEarned(stock, maxEarned);
    const before = longestAlive(runs);
    if (before !== undefined && (earned?.every !== everyBefore || stock.earned === earned?.max)) {
      before.towardsNext = 0;
    }
    everyBefore = earned?.every;

    /** The last day whose freezes have come. */
    let known = period.first - 1;
    const comeUpTo = (day: Day): void => {
      stock = withFreezes(stock, freezes === undefined ? [] : grantedIn(history.grants, known + 1, day));
      known = day;
    };

    // 0. What was repaired on a day of the period is repaired before the period is judged.
    for (const made of repairsIn(history, period, last)) {
      comeUpTo(dayOf(made.on) - 1);
      stock = notExpired(stock, dayOf(made.on) - 1);
      repair(made, index);
    }
    if (last === today) {
      const coming = freezes === undefined ? [] : grantedIn(history.grants, known + 1, today - 1);
      const { granted, earned } = notExpired(withFreezes(stock, coming), today - 1);
      hasFreezeBefore = granted.length + earned > 0;
    }
    const shown = longestAlive(runs);
    const isFatal = shown !== undefined && isMissed(history, period, today) && !isExcused(shown, period);

    // 1. Freezes come.
    comeUpTo(last);
    if (!isFatal) {
      followAndEarn(period);
    }

    // 2. Freezes expire.
    stock = notExpired(stock, last);

    // 3. A miss is covered, or ends the run.
    if (isFatal) {
      const taking = takeOne(stock);
      const isAllowed = freezes !== undefined && !isOptedOut(history.optOuts, last) && shown.taken.length < maxInARow;
      if (isAllowed && taking !== undefined) {
        stock = taking.left;
        cover(shown, taking.freeze, lengthenRun);
        // A run that has begun in an excused week is given up, as if it had never begun.
        runs = runs.filter((run) => run === shown || !run.isAlive);
      } else {
        followAndEarn(period);
      }
    }
    if (shown?.isAlive === false) {
      ended.push({ run: shown, on: period.last });
    }
  }
  return { runs, stock, ended, hasFreezeBefore };
}

/** The repairs of the period up to a day, in order; of several on a day, the first that was made. */
function repairsIn(history: History, period: Period, last: Day): NaiveRepair[] {
  const days = daysFrom(period.first, last).filter((day) => history.repairDays.has(day));
  return days.flatMap((day) => history.repairs.find(({ on }) => on === isoOf(day)) ?? []);
}

/** Several runs as one. What was missed between them is repaired. */
function joined(history: History, runs: readonly Run[], alive: FollowedRun | undefined, index: number): FollowedRun {
  const [first] = runs as [Run];
  const told = history.periods.slice(first.firstPeriod, index).map((period, distance): Told => {
    const at = first.firstPeriod + distance;
    const known = runs
      .map((run) => run.told[at - run.firstPeriod])
      .findLast((told) => told !== undefined && told.outcome !== "missed");
    return known ?? { outcome: isSkipped(history, period) ? "off" : "repaired", counted: 0 };
  });
  return {
    begin: first.begin,
    // A day that counts for two of them counts once.
    count: told.reduce((sum, { counted }) => sum + counted, 0),
    isAlive: true,
    firstPeriod: first.firstPeriod,
    told,
    repairedPeriods: told.length,
    periodsBeforeRepair: told.length,
    waiting: alive?.waiting ?? [],
    windowsFrom: first.begin,
    hasExcused: false,
    taken: [],
    towardsNext: alive?.towardsNext ?? 0,
  };
}

/** The run that is alive and counts the most; the earliest of these. Undefined when none is alive. */
export function longestAlive<R extends Run>(runs: readonly R[]): R | undefined {
  let longest: R | undefined;
  for (const run of runs) {
    if (run.isAlive && run.count > (longest?.count ?? 0)) {
      longest = run;
    }
  }
  return longest;
}

/** The days of the period, up to today, on which a run may begin, in order. */
function beginnings(history: History, period: Period, today: Day): Day[] {
  return daysFrom(period.first, Math.min(period.last, today)).filter((day) => {
    const isNeededAndDone = history.done.has(day) && !isOff(history, day);
    const isWholePeriod = unitOf(period) !== "day" && day === period.first && !isSkipped(history, period);
    return isNeededAndDone || isWholePeriod;
  });
}

function runFrom(history: History, begin: Day): FollowedRun {
  const firstPeriod = periodAt(history, begin);
  return {
    begin,
    count: 0,
    isAlive: true,
    firstPeriod,
    told: [],
    repairedPeriods: 0,
    periodsBeforeRepair: 0,
    windowsFrom: begin,
    waiting: [],
    hasExcused: false,
    taken: [],
    towardsNext: 0,
  };
}

/** Whether the period is over and a run that has come into it from before finds too little done. */
function isMissed(history: History, period: Period, today: Day): boolean {
  if (period.last >= today || isSkipped(history, period) || windowOf(period) !== undefined) {
    return false;
  }
  return doneFrom(history, period.first, period.last) < neededFrom(history, period, period.first);
}

/** Whether a miss of the period does not end the run, without a freeze. */
function isExcused(run: FollowedRun, { rules }: Period): boolean {
  return rules.neverMissTwice && !run.hasExcused;
}

function cover(run: FollowedRun, freeze: Freeze, lengthenRun: boolean): void {
  const told: Told = { outcome: "frozen", counted: 0 };
  run.told.push(told);
  run.taken.push(freeze);
  if (lengthenRun) {
    run.waiting.push(told);
  }
}

/** Follows a run through a period that no freeze covers. It has ended when it is not alive afterwards. */
function followPeriod(history: History, run: FollowedRun, period: Period, today: Day): void {
  if (unitOf(period) === "day") {
    followDay(history, run, period, today);
  } else {
    followWeekOrMonth(history, run, period, today);
  }
  if (!run.isAlive) {
    // A miss that ends the run comes after its end, and the gap before that too. Before the day of a repair, what
    // freezes have covered stays covered, and what was repaired stays repaired.
    const reach = run.told.findLastIndex(({ counted }) => counted === 1) + 1;
    run.told.length = Math.max(reach, run.periodsBeforeRepair);
    for (const [index, told] of run.told.entries()) {
      if (index >= reach && (told.outcome === "excused" || told.outcome === "between")) {
        told.outcome = index < run.repairedPeriods ? "repaired" : "missed";
      }
    }
  }
}

function followDay(history: History, run: FollowedRun, period: Period, today: Day): void {
  const day = period.first;
  const window = windowOf(period);
  const isDone = history.done.has(day);
  if (isOff(history, day)) {
    const dayOff: Told = { outcome: "off", counted: 0 };
    run.told.push(dayOff);
    if (isDone) {
      run.waiting.push(dayOff);
    }
    return;
  }
  if (isDone) {
    count(run, { outcome: "kept" });
  } else if (day >= today) {
    run.told.push({ outcome: "open", counted: 0 });
  } else if (window === undefined) {
    miss(run, period);
  } else {
    run.told.push({ outcome: "between", counted: 0 });
  }
  if (window !== undefined && day < today) {
    const first = windowTo(history, day, window.m, Math.max(run.windowsFrom, period.since));
    if (first !== undefined && doneFrom(history, first, day) < window.n) {
      run.isAlive = false;
    }
  }
}

function followWeekOrMonth(history: History, run: FollowedRun, period: Period, today: Day): void {
  const from = Math.max(run.begin, period.first);
  if (isSkipped(history, period)) {
    run.told.push({ outcome: "off", counted: 0 });
  } else if (doneFrom(history, from, period.last) >= neededFrom(history, period, from)) {
    count(run, from === period.first ? { outcome: "kept" } : { outcome: "started", from });
  } else if (period.last >= today) {
    run.told.push({ outcome: "open", counted: 0 });
  } else {
    miss(run, period);
  }
}

function count(run: FollowedRun, kept: { outcome: Outcome; from?: Day }): void {
  for (const told of run.waiting) {
    told.counted = 1;
  }
  run.count += run.waiting.length + 1;
  run.waiting = [];
  run.hasExcused = false;
  run.taken = [];
  run.told.push({ ...kept, counted: 1 });
}

function miss(run: FollowedRun, period: Period): void {
  run.isAlive = isExcused(run, period);
  run.hasExcused = true;
  run.told.push({ outcome: "excused", counted: 0 });
}
