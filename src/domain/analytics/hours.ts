import type { Day } from "../day.ts";
import { keysOf, type Scope } from "./keys.ts";
import type { Tallies } from "./tallies.ts";

/** Returns how many check-ins of some days happened in each of the 24 local hours of the day. */
export function hoursOf(tallies: Tallies, scope: Scope, from: Day, to: Day): readonly number[] {
  const hours = tallies.vector(keysOf(scope).hours);
  const checkIns = new Array<number>(24).fill(0);
  for (let day = from; day <= to; day++) {
    for (let hour = 0; hour < 24; hour++) {
      checkIns[hour] = (checkIns[hour] ?? 0) + hours.at(day * 24 + hour);
    }
  }
  return checkIns;
}
