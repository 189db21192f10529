import type { Day } from "../../day.ts";
import type { RulesCalendar } from "../calendar/calendar.ts";
import type { Pace } from "../calendar/pace.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { DaysToWalk } from "./days-to-walk.ts";
import { PlacedDays } from "./placed-days.ts";
import type { RunCounter } from "./run-counter.ts";

/** The window at whose end a run ends if nothing more is done. */
export interface OpenWindow {
  readonly first: Day;
  readonly last: Day;
  /** How many done days it has. */
  readonly done: number;
}

/**
 * Walks over days that have to keep every window: any `of` days in a row that are neither off nor exempt have at least
 * `days` done days in them and between them. A window that is not kept ends the run when it is over, and the next run
 * begins after the first day of that window. A run that goes on from before is asked only for windows in these days.
 *
 * An exempt day is not among the `of` days even if it is done. Otherwise it would take the place of another day, and a
 * window might lose done days off at its end: then one more done day could end a run.
 *
 * It is enough to look at the window that begins the run, and at those that begin just after a done day. Any other
 * window has at least as many done days as the next of these.
 *
 * @returns the window that would end the run that is open at the end; undefined when no run is open, or when that
 *   window never ends, because a pause has no end
 */
export function walkWindows(
  { days: needed, of }: Extract<Pace, { readonly per: "window" }>,
  { from, through, lastDay }: DaysToWalk,
  { offDays, passedDays }: RulesCalendar,
  done: DoneDays,
  runs: RunCounter,
): OpenWindow | undefined {
  // Windows are told by places, done days by their indexes in `placed`.
  const placed = new PlacedDays(done, offDays, passedDays, from, through);
  const lastOver = Math.min(through, lastDay - 1);
  const lastOverPlace = lastOver < from ? 0 : passedDays.countNeeded(from, lastOver);
  const lastPlace = lastOverPlace + passedDays.countNeeded(Math.max(from, lastOver + 1), through);
  let firstCounted = runs.isOpen ? 0 : placed.neededFrom(0);
  let windowFirst = runs.isOpen ? 1 : placed.firstPlaceFrom(firstCounted);
  let afterWindow = 0;
  while (runs.isOpen || firstCounted < placed.length) {
    let firstIn = placed.firstFrom(windowFirst, firstCounted);
    let windowLast = windowFirst + of - 1;
    while (placed.isUpTo(firstIn + needed - 1, windowLast)) {
      // If `of` days of the window are done, windows that begin up to `of - needed` done days later still have `needed`
      // of them, and need not be looked at.
      firstIn += placed.isUpTo(firstIn + of - 1, windowLast) ? of - needed : 0;
      windowFirst = placed.placeOf(firstIn) + 1;
      windowLast = windowFirst + of - 1;
      firstIn = placed.firstFrom(windowFirst, firstIn + 1);
    }
    if (windowLast > lastOverPlace) {
      placed.count(runs, firstCounted, placed.length);
      const [first, last] = [placed.dayAt(windowFirst, lastPlace), placed.dayAt(windowLast, lastPlace)];
      return first === undefined || last === undefined ? undefined : { first, last, done: placed.length - firstIn };
    }
    afterWindow = placed.firstAfter(windowLast, Math.max(afterWindow, firstIn));
    placed.count(runs, firstCounted, afterWindow);
    runs.end(runs.asksForEnds ? (placed.dayAt(windowLast, lastPlace) as Day) : through);
    firstCounted = placed.neededFrom(placed.firstAfter(windowFirst, firstIn));
    windowFirst = placed.firstPlaceFrom(firstCounted);
  }
  return undefined;
}
