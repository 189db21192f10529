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
  const { lastPlace } = placed;
  // The window with this last place is over.
  const lastOverPlace = through < lastDay || passedDays.has(lastDay) ? lastPlace : lastPlace - 1;
  // Nobody follows a run that ends with a window up to this place.
  const { followedFrom } = runs;
  const lastUnfollowed =
    followedFrom > through ? lastOverPlace : lastPlace - passedDays.countNeeded(Math.max(followedFrom, from), through);
  let firstCounted = 0;
  let windowFirst = 1;
  let afterWindow = 0;
  while (true) {
    if (!runs.isOpen) {
      // A run that counts no more than the best, and ends with its first window, leaves nothing if nobody follows it.
      const worthCounting = Math.min(needed, runs.best + 1);
      firstCounted = placed.firstWithWindow(firstCounted, worthCounting, of, lastUnfollowed);
      if (firstCounted === placed.length) {
        return undefined;
      }
      windowFirst = placed.firstPlaceFrom(firstCounted);
    }
    let firstIn = placed.firstFrom(windowFirst, firstCounted);
    if (placed.isUpTo(firstIn + needed - 1, windowFirst + of - 1)) {
      const before = placed.firstBeforeGap(firstIn, needed, of);
      windowFirst = placed.placeOf(before) + 1;
      firstIn = placed.firstFrom(windowFirst, before + 1);
    }
    const windowLast = windowFirst + of - 1;
    if (windowLast > lastOverPlace) {
      placed.count(runs, firstCounted, placed.length);
      const [first, last] = [placed.dayAt(windowFirst), placed.dayAt(windowLast)];
      return first === undefined || last === undefined ? undefined : { first, last, done: placed.length - firstIn };
    }
    afterWindow = placed.firstAfter(windowLast, Math.max(afterWindow, firstIn));
    if (windowLast <= lastUnfollowed && !runs.isOpen) {
      // Only the count of this run matters, so its days need not be looked up.
      runs.best = Math.max(runs.best, placed.endOfNeeded(firstCounted, afterWindow) - firstCounted);
    } else {
      placed.count(runs, firstCounted, afterWindow);
      runs.end(runs.asksForEnds ? (placed.dayAt(windowLast) as Day) : through);
    }
    firstCounted = placed.firstAfter(windowFirst, firstIn);
  }
}
