import fc from "fast-check";
import type { Amnesty } from "#src/domain/amnesties.ts";
import type { Day } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import type { HolidayList, WidgetRules } from "#src/domain/rules.ts";
import type { Pause } from "#src/domain/streaks/ledger/pauses.ts";
import { rulesFor, type StreakRules } from "#src/domain/streaks/rules-for.ts";

/** What an entry says about how it was made. */
export const MADE = { user: "ann", reason: "Ill", actor: "root", at: 0 };

/** The rules of the widget `lesson`, ready to compute. */
export function lessonRules(
  rules: WidgetRules,
  holidays: readonly HolidayList[] = [],
  amnesties: readonly Amnesty[] = [],
): StreakRules {
  return rulesFor({ event: "lesson", rules }, { holidays, amnesties });
}

/** The ledger of a user with these pauses of all streaks. */
export function ledgerOf(pauses: readonly Pause[]): LedgerEntry[] {
  return pauses.map((pause, index) => ({ ...MADE, id: `pause ${index}`, kind: "pause", ...pause }));
}

/** Pauses around a day, also some that are over, still to come, or open. */
export function anyPauses(around: Day): fc.Arbitrary<readonly Pause[]> {
  const days = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const anyPause = fc.tuple(fc.integer({ min: -90, max: 12 }), days).map(
    ([after, length]): Pause => ({
      from: around + after,
      ...(length !== undefined && { to: around + after + length - 1 }),
    }),
  );
  return fc.array(anyPause, { minLength: 1, maxLength: 4 });
}
