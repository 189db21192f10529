import type { State } from "@streakd/web";
import { addDays, daysBetween, daysFrom, weekStartOf } from "../../../dates.ts";
import { EVERY_DAY, freezesCover, hasGrace, isSame, type RulesDraft } from "../../../rules/draft.ts";
import { graceEnd } from "../../../rules/grace.ts";
import type { Unit } from "../../../rules/units.ts";
import { DEFAULTS, daysOf, isRepeated, type MilestoneDraft, unitOf, type WidgetDraft } from "../editor/draft.ts";
import { lastNeededDay, type MadeUpProgress, type MadeUpStatus, madeUpDays, madeUpFreezes } from "./made-up-rules.ts";

const DAYS_OF_WEEK = 7;

/** How many actions a done day has, where actions count. */
const ACTIONS_A_DAY = 3;

/** The days, weeks, months or actions of a streak that has begun and reached no milestone yet. */
const SOME = 4;

/** A user, as the preview makes one up. */
export interface Scenario {
  /** `repaired` is for streaks of days that can be repaired: the last day before today was missed. */
  readonly streak: "none" | "some" | "milestone" | "repaired";
  /** Whether the user has done today's. */
  readonly isDone: boolean;
}

/** What a state has only by rules. */
interface ByRules {
  readonly unit: Unit;
  readonly progress?: MadeUpProgress;
  readonly freezes?: { readonly left: number; readonly usedInWeek: number; readonly optedOut: boolean };
  readonly todayEndTime?: string;
}

/** Returns the nearest milestone of a draft that has a number; undefined when there is none. */
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
  const { current, pending, week, byRules } =
    draft.mode === "continuous" && !isSame(draft.rules, EVERY_DAY)
      ? byRulesOf(draft, scenario, today)
      : byDays(draft, scenario, today);
  return {
    meta: { apiVersion: "1", isLive: true },
    streak: { mode: draft.mode, current, best: current, todayDone: scenario.isDone, pending, ...byRules },
    week,
    milestones: draft.milestones.flatMap((milestone) => {
      const target = daysOf(milestone.target) ?? 0;
      return target > 0 ? [madeUpMilestone(milestone, target, current)] : [];
    }),
    settings: {
      theme: { name: draft.theme },
      position: draft.position,
      mainMessage: draft.mainMessage.trim() || DEFAULTS.mainMessage,
    },
  };
}

/** What of a state depends on how days count. */
interface Counted {
  readonly current: number;
  readonly pending: boolean;
  readonly week: State["week"];
  readonly byRules?: ByRules;
}

function byDays(draft: WidgetDraft, scenario: Scenario, today: string): Counted {
  const { isDone } = scenario;
  const current = currentOf(draft, scenario, isDone);
  const unit = unitOf(draft);
  const days = unit === "action" ? Math.ceil(current / ACTIONS_A_DAY) : current;
  return {
    current,
    pending: current > 0 && !isDone,
    week: weekOf(today, 1, (date) => ({ isCheckedIn: isCheckedIn(draft, daysBetween(date, today), days, isDone) })),
    ...(unit === "action" && { byRules: { unit } }),
  };
}

/** By rules, the user has done what they ask for, but for today. */
function byRulesOf(draft: WidgetDraft, scenario: Scenario, today: string): Counted {
  const { rules } = draft;
  const { isDone } = scenario;
  const unit = unitOf(draft);
  const before = scenario.streak === "none" ? 0 : currentOf(draft, scenario, false);
  const repaired = scenario.streak === "repaired" ? lastNeededDay(rules, today) : undefined;
  const { progress, statusOf } = madeUpDays(rules, today, before, isDone, repaired);
  const isKept = unit === "day" ? isDone : progress.done >= progress.needed;
  const current = currentOf(draft, scenario, isKept);
  return {
    current,
    pending: current > 0 && !isKept && progress.done < progress.needed,
    week: weekOf(today, rules.kind === "days_a_week" ? rules.weekStart : 1, (date) => {
      const status: MadeUpStatus = statusOf(date);
      return { isCheckedIn: status === "done", status };
    }),
    byRules: {
      ...{ unit, progress },
      ...todayEnd(rules, today, isDone),
      ...(freezesCover(rules) && {
        freezes: { left: madeUpFreezes(rules, current), usedInWeek: 0, optedOut: false },
      }),
    },
  };
}

/** A milestone; with its awards, when it has any. */
function madeUpMilestone(milestone: MilestoneDraft, target: number, current: number): State["milestones"][number] {
  const { id, msg, rewardType, scope } = milestone;
  const reached = Math.trunc(current / target);
  const repeats = isRepeated(milestone);
  return {
    ...{ id, target, msg, rewardType, achieved: current >= target },
    ...(scope !== "none" && { timesAwarded: repeats ? reached : Math.min(reached, 1) }),
    ...(repeats && { repeats }),
  };
}

/**
 * When today ends, where it does not end at midnight: a time without a zone, which browsers take to be in their own. While
 * today is not done, it ends with its grace.
 */
function todayEnd(rules: RulesDraft, today: string, isDone: boolean): { readonly todayEndTime?: string } {
  if (rules.dayStart === EVERY_DAY.dayStart && !hasGrace(rules)) {
    return {};
  }
  const end = (isDone ? undefined : graceEnd(rules)) ?? rules.dayStart;
  return { todayEndTime: `${addDays(today, 1)}T${end}:00` };
}

/** How much a streak counts, when the period of today is kept or not. */
function currentOf(draft: WidgetDraft, { streak }: Scenario, isKept: boolean): number {
  switch (streak) {
    case "none":
      return isKept ? 1 : 0;
    case "some":
    case "repaired":
      return isKept ? SOME + 1 : SOME;
    case "milestone":
      return firstMilestone(draft)?.target ?? SOME;
  }
}

/** Whether a day is one of so many done days: the last ones in a row, or every other day where gaps do no harm. */
function isCheckedIn({ mode }: WidgetDraft, daysAgo: number, daysDone: number, isDone: boolean): boolean {
  const step = mode === "cumulative" ? 2 : 1;
  const since = daysAgo - (isDone ? 0 : 1);
  return since >= 0 && since % step === 0 && since / step < daysDone;
}

/**
 * The week of a day.
 *
 * @param weekStart the weekday on which it begins, from 1 for Monday to 7 for Sunday
 */
function weekOf(
  today: string,
  weekStart: number,
  became: (date: string) => { readonly isCheckedIn: boolean; readonly status?: MadeUpStatus },
): State["week"] {
  const first = weekStartOf(today, weekStart);
  return daysFrom(first, addDays(first, DAYS_OF_WEEK - 1)).map((isoDate) => ({
    isoDate,
    label: "",
    dayNumber: Number(isoDate.slice(-2)),
    isToday: isoDate === today,
    ...became(isoDate),
  }));
}
