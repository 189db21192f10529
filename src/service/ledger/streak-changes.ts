import type { StreakChange } from "#gen/streak/v1/ledger_service_pb.ts";
import type { Rules } from "../../domain/streaks/rules-for.ts";
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
  { days, present }: Pick<LedgerUser, "days" | "present">,
  rulesBefore: (event: string) => Rules | undefined,
  rulesAfter: (event: string) => Rules | undefined,
): StreakChange[] {
  const inOrder = [...days].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.flatMap(([event, history]) => {
    const [before, then] = [rulesBefore(event), rulesAfter(event)];
    if (before === undefined || then === undefined) {
      return [];
    }
    const was = streakOf(history, before, present(event, before));
    const is = streakOf(history, then, present(event, then));
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
