import { Weekday } from "#gen/streak/v1/rules_pb.ts";
import { isDate } from "../dates.ts";
import { formatDay, plural } from "../format.ts";
import { CADENCES } from "./cadences.ts";
import {
  canBeRepaired,
  canPassMisses,
  datesOf,
  EVERY_DAY,
  freezesAreEarned,
  freezesCover,
  hasGrace,
  lengthensRun,
  type RulesDraft,
} from "./draft.ts";
import { weekdayName, weekdayNames } from "./weekdays.ts";

/** How many dates are named before the others are only counted. */
const MAX_NAMED = 5;

const LIST = new Intl.ListFormat(undefined, { type: "conjunction" });

/** How often rules ask for a done day, such as `3 days a week`. */
export function cadenceInWords({ kind, days, of, weekdays, weekStart }: RulesDraft): string {
  switch (kind) {
    case "every_day":
      return "Every day";
    case "weekdays":
      return weekdayNames(weekdays);
    case "days_a_week":
      return `${dayCount(days)} a week${weekStart === Weekday.MONDAY ? "" : `, weeks begin on ${weekdayName(weekStart)}`}`;
    case "days_a_month":
      return `${dayCount(days)} a month`;
    case "every_n_days":
      return `Every ${dayCount(days)}`;
    case "days_in_any":
      return `${number(days)} in any ${dayCount(of)}`;
  }
}

/** Which days are off, such as `Sunday, Dec 24, 2026, holidays of Bavaria`; empty when none are. */
export function daysOffInWords({ offWeekdays, offDates, holidays }: RulesDraft): string {
  const dates = datesOf(offDates);
  return [
    offWeekdays.length === 0 ? "" : weekdayNames(offWeekdays),
    dates.length > MAX_NAMED ? plural(dates.length, "date", "dates") : dates.map(formatDate).join(", "),
    holidays.length === 0 ? "" : `holidays of ${LIST.format(holidays.toSorted())}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** When a day begins, such as `the day begins at 04:00`; empty when it is midnight. */
export function dayStartInWords({ dayStart }: RulesDraft): string {
  return dayStart === EVERY_DAY.dayStart ? "" : `the day begins at ${dayStart}`;
}

/** Which freezes there are, such as `one freeze earned every 10 days, at most 2`; empty when there are none. */
export function freezesInWords(rules: RulesDraft): string {
  if (!freezesCover(rules)) {
    return "";
  }
  const { unit } = CADENCES[rules.kind];
  const [every, most, inARow] = [rules.earnEvery, rules.maxEarned, rules.maxInARow].map(number);
  return [
    freezesAreEarned(rules)
      ? `one freeze earned every ${every === "1" ? unit : `${every} ${unit}s`}, at most ${most}`
      : "freezes that are granted",
    inARow && `at most ${inARow} ${inARow === "1" ? unit : `${unit}s`} covered in a row`,
    lengthensRun(rules) && `covered ${unit}s count`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Which runs can be repaired, such as `repairs within 3 days, once in 30 days, for one freeze`; empty when none can. */
export function repairsInWords(rules: RulesDraft): string {
  if (!canBeRepaired(rules)) {
    return "";
  }
  const { repairWithin, repairOnceIn, repairPrice, repairDays } = rules;
  const onceIn = number(repairOnceIn);
  return [
    `repairs within ${dayCount(repairWithin)}`,
    onceIn && (onceIn === "1" ? "once a day" : `once in ${onceIn} days`),
    repairPrice === "freeze" && "for one freeze",
    repairPrice === "days" && `for ${number(repairDays)} done ${number(repairDays) === "1" ? "day" : "days"}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** How long a day can still be filled after its end, such as `2 hours of grace`; empty when it can't. */
export function graceInWords(rules: RulesDraft): string {
  return hasGrace(rules) ? `${minutesInWords(number(rules.graceMinutes))} of grace` : "";
}

/** A number of minutes, as a text, in hours where it is whole hours, such as `2 hours` or `90 minutes`. */
export function minutesInWords(minutes: string): string {
  const hours = Number(minutes) / 60;
  if (hours >= 1 && Number.isInteger(hours)) {
    return plural(hours, "hour", "hours");
  }
  return `${minutes} ${minutes === "1" ? "minute" : "minutes"}`;
}

/** What a cumulative streak counts. */
export function countsInWords({ counts }: RulesDraft): string {
  return counts === "actions" ? "Every action counts" : "Every done day counts";
}

/** The rules of a cumulative streak in a line, such as `Every action counts, the day begins at 04:00`. */
export function cumulativeInWords(rules: RulesDraft): string {
  return [countsInWords(rules), dayStartInWords(rules)].filter(Boolean).join(", ");
}

/** The rules of a continuous streak in a line, such as `3 days a week, never miss twice, off: Sunday`. */
export function rulesInWords(rules: RulesDraft): string {
  const off = daysOffInWords(rules);
  return [
    cadenceInWords(rules),
    rules.neverMissTwice && canPassMisses(rules.kind) ? "never miss twice" : "",
    freezesInWords(rules),
    repairsInWords(rules),
    dayStartInWords(rules),
    graceInWords(rules),
    off === "" ? "" : `off: ${off}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Two lists of dates as a person compares them: whole when they are short, else by what was added and removed. */
export function datesInWords(before: string, after: string): { readonly before: string; readonly after: string } {
  const [was, is] = [before, after].map((text) => [...new Set(datesOf(text))].toSorted()) as [string[], string[]];
  if (Math.max(was.length, is.length) <= MAX_NAMED) {
    return { before: was.map(formatDate).join(", "), after: is.map(formatDate).join(", ") };
  }
  const added = is.filter((date) => !was.includes(date));
  const removed = was.filter((date) => !is.includes(date));
  const parts = [added.length > 0 && `with ${named(added)}`, removed.length > 0 && `without ${named(removed)}`];
  return {
    before: plural(was.length, "date", "dates"),
    after: [plural(is.length, "date", "dates"), ...parts].filter(Boolean).join(", "),
  };
}

function named(dates: readonly string[]): string {
  const rest = dates.length - MAX_NAMED;
  const shown = dates.slice(0, MAX_NAMED).map(formatDate).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function dayCount(days: string): string {
  return number(days) === "1" ? "1 day" : `${number(days)} days`;
}

/** What is no number is shown as it was typed. */
function number(text: string): string {
  return /^\d{1,9}$/.test(text.trim()) ? `${Number(text)}` : text.trim();
}

/** What is no date is shown as it was typed. */
function formatDate(date: string): string {
  return isDate(date) ? formatDay(date) : date;
}
