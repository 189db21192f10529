import type { Day } from "#src/domain/day.ts";
import type { Months } from "#src/domain/months.ts";
import { DaySet } from "#src/domain/streaks/days/day-set.ts";
import * as explained from "#src/domain/streaks/explain.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import * as state from "#src/domain/streaks/state.ts";
import * as streak from "#src/domain/streaks/streak.ts";
import type { Streak } from "#src/domain/streaks/streak-shape.ts";

// Streaks of users of whom only the days matter: no event was late, and all were in one zone.

/** The streak that done days make on a day. */
export function streakOf(days: Months, rules: StreakRules, today: Day): Streak {
  return streak.streakOf({ days: DaySet.ofMonths(days) }, rules, { today });
}

/** The state that done days make on a day. */
export function stateOf(days: Months, rules: StreakRules, today: Day): state.State {
  return state.stateOf({ days: DaySet.ofMonths(days) }, rules, { today });
}

/** Why the streak that done days make on a day is what it is. */
export function explain(
  days: Months,
  rules: StreakRules,
  today: Day,
  range: explained.ExplainedRange,
): explained.Explanation {
  return explained.explain({ days: DaySet.ofMonths(days) }, rules, { today }, range);
}
