import type { State } from "@streakd/web";
import { DEFAULTS, daysOf, type WidgetDraft } from "../editor/draft.ts";

const DAY_MS = 86_400_000;
const DAYS_OF_WEEK = 7;

/** How many days a streak has that has begun and reached nothing yet. */
const SOME_DAYS = 4;

/** A user, as the preview makes one up. */
export interface Scenario {
  readonly streak: "none" | "some" | "milestone";
  /** Whether the user has done today's. */
  readonly isDone: boolean;
}

/** Returns the nearest milestone of a draft that has a number of days; undefined when there is none. */
export function firstMilestone({
  milestones,
}: WidgetDraft): { readonly target: number; readonly msg: string } | undefined {
  const [nearest] = milestones
    .map(({ target, msg }) => ({ target: daysOf(target) ?? 0, msg }))
    .filter(({ target }) => target > 0)
    .toSorted((a, b) => a.target - b.target);
  return nearest;
}

/**
 * Returns what the server would answer for a made-up user of the widget as it is typed.
 *
 * @param today such as `2024-01-08`
 */
export function madeUpState(draft: WidgetDraft, scenario: Scenario, today: string): State {
  const current = currentOf(draft, scenario);
  const { isDone } = scenario;
  return {
    meta: { apiVersion: "1", isLive: true },
    streak: { mode: draft.mode, current, best: current, todayDone: isDone, pending: current > 0 && !isDone },
    week: weekOf(today, (daysAgo) => isCheckedIn(draft, daysAgo, current, isDone)),
    milestones: draft.milestones.flatMap(({ id, target, msg, rewardType }) => {
      const days = daysOf(target) ?? 0;
      return days > 0 ? [{ id, target: days, msg, rewardType, achieved: current >= days }] : [];
    }),
    settings: {
      theme: { name: draft.theme },
      position: draft.position,
      mainMessage: draft.mainMessage.trim() || DEFAULTS.mainMessage,
    },
  };
}

function currentOf(draft: WidgetDraft, { streak, isDone }: Scenario): number {
  switch (streak) {
    case "none":
      return isDone ? 1 : 0;
    case "some":
      return isDone ? SOME_DAYS + 1 : SOME_DAYS;
    case "milestone":
      return firstMilestone(draft)?.target ?? SOME_DAYS;
  }
}

/** Whether a day counts: the last ones in a row, or every other day where gaps do no harm. */
function isCheckedIn({ mode }: WidgetDraft, daysAgo: number, current: number, isDone: boolean): boolean {
  const step = mode === "cumulative" ? 2 : 1;
  const since = daysAgo - (isDone ? 0 : 1);
  return since >= 0 && since % step === 0 && since / step < current;
}

/** The calendar week of a day, Monday first. */
function weekOf(today: string, isDone: (daysAgo: number) => boolean): State["week"] {
  const now = Date.parse(today);
  const weekday = (new Date(now).getUTCDay() + DAYS_OF_WEEK - 1) % DAYS_OF_WEEK;
  return Array.from({ length: DAYS_OF_WEEK }, (_, place) => {
    const date = new Date(now + (place - weekday) * DAY_MS);
    return {
      isoDate: date.toISOString().slice(0, 10),
      label: "",
      dayNumber: date.getUTCDate(),
      isToday: place === weekday,
      isCheckedIn: isDone(weekday - place),
    };
  });
}
