import { type ActionVersions, actionVersionsOf } from "../actions.ts";
import { type DayStarts, dayStartsOf } from "../day-start.ts";
import type { LedgerEntry } from "../ledger.ts";
import type { Project, Widget } from "../project.ts";
import { EVERY_DAY, type WidgetRules } from "../rules.ts";
import { amnestiesOf } from "./calendar/amnesties.ts";
import { everyDay, RulesCalendar } from "./calendar/calendar.ts";
import { type FreezeDecisions, freezeDecisionsOf } from "./ledger/freezes.ts";
import { type Pauses, pausesOf } from "./ledger/pauses.ts";
import { type Repairs, repairsOf } from "./ledger/repairs.ts";

/** How done days add up to a streak, ready to compute. */
export interface Rules {
  readonly mode: WidgetRules["mode"];
  /** What the rules make of the calendar; absent while every day counts and nothing else was ever said. */
  readonly calendar?: RulesCalendar;
  /** The pauses of one user; then there is a calendar, too. Absent for a user who never had a pause of the streak. */
  readonly pauses?: Pauses;
  /**
   * What was decided about the freezes of one user; then there is a calendar that has freezes, too. Absent for a user of
   * whose freezes nothing was ever decided.
   */
  readonly freezeDecisions?: FreezeDecisions;
  /** Those of one user; then there is a calendar, too. Absent for a user who never repaired the streak. */
  readonly repairs?: Repairs;
  /** When the days begin; absent while they always begin at midnight. */
  readonly dayStarts?: DayStarts;
  /**
   * The versions that say when actions count; then there is a calendar, too. Absent where only days have ever counted.
   */
  readonly actions?: ActionVersions;
}

/** The rules of a continuous streak that has a calendar. */
export type RulesWithCalendar = Required<Pick<Rules, "calendar">> &
  Pick<Rules, "pauses" | "freezeDecisions" | "repairs">;

/**
 * Makes the rules of a widget ready to compute. Takes some microseconds, so callers keep what it returns.
 *
 * @param project that of the widget. An amnesty says nothing of a cumulative streak
 */
export function rulesFor(
  { event, rules }: Pick<Widget, "event" | "rules">,
  { holidays, amnesties }: Pick<Project, "holidays" | "amnesties">,
): Rules {
  const { mode, versions } = rules;
  const ofEvent = mode === "cumulative" ? undefined : amnestiesOf(amnesties, event);
  if (versions === undefined && ofEvent === undefined) {
    return { mode };
  }
  const calendar = RulesCalendar.of(versions ?? [EVERY_DAY], holidays, ofEvent);
  const dayStarts = dayStartsOf(versions);
  const actions = actionVersionsOf(rules);
  return { mode, calendar, ...(dayStarts && { dayStarts }), ...(actions && { actions }) };
}

/**
 * Adds what a user's ledger says of the streak to the rules of a widget. It says nothing of a cumulative streak.
 *
 * @param ledger the entries of the user, in any order; undefined when there are none
 * @returns the same rules when no entry was ever about the event, but for entries about freezes that the rules don't have
 */
export function rulesOfUser(rules: Rules, ledger: readonly LedgerEntry[] | undefined, event: string): Rules {
  if (ledger === undefined || rules.mode === "cumulative") {
    return rules;
  }
  const pauses = pausesOf(ledger, event);
  const freezeDecisions = rules.calendar?.hasFreezes ? freezeDecisionsOf(ledger, event) : undefined;
  const repairs = repairsOf(ledger, event);
  return pauses === undefined && freezeDecisions === undefined && repairs === undefined
    ? rules
    : {
        ...rules,
        calendar: rules.calendar ?? everyDay,
        ...(pauses && { pauses }),
        ...(freezeDecisions && { freezeDecisions }),
        ...(repairs && { repairs }),
      };
}
