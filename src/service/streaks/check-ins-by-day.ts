import type { Day } from "../../domain/day.ts";
import type { DayStatus } from "../../domain/streaks/outcomes.ts";
import type { CheckIn } from "../../store/users.ts";

/** Returns the event that has done a day with this status; undefined when there is none. */
export type CheckInOf = (day: Day, status: DayStatus) => CheckIn | undefined;

/**
 * Finds the events that have done days.
 *
 * @param checkIns in the order of their days; of several on one day, those that count first come first
 */
export function checkInsByDay(checkIns: readonly CheckIn[]): CheckInOf {
  const [inTime, late] = [new Map<Day, CheckIn>(), new Map<Day, CheckIn>()];
  for (const checkIn of checkIns) {
    const ofKind = checkIn.late ? late : inTime;
    ofKind.set(checkIn.day, ofKind.get(checkIn.day) ?? checkIn);
  }
  return (day, status) => {
    switch (status) {
      case "done": // also by late events that did not fill the day before
        return inTime.get(day) ?? late.get(day);
      case "late":
        return late.get(day + 1);
      default:
        return undefined;
    }
  };
}
