import type { CheckIns } from "../domain/check-ins.ts";
import type { Day } from "../domain/day.ts";

/**
 * Returns the field `actions` of `CheckIns` for a sum of actions, to spread; nothing while no day has more than one.
 */
export function actionsInAll(beyondFirst: number): Pick<CheckIns, "actions"> {
  return beyondFirst > 0 ? { actions: { beyondFirst } } : {};
}

/** Returns the same for the number of actions of each day. Days with one action may be among them. */
export function actionsOfDays(counts: ReadonlyMap<Day, number>): Pick<CheckIns, "actions"> {
  const ofDays = new Map([...counts].filter(([, count]) => count > 1));
  const beyondFirst = ofDays.values().reduce((sum, count) => sum + count - 1, 0);
  return ofDays.size > 0 ? { actions: { beyondFirst, ofDays } } : {};
}
