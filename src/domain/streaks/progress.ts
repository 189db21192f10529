import type { Day } from "../day.ts";
import type { RulesCalendar } from "./calendar/calendar.ts";
import { isWeekOrMonth, type WeekOrMonth } from "./calendar/pace.ts";
import { periodOn } from "./calendar/periods.ts";
import type { Phase } from "./calendar/phases.ts";
import type { DoneDays } from "./days/done-days.ts";
import { runBeginsOn } from "./walk/run-begins.ts";
import type { Standing } from "./walk/walk.ts";

/** How far the current period of a streak is. */
export interface Progress {
  /**
   * The first day of the period. If no run has come into a week or month from before, the day of it on which a run
   * begins or can begin.
   */
  readonly firstDate: Day;
  /** Its last day: what is done later comes too late. */
  readonly lastDate: Day;
  /** How many days since `firstDate` are done. */
  readonly done: number;
  /** How many done days it needs; 0 where it is skipped. */
  readonly needed: number;
  /** How many days, from today to the end of the period, are not done. */
  readonly daysLeft: number;
  /** Whether `done` and `daysLeft` together can make `needed`. */
  readonly canBeMet: boolean;
}

/** Returns how far the period of today is. */
export function progressOf(calendar: RulesCalendar, done: DoneDays, today: Day, standing: Standing): Progress {
  const phase = calendar.phaseOn(today);
  if (isWeekOrMonth(phase.pace)) {
    return ofWeekOrMonth(calendar, done, today, phase, phase.pace, standing);
  }
  const { openWindow, run } = standing;
  if (phase.pace.per === "window" && openWindow !== undefined) {
    return progress(done, today, openWindow.first, openWindow.last, openWindow.done, phase.pace.days);
  }
  const neverEnds = phase.pace.per === "window" && run !== undefined; // no window will ever end it
  const needed = neverEnds || calendar.offDays.has(today) ? 0 : 1;
  return progress(done, today, today, today, done.has(today) ? 1 : 0, needed);
}

function ofWeekOrMonth(
  calendar: RulesCalendar,
  done: DoneDays,
  today: Day,
  phase: Phase,
  pace: WeekOrMonth,
  { run, cameIntoPeriod }: Standing,
): Progress {
  const period = periodOn(today, phase);
  const { first, last } = period;
  const from = (day: Day) =>
    progress(done, today, day, last, done.count(day, today), calendar.neededFrom(day, period, pace));
  if (cameIntoPeriod) {
    return from(first);
  }
  if (run !== undefined) {
    return from(run.first); // it has begun in this period
  }
  return from(runBeginsOn(calendar, done, period, pace, daysLeftOf(done, today, last)) ?? today);
}

/** Returns how many days from today to the last one are not done. */
function daysLeftOf(done: DoneDays, today: Day, last: Day): number {
  return last - today + 1 - (done.has(today) ? 1 : 0);
}

function progress(done: DoneDays, today: Day, firstDate: Day, lastDate: Day, count: number, needed: number): Progress {
  const daysLeft = daysLeftOf(done, today, lastDate);
  return { firstDate, lastDate, done: count, needed, daysLeft, canBeMet: count + daysLeft >= needed };
}
