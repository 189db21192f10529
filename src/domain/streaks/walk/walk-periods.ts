import type { Day } from "../../day.ts";
import type { RulesCalendar } from "../calendar/calendar.ts";
import type { WeekOrMonth } from "../calendar/pace.ts";
import { type Period, periodFrom, periodOn } from "../calendar/periods.ts";
import type { Phase } from "../calendar/phases.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { DaysToWalk } from "./days-to-walk.ts";
import { runBeginsOn } from "./run-begins.ts";
import type { RunCounter } from "./run-counter.ts";

/**
 * Walks over weeks or months. Each is kept, or missed when it is over, as a whole. In the middle of one that is not
 * kept, a run may begin. A period in which nothing is needed is skipped.
 *
 * @returns whether a run came into the period of the last day from before: then the whole period is asked for
 */
export function walkPeriods(
  phase: Phase,
  pace: WeekOrMonth,
  { from, through, lastDay }: DaysToWalk,
  calendar: RulesCalendar,
  doneDays: DoneDays,
  runs: RunCounter,
): boolean {
  // To find out where a run begins takes longer than all else. If it ends with the next period and nobody follows it,
  // nothing remains of it: it counts 1.
  const leavesNothing = (next: Period) =>
    next.last < lastDay &&
    next.last <= through &&
    runs.best > 0 &&
    !phase.neverMissTwice &&
    !runs.followsRuns(next.first, next.last) &&
    doneDays.count(next.first, next.last) < calendar.neededFrom(next.first, next, pace);
  let cameIntoPeriod = false;
  let period = periodOn(from, phase);
  while (period.first <= through) {
    const { first, last } = period;
    const done = doneDays.count(first, last);
    const isOver = last < lastDay;
    cameIntoPeriod = !isOver && runs.isOpen;
    if (done === 0 && !runs.isOpen) {
      const next = doneDays.nextFrom(last + 1);
      if (next === undefined) {
        return false;
      }
      period = periodOn(next, phase);
      continue;
    }
    const needed = calendar.neededFrom(first, period, pace);
    if (needed === 0) {
      period = afterSkipped(last, through, phase, calendar);
      continue;
    }
    const next = periodFrom(last + 1, pace);
    if (done >= needed) {
      runs.keep(first, last, 1);
    } else {
      const isCovered = isOver && runs.isOpen && runs.miss(first, last, phase.neverMissTwice);
      const canBegin = done > 0 && !isCovered && !cameIntoPeriod;
      if (canBegin && !leavesNothing(next)) {
        const begins = runBeginsOn(calendar, doneDays, period, pace, 0);
        if (begins !== undefined) {
          runs.begin(begins, last);
        }
      }
    }
    period = next;
  }
  return cameIntoPeriod;
}

/**
 * Returns the period from which to go on after a skipped one: the next that is not skipped; without one up to
 * `through`, the period of `through`, or the one after the skipped one if that is later. Going on period by period
 * would be slow: pauses can be long.
 *
 * @param last the last day of the skipped period
 */
function afterSkipped(last: Day, through: Day, phase: Phase, { offDays }: RulesCalendar): Period {
  return periodOn(offDays.nextNeeded(last + 1, through) ?? Math.max(last + 1, through), phase);
}
