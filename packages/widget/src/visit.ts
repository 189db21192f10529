import { store } from "../../web/src/environment.ts";
import { leftOf } from "./day.ts";
import type { Streak } from "./streak.ts";
import { warn } from "./warn.ts";

/** On a new day these tell that somebody is there: a page that is left open overnight is no visit by itself. */
const ACTIVITY_EVENTS = "focus pageshow pointerdown keydown".split(" ");

/** How long after a refusal a visit is tried again at the earliest, in milliseconds. */
const RETRY_MS = 60_000;

/**
 * How long a visit counts after which the end of today is not known, or past, in milliseconds: the state could not be read, or
 * the server's clock is late. It has the time when it was made. So this is long, and an outage brings few visits more.
 */
const AGAIN_MS = 10_000_000;

/**
 * Records a visit on each day of the user on which somebody sees the page: now, or when it comes into sight. So a page that is
 * prepared or opened in the background is no visit before it is looked at.
 */
export function recordVisits(streak: Streak, tz: string | undefined): void {
  const key = `streakd:visit:${streak.name}`;
  /** Until when no other visit counts, in epoch milliseconds. It is kept here as well, where nothing can be stored. */
  let until = 0;

  const endOfToday = () => Date.now() + leftOf(streak.latest(), tz);

  async function visit(): Promise<void> {
    const now = Date.now();
    if (document.hidden || now < until || now < Number(store((storage) => storage.getItem(key)))) {
      return;
    }
    until = Number.POSITIVE_INFINITY;
    try {
      const hides = new Promise((resolve) => document.addEventListener("visibilitychange", resolve));
      // The state before it tells which milestones it reaches. Who leaves meanwhile has been here all the same.
      await Promise.race([streak.refresh().catch(() => {}), hides]);
      const end = endOfToday();
      await streak.record();
      // Otherwise it was yesterday in its grace, and only after this a visit is one of today.
      until = streak.latest()?.streak.todayDone ? endOfToday() : end;
      until = until > now ? until : now + AGAIN_MS;
      store((storage) => storage.setItem(key, `${until}`));
    } catch (error) {
      // The refusal may end, but a click is no reason to ask at once.
      until = Date.now() + RETRY_MS;
      warn(error);
    }
  }

  document.addEventListener("visibilitychange", visit);
  for (const name of ACTIVITY_EVENTS) {
    addEventListener(name, visit);
  }
  visit();
}
