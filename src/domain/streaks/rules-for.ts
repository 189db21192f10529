import { type ActionVersions, actionVersionsOf } from "../actions.ts";
import { type DayStarts, dayStartsOf } from "../day-start.ts";
import type { LedgerEntry } from "../ledger.ts";
import type { Project, Widget } from "../project.ts";
import { EVERY_DAY, type WidgetRules } from "../rules.ts";
import { amnestiesOf } from "./calendar/amnesties.ts";
import { EVERY_DAY_CALENDAR, RulesCalendar } from "./calendar/calendar.ts";
import { type FreezeDecisions, freezeDecisionsOf } from "./ledger/freezes.ts";
import { type Pauses, pausesOf } from "./ledger/pauses.ts";
import { type Repairs, repairsOf } from "./ledger/repairs.ts";

/** The rules of a widget, with what the ledger of a user says of the streak, ready to compute. */
export interface StreakRules {
  readonly mode: WidgetRules["mode"];
  /** What the rules make of the calendar. */
  readonly calendar: RulesCalendar;
  /** Whether a state has the fields of rules: see `docs/rules.md`, "What the state tells". */
  readonly tellsRules: boolean;
  /** The user's pauses. Absent for a user who never had a pause of the streak. */
  readonly pauses?: Pauses;
  /**
   * What was decided about the user's freezes; then the calendar has freezes. Absent when nothing was ever decided
   * about the user's freezes.
   */
  readonly freezeDecisions?: FreezeDecisions;
  /** The user's repairs. Absent for a user who never repaired the streak. */
  readonly repairs?: Repairs;
  /** When the days begin, and how long their grace is. Absent where all days begin at midnight and none has a grace. */
  readonly dayStarts?: DayStarts;
  /** The versions that say when actions count. Absent where only days have ever counted. */
  readonly actions?: ActionVersions;
}

/**
 * Makes the rules of a widget ready to compute. Takes some microseconds, so callers keep what it returns.
 *
 * @param project the widget's project. An amnesty says nothing of a cumulative streak
 */
export function rulesFor(
  { event, rules }: Pick<Widget, "event" | "rules">,
  { holidays, amnesties }: Pick<Project, "holidays" | "amnesties">,
): StreakRules {
  const { mode, versions } = rules;
  const ofEvent = mode === "cumulative" ? undefined : amnestiesOf(amnesties, event);
  if (versions === undefined && ofEvent === undefined) {
    return { mode, calendar: EVERY_DAY_CALENDAR, tellsRules: false };
  }
  const calendar = RulesCalendar.of(versions ?? [EVERY_DAY], holidays, ofEvent);
  const dayStarts = dayStartsOf(versions);
  const actions = actionVersionsOf(rules);
  return { mode, calendar, tellsRules: true, ...(dayStarts && { dayStarts }), ...(actions && { actions }) };
}

/**
 * Adds what a user's ledger says of the streak to the rules of a widget. It says nothing of a cumulative streak.
 *
 * @param ledger the entries of the user, in any order; undefined when there are none
 * @returns the same rules when no entry was ever about the event. Entries about freezes are ignored where the rules
 *   have no freezes
 */
export function rulesOfUser(
  rules: StreakRules,
  ledger: readonly LedgerEntry[] | undefined,
  event: string,
): StreakRules {
  if (ledger === undefined || rules.mode === "cumulative") {
    return rules;
  }
  const pauses = pausesOf(ledger, event);
  const freezeDecisions = rules.calendar.hasFreezes ? freezeDecisionsOf(ledger, event) : undefined;
  const repairs = repairsOf(ledger, event);
  return pauses === undefined && freezeDecisions === undefined && repairs === undefined
    ? rules
    : {
        ...rules,
        tellsRules: true,
        ...(pauses && { pauses }),
        ...(freezeDecisions && { freezeDecisions }),
        ...(repairs && { repairs }),
      };
}
