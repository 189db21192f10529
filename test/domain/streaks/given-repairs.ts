import fc from "fast-check";
import type { Day } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import type { RepairRules, RulesVersion } from "#src/domain/rules.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { type Given, judgedBy, LAST_DAY, ledgerOf } from "./proof/given.ts";
import { anyGiven } from "./proof/histories.ts";

/** A repair that somebody has made, whether the rules allow it or not. */
export interface GivenRepair {
  readonly on: Day;
  readonly withinDays: number;
  readonly takesFreeze?: true;
}

/** A history of a continuous streak, and its repairs in the order in which they were made. */
export interface Repaired {
  readonly given: Given;
  readonly repairs: readonly GivenRepair[];
}

const mostlyFew = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 31 }) },
);

const anyRepairRules: fc.Arbitrary<RepairRules> = fc.record({
  withinDays: mostlyFew,
  onceInDays: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  price: fc.oneof(
    fc.constant({ kind: "none" } as const),
    fc.constant({ kind: "freeze" } as const),
    fc.record({ kind: fc.constant("days" as const), days: fc.integer({ min: 1, max: 4 }) }),
  ),
}) as fc.Arbitrary<RepairRules>;

/**
 * Any history, with repairs up to today, most of them some days after a done day. Today is often so, too. Most versions that
 * may have rules for repairs have them.
 */
export const anyRepaired: fc.Arbitrary<Repaired> = anyGiven
  .filter(({ mode }) => mode === "continuous")
  .chain((given) => {
    const afterDone = fc
      .tuple(fc.constantFrom(given.today, ...given.days), fc.integer({ min: 1, max: 5 }))
      .map(([day, later]) => Math.min(day + later, LAST_DAY));
    const anyDay = fc.oneof(
      { weight: 3, arbitrary: afterDone },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }).map((back) => given.today - back) },
    );
    const repair = fc.tuple(anyDay, mostlyFew, fc.boolean());
    const ruled = fc.option(anyRepairRules, { nil: undefined, freq: 4 });
    const count = given.versions.length;
    return fc
      .record({
        today: fc.oneof(fc.constant(given.today), afterDone),
        rules: fc.array(ruled, { minLength: count, maxLength: count }),
        repairs: fc.array(repair, { minLength: 1, maxLength: 4 }),
      })
      .map(({ today, rules, repairs }) => ({
        given: {
          ...given,
          today,
          versions: given.versions.map((version, index) => withRepairs(version, rules[index])),
        },
        repairs: repairs.map(([day, withinDays, takesFreeze]) => ({
          on: Math.min(day, today),
          withinDays,
          ...(takesFreeze && { takesFreeze }),
        })),
      }));
  });

/** Windows have no repairs, and the price `freeze` needs freezes. */
function withRepairs(version: RulesVersion, repairs: RepairRules | undefined): RulesVersion {
  const { kind } = version.cadence;
  const isWindow = kind === "every_n_days" || kind === "days_in_any";
  const isPayable = repairs?.price.kind !== "freeze" || version.freezes !== undefined;
  return repairs === undefined || isWindow || !isPayable ? version : { ...version, repairs };
}

/** The entries of repairs, which were made one after the other. */
export function entriesOf(repairs: readonly GivenRepair[]): LedgerEntry[] {
  return repairs.map(({ on, ...repair }, index) => ({
    ...{ id: `repair ${index}`, user: "ann", reason: "Asked for it", actor: "root", at: 1000 + index },
    ...{ kind: "repair", event: "lesson", from: on, ...repair },
  }));
}

/** What judges the history: with all of its repairs, or with others. */
export function repairedBy(
  { given, repairs }: Repaired,
  ledger: readonly LedgerEntry[] = entriesOf(repairs),
): StreakRules {
  return judgedBy(given, [...ledgerOf(given), ...ledger]);
}
