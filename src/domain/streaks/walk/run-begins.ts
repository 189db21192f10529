import type { Day } from "../../day.ts";
import type { RulesCalendar } from "../calendar/calendar.ts";
import type { WeekOrMonth } from "../calendar/pace.ts";
import type { Period } from "../calendar/periods.ts";
import { bitsFrom, countBits, lowestBit } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";

/**
 * Returns the day on which a run begins in a week or month that is not kept as a whole: the earliest done day that is
 * not off and from which as many days are done as are needed from it on; undefined when there is none.
 *
 * @param daysLeft how many more days are taken for done: 0, or those that are left to see whether a run can begin
 */
export function runBeginsOn(
  calendar: RulesCalendar,
  done: DoneDays,
  period: Period,
  pace: WeekOrMonth,
  daysLeft: number,
): Day | undefined {
  const { first, last } = period;
  const days = bitsFrom(done, first, last);
  let doneFrom = countBits(days);
  for (let rest = days; rest !== 0; rest &= rest - 1) {
    const day = first + lowestBit(rest);
    if (!calendar.offDays.has(day) && doneFrom + daysLeft >= calendar.neededFrom(day, period, pace)) {
      return day;
    }
    doneFrom--;
  }
  return undefined;
}
