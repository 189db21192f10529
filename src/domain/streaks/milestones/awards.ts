import type { Day } from "../../day.ts";
import type { Milestone } from "../../project.ts";
import { CountedDays } from "../days/counted-days.ts";
import type { SettledDays } from "../late-events.ts";
import type { Present } from "../present.ts";
import type { StreakRules } from "../rules-for.ts";
import { walkOfUser } from "../walk-of-user.ts";
import { reachedDays } from "./reached-days.ts";

/** How often a milestone was awarded. */
export interface Award {
  /** In the run up to today, or ever, as the milestone's `scope` says. */
  readonly timesAwarded: number;
  /** The day of the latest time; absent before the first. */
  readonly day?: Day;
}

/** The awards of milestones, by their ids. */
export type Awards = ReadonlyMap<string, Award>;

/** What of a milestone decides when it is awarded. */
type AwardedMilestone = Pick<Milestone, "id" | "target" | "scope" | "repeats">;

/**
 * Returns what was awarded up to today. Milestones without a scope are left out.
 *
 * @param milestones those of a widget
 * @param settled with the actions of each day, where actions count
 * @param rules those of the user
 */
export function awardsOf(
  milestones: readonly AwardedMilestone[],
  settled: SettledDays,
  rules: StreakRules,
  present: Present,
): Awards {
  const awarded = milestones.filter(({ scope }) => scope !== undefined);
  if (awarded.length === 0) {
    return new Map();
  }
  return rules.mode === "cumulative"
    ? cumulative(awarded, settled, rules, present)
    : continuous(awarded, settled, rules, present);
}

function continuous(
  milestones: readonly AwardedMilestone[],
  settled: SettledDays,
  rules: StreakRules,
  present: Present,
): Awards {
  const { today } = present;
  const walkUpTo = (day: Day) => walkOfUser(rules, settled, day === today ? present : { today: day }, day);
  const walked = { ...walkUpTo(today), currentOn: (day: Day) => walkUpTo(day).standing.run?.count ?? 0 };
  const { run, best } = walked.standing;
  const latest = milestones.map((milestone) => latestOf(milestone, milestone.scope === "run" ? run?.count : best));
  const targets = (asked: "run" | "ever") =>
    latest.filter(({ scope, timesAwarded }) => scope === asked && timesAwarded > 0).map(({ target }) => target);
  const [inRun, ever] = reachedDays(walked, today, [
    { targets: targets("run"), ...(run && { runFirst: run.first }) },
    { targets: targets("ever") },
  ]);
  return awards(latest, ({ scope, target }) => (scope === "run" ? inRun : ever)?.get(target));
}

/** All days are one run. */
function cumulative(
  milestones: readonly AwardedMilestone[],
  { days, actions }: SettledDays,
  rules: StreakRules,
  { today }: Present,
): Awards {
  const counted = new CountedDays(days.words, rules.actions && actions, today);
  const latest = milestones.map((milestone) => latestOf(milestone, counted.total));
  return awards(latest, ({ target }) => counted.firstDayWith(target));
}

/** What the latest award of a milestone was for. */
interface LatestAward extends Pick<Milestone, "id" | "scope"> {
  readonly timesAwarded: number;
  /** What the streak had to count; 0 before the first award. */
  readonly target: number;
}

/** @param most the most that the streak has counted, in all days that are asked for */
function latestOf({ id, target, scope, repeats }: AwardedMilestone, most = 0): LatestAward {
  const times = Math.floor(most / target);
  const timesAwarded = repeats ? times : Math.min(times, 1);
  return { id, ...(scope && { scope }), timesAwarded, target: timesAwarded * target };
}

function awards(latest: readonly LatestAward[], dayOf: (award: LatestAward) => Day | undefined): Awards {
  return new Map(
    latest.map((award) => {
      const { id, timesAwarded } = award;
      const day = timesAwarded > 0 ? dayOf(award) : undefined;
      return [id, { timesAwarded, ...(day !== undefined && { day }) }];
    }),
  );
}
