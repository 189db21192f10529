import type { StreakChange } from "#gen/streak/v1/ledger_service_pb.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import { streakOf } from "../../domain/streaks/streak.ts";
import type { LedgerUser } from "./ask.ts";

/**
 * Returns how the streaks of a user change when the user's ledger or the project's amnesties do, ordered by event.
 *
 * @param rulesBefore returns the rules of the user's streak as they are; undefined when there is no widget for the event,
 *   which then has no streak
 * @param rulesAfter returns them as they would be
 */
export function streakChanges(
  { days, momentOf }: Pick<LedgerUser, "days" | "momentOf">,
  rulesBefore: (event: string) => StreakRules | undefined,
  rulesAfter: (event: string) => StreakRules | undefined,
): StreakChange[] {
  return [...days.keys()].toSorted().flatMap((event) => {
    const [before, then] = [rulesBefore(event), rulesAfter(event)];
    if (before === undefined || then === undefined) {
      return [];
    }
    const streakBy = (rules: StreakRules) => {
      const { settled, present } = momentOf(event, rules);
      return streakOf(settled, rules, present);
    };
    const [was, is] = [streakBy(before), streakBy(then)];
    const [freezesBefore, freezesAfter] = [was.freezes?.left, is.freezes?.left];
    if (was.current === is.current && was.best === is.best && freezesBefore === freezesAfter) {
      return [];
    }
    return {
      $typeName: "streak.v1.StreakChange",
      event,
      currentBefore: was.current,
      currentAfter: is.current,
      bestBefore: was.best,
      bestAfter: is.best,
      ...(freezesBefore !== undefined && { freezesBefore }),
      ...(freezesAfter !== undefined && { freezesAfter }),
    };
  });
}
