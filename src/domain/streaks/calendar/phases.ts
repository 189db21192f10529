import type { Day } from "../../day.ts";
import type { FreezeRules, RepairRules, RulesVersion } from "../../rules.ts";
import { EARLIEST, LATEST } from "../days/bits.ts";
import { type Pace, paceOf } from "./pace.ts";
import { periodOn } from "./periods.ts";

/** A version of rules with the day on which it really begins. */
export type BegunVersion = RulesVersion & { readonly from: Day };

/** A part of the calendar that one cadence divides into periods. */
export interface Phase {
  /** Its first day. */
  readonly from: Day;
  /** The day before which it ends. */
  readonly until: Day;
  readonly pace: Pace;
  /** Whether a single missed period does not end a run; never true for windows. */
  readonly neverMissTwice: boolean;
  /** Absent where freezes cover nothing; never there for windows. */
  readonly freezes?: FreezeRules;
  /** Absent where no run can be repaired; never there for windows. */
  readonly repairs?: RepairRules;
}

/**
 * Returns the versions with the days on which they really begin. A week or month that has begun goes to its end under
 * its rules. So a version may begin later than its `from`, and not at all if the next one begins as early. See
 * docs/rules.md, "When you change the rules".
 */
export function beginningsOf(versions: readonly RulesVersion[]): readonly BegunVersion[] {
  const begun: BegunVersion[] = [];
  for (const version of versions) {
    const { from = EARLIEST } = version;
    while (begun.length > 0 && (begun.at(-1) as BegunVersion).from >= from) {
      begun.pop();
    }
    const before = begun.at(-1);
    const begins =
      before === undefined ? from : periodOn(from - 1, { from: before.from, pace: paceOf(before.cadence) }).last + 1;
    begun.push({ ...version, from: begins });
  }
  return begun;
}

/** Returns the phases that versions make. Two versions with the same windows are one phase. */
export function phasesOf(versions: readonly BegunVersion[]): readonly Phase[] {
  const phases: Phase[] = [];
  for (const { from, cadence, neverMissTwice, freezes, repairs } of versions) {
    const pace = paceOf(cadence);
    const before = phases.at(-1);
    if (before !== undefined && isSameWindow(before.pace, pace)) {
      continue;
    }
    if (before !== undefined) {
      phases[phases.length - 1] = { ...before, until: from };
    }
    const phase = { from, until: LATEST, pace };
    phases.push(
      pace.per === "window"
        ? { ...phase, neverMissTwice: false }
        : { ...phase, neverMissTwice, ...(freezes && { freezes }), ...(repairs && { repairs }) },
    );
  }
  return phases;
}

function isSameWindow(one: Pace, other: Pace): boolean {
  return one.per === "window" && other.per === "window" && one.days === other.days && one.of === other.of;
}
