import { type Day, dayOf, isoOf } from "./calendar.ts";
import { doneFrom, type History, type Period, periodAt, withRepairs } from "./history.ts";
import { isInReach, type NaiveRepair } from "./repairs.ts";
import { longestAlive, type Walk, walkTo } from "./runs.ts";

/** The repair that can be made today. */
export interface NaiveRepairOffer {
  currentAfter: number;
  lastDate: string;
  price: "none" | "freeze" | "days";
  canBePaid: boolean;
  /** Absent when the price is not in days. */
  daysMissing?: number;
}

/**
 * The repair that can be made today. Undefined when none can be made.
 *
 * @param history what is known today: without days and repairs after it
 * @param repairs all repairs of the streak, also those of days after today
 */
export function repairOffer(
  history: History,
  walk: Walk,
  today: Day,
  repairs: readonly NaiveRepair[],
): NaiveRepairOffer | undefined {
  const rules = (history.periods[periodAt(history, today)] as Period).rules.repairs;
  if (rules === undefined) {
    return undefined;
  }
  const { withinDays, onceInDays = 1, price } = rules;
  const isTooSoon = repairs.some(({ on }) => today - dayOf(on) < onceInDays);
  const [first] = walk.ended.filter(({ on }) => isInReach(on, today, withinDays));
  if (isTooSoon || first === undefined) {
    return undefined;
  }
  const repair: NaiveRepair = { on: isoOf(today), withinDays, takesFreeze: price.kind === "freeze" };
  const after = walkTo(withRepairs(history, [...history.repairs, repair]), today);
  const daysMissing = price.kind === "days" ? Math.max(0, price.days - doneFrom(history, first.on + 1, today)) : 0;
  return {
    currentAfter: longestAlive(after.runs)?.count ?? 0,
    lastDate: isoOf(first.on + withinDays),
    price: price.kind,
    canBePaid: price.kind === "freeze" ? walk.hasFreezeBefore : daysMissing === 0,
    ...(price.kind === "days" && { daysMissing }),
  };
}
