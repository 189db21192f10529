import type { CheckIns } from "../check-ins.ts";
import { EVERY_DAY_CALENDAR } from "../streaks/calendar/calendar.ts";
import { settle } from "../streaks/late-events.ts";
import { rulesOfUser, type StreakRules } from "../streaks/rules-for.ts";
import { mayTravel } from "../streaks/travel.ts";
import { type CountedByRules, countByRules } from "./by-rules.ts";
import { countRunsByRules } from "./count-by-rules.ts";
import { countDays } from "./count-days.ts";
import { countEvents } from "./count-events.ts";
import { countHours } from "./count-hours.ts";
import { countMeta } from "./count-meta.ts";
import { countMilestones } from "./count-milestones.ts";
import { countRuns } from "./count-runs.ts";
import { doneDaysOf } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import type { Scope } from "./keys.ts";
import { firstRecentDay } from "./recent-days.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/**
 * Adds all that is counted for one user.
 *
 * @param now when counting began, in epoch milliseconds. What depends on today is kept from some
 *   days before on, so the tallies answer for any later time, and for none that is more than a day earlier
 */
export function countUser(tallies: Tallies, history: UserHistory, settings: CountSettings, now: number): void {
  const done = doneDaysOf(history);
  countDays(tallies, done);
  countEvents(tallies, history, done);
  const byRules = countedByRules(history, settings, now);
  countRuns(tallies, history, done, byRules, settings, now);
  countRunsByRules(tallies, history, byRules);
  countMilestones(tallies, history, done, byRules, settings);
  countHours(tallies, history, settings);
  countMeta(tallies, history, settings);
}

/**
 * Returns what the rules, the ledger and journeys make of the user's days, for each event to whose days they say anything.
 * With pauses and journeys this may also be the event of a cumulative widget: the settings have the mode only of widgets
 * with milestones, so that another mode does not count everything again.
 */
function countedByRules(
  { days, ledger, zone, home }: UserHistory,
  { calendars, timeZone }: CountSettings,
  now: number,
): ReadonlyMap<Scope, CountedByRules> {
  const from = firstRecentDay(now);
  const present = { today: from, zone: zone?.name ?? timeZone };
  const counted = new Map<Scope, CountedByRules>();
  for (const [event, checkIns] of days) {
    const ruled = calendars.get(event);
    const rules = rulesOfUser(
      { mode: "continuous", calendar: ruled ?? EVERY_DAY_CALENDAR, tellsRules: ruled !== undefined },
      ledger,
      event,
    );
    const settled = settle({ ...graceBy(rules, checkIns), home: home ?? present.zone }, rules);
    if (rules.tellsRules || mayTravel(settled, present)) {
      counted.set(event, countByRules(settled, rules, present));
    }
  }
  return counted;
}

/** Where there are no rules, or the mode is cumulative, there is no grace: late events count for their own day. */
function graceBy({ tellsRules }: StreakRules, checkIns: CheckIns): CheckIns {
  return tellsRules || checkIns.others === undefined
    ? checkIns
    : { ...checkIns, others: checkIns.others.map((other) => ({ ...other, late: false })) };
}
