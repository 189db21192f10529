import type { Day } from "../day.ts";
import type { RepairPrice } from "../rules.ts";
import type { DoneDays } from "./days/done-days.ts";
import type { SettledDays } from "./late-events.ts";
import type { Repair } from "./ledger/repairs.ts";
import type { Present } from "./present.ts";
import type { StreakRules } from "./rules-for.ts";
import type { Join } from "./walk/ended-runs.ts";
import type { Standing } from "./walk/walk.ts";
import { walkOfUser } from "./walk-of-user.ts";

/** The repair that can be made on a day, if its price is paid. */
export interface RepairOffer {
  /** What `current` would be if it were made now. */
  readonly currentAfter: number;
  /** The last day on which the first of the runs to repair is in reach. */
  readonly lastDay: Day;
  readonly price: RepairPrice;
  /** Whether the price can be paid on the day. */
  readonly canBePaid: boolean;
  /** How many days must still be done; absent where the price is not days. */
  readonly daysMissing?: number;
}

/** Why a repair can't be made on a day. */
export type RepairRefusal =
  /** A cumulative streak has no runs that end. */
  | { readonly refused: "cumulative" }
  /** The rules of the day have no repairs. */
  | { readonly refused: "noRules" }
  /** No run is left to repair that has ended on one of the last `withinDays` days. */
  | { readonly refused: "nothingEnded"; readonly withinDays: number }
  /** The streak was repaired today, and no other run can be repaired. */
  | { readonly refused: "repairedToday" }
  /** The repair before is too recent: the next one can be made on `until`. */
  | { readonly refused: "tooSoon"; readonly until: Day }
  /**
   * No freeze is left to pay the price. A freeze that is granted from yesterday on can pay it, if the rules of
   * yesterday have freezes: `canBeGranted`.
   */
  | { readonly refused: "noFreeze"; readonly canBeGranted: boolean }
  /** So many days must still be done. */
  | { readonly refused: "daysMissing"; readonly days: number };

/** What the entry of a new repair says. */
export type NewRepair = Pick<Repair, "withinDays" | "takesFreeze">;

/**
 * Returns what the entry of a repair says that is made today; or why no repair can be made.
 *
 * @param rules those of the user
 */
export function repairOn(settled: SettledDays, rules: StreakRules, present: Present): NewRepair | RepairRefusal {
  const { today } = present;
  if (rules.mode === "cumulative") {
    return { refused: "cumulative" };
  }
  const tried = repairToTry(rules, today);
  if (tried === undefined) {
    return { refused: "noRules" };
  }
  const { done, standing } = walkOfUser(rules, settled, present, today, { tried });
  const offer = repairOffer(rules, today, done, standing.ifRepaired);
  if ("refused" in offer) {
    return offer;
  }
  const { price, canBePaid, daysMissing: missing = 0 } = offer;
  if (!canBePaid) {
    return price.kind === "days"
      ? { refused: "daysMissing", days: missing }
      : { refused: "noFreeze", canBeGranted: rules.calendar.phaseOn(today - 1).freezes !== undefined };
  }
  const { withinDays } = tried;
  return price.kind === "freeze" ? { withinDays, takesFreeze: true } : { withinDays };
}

/**
 * Returns the repair that a walk tries, to find out what it would do today; undefined where the rules have no repairs.
 */
export function repairToTry({ calendar }: StreakRules, today: Day): Repair | undefined {
  const repairRules = calendar.phaseOn(today).repairs;
  return repairRules && { from: today, withinDays: repairRules.withinDays };
}

/**
 * Returns the repair that can be made today, whether or not its price can be paid; if there is none, the reason.
 *
 * @param done the done days up to today
 * @param ifRepaired what the repair would make, as a walk has found that tried it
 */
export function repairOffer(
  { calendar, repairs }: StreakRules,
  today: Day,
  done: DoneDays,
  ifRepaired: Standing | undefined,
):
  | RepairOffer
  | Extract<RepairRefusal, { readonly refused: "noRules" | "nothingEnded" | "repairedToday" | "tooSoon" }> {
  const repairRules = calendar.phaseOn(today).repairs;
  if (repairRules === undefined) {
    return { refused: "noRules" };
  }
  const { withinDays, onceInDays, price } = repairRules;
  const last = repairs?.at(-1)?.from ?? Number.NEGATIVE_INFINITY;
  const next = last + (onceInDays ?? 1);
  // Who travels west can come to a day before a repair.
  if (last > today) {
    return { refused: "tooSoon", until: next };
  }
  const join = ifRepaired?.endedRuns?.joins.at(-1);
  if (last === today && (join === undefined || onceInDays === undefined)) {
    return { refused: "repairedToday" };
  }
  if (ifRepaired === undefined || join === undefined) {
    return { refused: "nothingEnded", withinDays };
  }
  if (next > today) {
    return { refused: "tooSoon", until: next };
  }
  const firstEnd = (join.ended[0] as Join["ended"][number]).end;
  return {
    currentAfter: ifRepaired.run?.count ?? 0,
    lastDay: firstEnd + withinDays,
    price,
    ...paymentOf(price, join, done, firstEnd, today),
  };
}

function paymentOf(
  price: RepairPrice,
  { freezesLeft }: Join,
  done: DoneDays,
  firstEnd: Day,
  today: Day,
): Pick<RepairOffer, "canBePaid" | "daysMissing"> {
  switch (price.kind) {
    case "none":
      return { canBePaid: true };
    case "freeze":
      return { canBePaid: freezesLeft > 0 };
    case "days": {
      const daysMissing = Math.max(price.days - done.count(firstEnd + 1, today), 0);
      return { canBePaid: daysMissing === 0, daysMissing };
    }
  }
}
