import { decodeHolidayList, decodeRules } from "#gen/streak/v1/rules_rest.ts";
import type { History } from "#src/domain/check-ins.ts";
import type { RulesVersion } from "#src/domain/rules.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { readHolidays, readRules } from "#src/service/projects/rules-message.ts";
import { day } from "../../given.ts";
import { lessonRules } from "../given.ts";
import { actionsOf, amnestiesOf, historyOf, ledgerOf } from "../proof/given.ts";
import type { VectorGiven } from "./vector.ts";

/** What judges the streak of an example; its rules are read as the API reads them. */
export function rulesOfVector(vector: VectorGiven): StreakRules {
  const { mode, pauses = [], amnesties = [], grants = [], optOuts = [], repairs = [] } = vector;
  const holidays = readHolidays((vector.holidays ?? []).map((list) => decodeHolidayList(list, "holidays")));
  const versions = vector.versions.map(
    ({ from, rules }): RulesVersion => ({
      ...(from !== undefined && { from: day(from) }),
      ...readRules(decodeRules(rules, "rules"), "rules"),
    }),
  );
  const ledger = ledgerOf({
    pauses: pauses.map(daysOf),
    grants: grants.map((grant) => ({ count: grant.count, ...daysOf(grant) })),
    optOuts: optOuts.map(({ from, out }) => ({ from: day(from), out })),
    repairs: repairs.map(({ on, withinDays, takesFreeze = false }) => ({ on: day(on), withinDays, takesFreeze })),
  });
  const project = amnestiesOf(amnesties.map(({ from, to }) => ({ from: day(from), to: day(to) })));
  return rulesOfUser(lessonRules({ mode, versions }, holidays, project), ledger, "lesson");
}

/** What the user of an example has done. */
export function historyOfVector({ done, others = [], actions = {}, homeZone }: VectorGiven): History {
  return {
    ...historyOf({
      days: done.map(day),
      others: others.map(({ dates, late = false, zone }) => ({ days: dates.map(day), late, ...(zone && { zone }) })),
      ...(homeZone !== undefined && { homeZone }),
    }),
    ...actionsOf(new Map(Object.entries(actions).map(([date, count]) => [day(date), count]))),
  };
}

function daysOf({ from, to }: { from: string; to?: string }): { from: number; to?: number } {
  return { from: day(from), ...(to !== undefined && { to: day(to) }) };
}
