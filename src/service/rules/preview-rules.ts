import type { PreviewRulesRequest, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { dayOf, isoDate } from "../../domain/day.ts";
import { type Months, monthsOf } from "../../domain/months.ts";
import { DaySet } from "../../domain/streaks/days/day-set.ts";
import { explain, lastToExplain } from "../../domain/streaks/explain.ts";
import { presentOf } from "../../domain/streaks/present.ts";
import { rulesFor } from "../../domain/streaks/rules-for.ts";
import { refusal } from "../../errors.ts";
import { readStreakDate } from "../date.ts";
import type { Projects } from "../projects/projects.ts";
import { refuseTooMuch, requireLists } from "../projects/rules-checks.ts";
import { changeWidget } from "../projects/widget-changes.ts";
import { readWidget } from "../projects/widget-message.ts";
import { readExplainedRange } from "./explained-range.ts";
import { explanationToMessage } from "./explanation-message.ts";

/** How many days a history may span, from its first date to its last. */
const MAX_SPAN = 3660;

/**
 * Creates the handler that tells what rules would make of a history.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function previewRulesHandler(
  projects: Projects,
  clock: () => number,
): Handler<typeof RulesService.method.previewRules> {
  return async (request, call) => {
    if (request.widget === undefined) {
      throw refusal("widget", "must be given: it says the event, and the rules to preview");
    }
    const asked = readWidget(request.widget, "widget");
    // Dates have no late events.
    const settled = { days: DaySet.ofMonths(readDates(request)) };
    const { widgets, holidays, amnesties, timeZone } = await projects.require(request.siteKey, call);

    const now = clock();
    const stored = widgets.find(({ event }) => event === asked.event);
    const widget = changeWidget(asked, stored, dayOf(now, timeZone), "widget");
    const previewed = { widgets: [widget], holidays };
    requireLists(undefined, previewed, () => "widget");
    refuseTooMuch(previewed, "widget");

    const rules = rulesFor(widget, { holidays, amnesties });
    const today =
      request.today === undefined
        ? presentOf(settled, rules, now, timeZone).today
        : readStreakDate(request.today, "today");
    const range = readExplainedRange(request, lastToExplain(settled, rules, { today }));
    const explanation = explain(settled, rules, { today }, range);
    return { explanation: explanationToMessage(explanation, today, []) };
  };
}

function readDates({ dates }: PreviewRulesRequest): Months {
  const days = dates.map((text, i) => readStreakDate(text, `dates[${i}]`)).toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [days.at(0), days.at(-1)];
  if (last - first >= MAX_SPAN) {
    throw refusal(
      "dates",
      `may span ${MAX_SPAN} days, and these are ${last - first + 1}, from ${isoDate(first)} to ${isoDate(last)}. Leave out the earliest`,
    );
  }
  return monthsOf(days);
}
