import type { Day } from "../../day.ts";
import type { Pace, RulesCalendar } from "../calendar/calendar.ts";
import type { DoneDays } from "../days/done-days.ts";
import { PlacedDays } from "./placed-days.ts";
import type { RunCounter } from "./run-counter.ts";

/** The window at whose end a run ends if nothing more is done. */
export interface OpenWindow {
  readonly first: Day;
  readonly last: Day;
  /** How many done days it has. */
  readonly done: number;
}

/** The days to walk over. */
interface Span {
  readonly first: Day;
  readonly last: Day;
  /** The last of them that is over; before `first` when none is. */
  readonly lastOver: Day;
}

/**
 * Walks over days that have to keep every window: any `of` days in a row that are neither off nor paused have at least
 * `days` done days in them and between them. A window that is not kept ends the run when it is over, and the next run
 * begins after the first day of that window. A run that goes on from before is asked only for windows in these days.
 *
 * A paused day is not among the `of` days even if it is done. Otherwise it would take the place of another day, and a
 * window might lose done days off at its end: then one more done day could end a run.
 *
 * It is enough to look at the window that begins the run, and at those that begin just behind a done day. Any other
 * window has at least as many done days as the next of these.
 *
 * @returns the window that would end the run that is open at the end; undefined when no run is open, or when that
 *   window never ends, because a pause has no end
 */
export function walkWindows(
  { days: needed, of }: Extract<Pace, { readonly per: "window" }>,
  { first, last, lastOver }: Span,
  { offDays, passedDays }: RulesCalendar,
  done: DoneDays,
  runs: RunCounter,
): OpenWindow | undefined {
  // Windows are told by places, done days by their indexes in `placed`.
  const placed = new PlacedDays(done, offDays, passedDays, first, last);
  const lastOverPlace = lastOver < first ? 0 : passedDays.countNeeded(first, lastOver);
  const lastPlace = lastOverPlace + passedDays.countNeeded(Math.max(first, lastOver + 1), last);
  let firstCounted = runs.isOpen ? 0 : placed.neededFrom(0);
  let windowFirst = runs.isOpen ? 1 : placed.firstPlaceFrom(firstCounted);
  let behindWindow = 0;
  while (runs.isOpen || firstCounted < placed.length) {
    let firstIn = placed.firstFrom(windowFirst, firstCounted);
    let windowLast = windowFirst + of - 1;
    while (placed.isUpTo(firstIn + needed - 1, windowLast)) {
      // If `of` days of the window are done, windows that begin up to `of - needed` done days later still have `needed` of
      // them, and need not be looked at.
      firstIn += placed.isUpTo(firstIn + of - 1, windowLast) ? of - needed : 0;
      windowFirst = placed.placeOf(firstIn) + 1;
      windowLast = windowFirst + of - 1;
      firstIn = placed.firstFrom(windowFirst, firstIn + 1);
    }
    if (windowLast > lastOverPlace) {
      placed.count(runs, firstCounted, placed.length);
      const [firstDay, lastDay] = [placed.dayAt(windowFirst, lastPlace), placed.dayAt(windowLast, lastPlace)];
      return firstDay === undefined || lastDay === undefined
        ? undefined
        : { first: firstDay, last: lastDay, done: placed.length - firstIn };
    }
    behindWindow = placed.firstAfter(windowLast, Math.max(behindWindow, firstIn));
    placed.count(runs, firstCounted, behindWindow);
    runs.end(runs.asksForEnds ? (placed.dayAt(windowLast, lastPlace) as Day) : last);
    firstCounted = placed.neededFrom(placed.firstAfter(windowFirst, firstIn));
    windowFirst = placed.firstPlaceFrom(firstCounted);
  }
  return undefined;
}
