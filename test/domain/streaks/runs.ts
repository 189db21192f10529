import { type Day, daysFrom } from "./calendar.ts";
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

export type Outcome = "kept" | "started" | "missed" | "excused" | "frozen" | "off" | "between" | "open";

/** What became of a period, seen from a run. */
export interface Told {
  outcome: Outcome;
  counted: number;
}

/** A run from where it begins up to where it ends or to today. */
export interface Run {
  /** The day on which it begins. For a week or month that is kept as a whole, the first day of the period. */
  begin: Day;
  count: number;
  isAlive: boolean;
  /** The index of its first period. */
  firstPeriod: number;
  /** What became of its periods: from the first one on up to today or, when it has ended, to the last one that counts. */
  told: readonly Told[];
}

/** What there is at the end of a walk through the periods. */
export interface Walk {
  /** In the order of their beginnings: one for each day on which a run may begin. */
  runs: readonly Run[];
  /** The freezes that are left. */
  stock: Stock;
}

/** A run while it is followed. */
interface FollowedRun extends Run {
  told: Told[];
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

  /** Follows all runs through the period, gives back what those that end in it have taken, and begins new ones. */
  function follow(period: Period): void {
    for (const run of runs.filter(({ isAlive }) => isAlive)) {
      followPeriod(history, run, period, today);
      if (!run.isAlive) {
        stock = withMaxEarned(withFreezes(stock, run.taken), period.rules);
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

  /** Follows all runs through the period. If the run that is shown then has kept it, or started in it, this is counted. */
  function followAndEarn(period: Period): void {
    const counts = new Map(runs.map((run) => [run, run.count]));
    follow(period);
    const shown = longestAlive(runs);
    const earned = period.rules.freezes?.earned;
    if (
      shown === undefined ||
      shown.count === counts.get(shown) ||
      earned === undefined ||
      stock.earned >= earned.max
    ) {
      return;
    }
    shown.towardsNext++;
    if (shown.towardsNext === earned.every) {
      shown.towardsNext = 0;
      stock = withFreezes(stock, ["earned"]);
    }
  }

  let everyBefore: number | undefined;
  for (const period of history.periods) {
    if (period.first > today) {
      break;
    }
    const { freezes } = period.rules;
    const { earned, maxInARow = Number.POSITIVE_INFINITY, lengthenRun = false } = freezes ?? {};
    const last = Math.min(period.last, today);
    const shown = longestAlive(runs);
    const isFatal = shown !== undefined && isMissed(history, period, today) && !isExcused(shown, period);

    stock = withMaxEarned(stock, period.rules);
    if (shown !== undefined && (earned?.every !== everyBefore || stock.earned === earned?.max)) {
      shown.towardsNext = 0;
    }
    everyBefore = earned?.every;

    // 1. Freezes come.
    stock = withFreezes(stock, freezes === undefined ? [] : grantedIn(history.grants, period.first, last));
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
  }
  return { runs, stock };
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
    // A miss that ends the run lies behind its end, and the gap before that too.
    run.told.length = run.told.findLastIndex(({ counted }) => counted === 1) + 1;
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
    count(run, "kept");
  } else if (day >= today) {
    run.told.push({ outcome: "open", counted: 0 });
  } else if (window === undefined) {
    miss(run, period);
  } else {
    run.told.push({ outcome: "between", counted: 0 });
  }
  if (window !== undefined && day < today) {
    const first = windowTo(history, day, window.m, Math.max(run.begin, period.since));
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
    count(run, from === period.first ? "kept" : "started");
  } else if (period.last >= today) {
    run.told.push({ outcome: "open", counted: 0 });
  } else {
    miss(run, period);
  }
}

function count(run: FollowedRun, outcome: Outcome): void {
  for (const told of run.waiting) {
    told.counted = 1;
  }
  run.count += run.waiting.length + 1;
  run.waiting = [];
  run.hasExcused = false;
  run.taken = [];
  run.told.push({ outcome, counted: 1 });
}

function miss(run: FollowedRun, period: Period): void {
  run.isAlive = isExcused(run, period);
  run.hasExcused = true;
  run.told.push({ outcome: "excused", counted: 0 });
}
