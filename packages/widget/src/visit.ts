import { bare, store } from "../../web/src/environment.ts";
import { localDay } from "./day.ts";
import type { Streak } from "./streak.ts";
import { warn } from "./warn.ts";

/** After midnight these tell that somebody is there: a page that is left open overnight is no visit by itself. */
const ACTIVITY_EVENTS = ["focus", "pageshow", "pointerdown", "keydown"];

/** How long after a refusal a visit is tried again at the earliest, in milliseconds. */
const RETRY_MS = 60_000;

/**
 * Records a visit on each local day on which somebody sees the page: now, or when it comes into sight. So a page that is
 * prepared or opened in the background is no visit before it is looked at.
 */
export function recordVisits(streak: Streak, tz: string | undefined): void {
  const key = `streakd:visit:${streak.name}`;
  /** Counts where nothing can be kept. */
  let last: string | undefined;

  async function visit(): Promise<void> {
    const today = localDay(tz);
    if (document.hidden || today === last || today === store((storage) => storage.getItem(key))) {
      return;
    }
    last = today;
    try {
      // The state before it tells which milestones it reaches. Who leaves meanwhile has been here all the same.
      await Promise.race([streak.refresh().catch(() => {}), visibilityChanges()]);
      await streak.record();
      store((storage) => storage.setItem(key, today));
    } catch (error) {
      // The refusal may end, but a click is no reason to ask at once.
      setTimeout(() => {
        last = undefined;
      }, RETRY_MS);
      warn(error);
    }
  }

  document.addEventListener("visibilitychange", visit);
  for (const name of ACTIVITY_EVENTS) {
    addEventListener(name, visit);
  }
  visit();
}

function visibilityChanges(): Promise<unknown> {
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, bare({ once: true })));
}
