import { expect, test } from "vitest";
import { type Cadence, EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { day, setOf } from "../given.ts";
import { streakOf } from "./by-days.ts";
import { lessonRules } from "./given.ts";

const NO_DAYS_OFF = EVERY_DAY.daysOff;
const WEEKEND = { ...NO_DAYS_OFF, weekdays: [5, 6] };

function version(cadence: Cadence, more: Partial<RulesVersion> = {}): RulesVersion {
  return { ...EVERY_DAY, cadence, ...more };
}

function streak(dates: readonly string[], versions: readonly RulesVersion[], today: string) {
  return streakOf(setOf(dates.map(day)), lessonRules({ mode: "continuous", versions }, []), day(today));
}

test("a done day off before the first of the days after a change does not count among them", () => {
  const versions = [
    version({ kind: "every_day" }),
    version({ kind: "days_in_any", days: 2, of: 3 }, { from: day("2026-01-10"), daysOff: WEEKEND }),
  ];
  // Friday is done by the old rules. Saturday is off, so Monday to Wednesday are the first three days.
  expect(streak(["2026-01-09", "2026-01-10"], versions, "2026-01-10")).toMatchObject({
    current: 1,
    progress: { firstDate: day("2026-01-12"), lastDate: day("2026-01-14"), done: 0, needed: 2 },
  });
});

test("a change of the rules that is still to come plays no part in when a run would end", () => {
  const everyFour = version({ kind: "every_n_days", days: 4 }, { daysOff: { ...NO_DAYS_OFF, weekdays: [2] } });
  const everyDay = version({ kind: "every_day" }, { from: day("2026-01-06"), daysOff: WEEKEND });
  const progress = { firstDate: day("2026-01-06"), lastDate: day("2026-01-10") };
  expect(streak(["2026-01-05"], [everyFour], "2026-01-05").progress).toMatchObject(progress);
  expect(streak(["2026-01-05"], [everyFour, everyDay], "2026-01-05").progress).toMatchObject(progress);
});
