import type { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { dayByStart } from "../../domain/day-start.ts";
import { explain, lastToExplain } from "../../domain/streaks/explain.ts";
import { rulesFor, rulesOfUser } from "../../domain/streaks/rules-for.ts";
import type { Stores } from "../../store/stores.ts";
import { type Projects, widgetOf } from "../projects/projects.ts";
import { historyAsOf, readAsOf } from "../streaks/as-of.ts";
import { readExplainedRange } from "./explained-range.ts";
import { explanationToMessage } from "./explanation-message.ts";

/**
 * Creates the handler that tells why a user's streak is what it is.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function explainStreakHandler(
  projects: Projects,
  { streaks, users }: Pick<Stores, "streaks" | "users">,
  clock: () => number,
): Handler<typeof RulesService.method.explainStreak> {
  return async (request, call) => {
    const { siteKey, userHash, event } = request;
    const asOf = readAsOf(request);
    const project = await projects.require(siteKey, call);
    call.subject = { project: siteKey, userHash };
    const ruled = rulesFor(widgetOf(project, event), project);

    call.deadline.check();
    const user = { projectId: project.id, userHash };
    const record = await streaks.readStreak(user, event);
    const rules = rulesOfUser(ruled, record.ledger, event);
    const timeZone = record.zone?.name ?? project.timeZone;
    const present = { days: record.days, today: dayByStart(clock(), timeZone, rules.dayStarts) };
    const { days, today } = asOf === undefined ? present : historyAsOf(asOf, present);
    const range = readExplainedRange(request, lastToExplain(days, rules, today));
    const explanation = explain(days, rules, today, range);

    const [first, last] = [explanation.periods.at(0)?.first ?? today, explanation.periods.at(-1)?.last ?? today];
    const checkIns = await users.readCheckIns(user, event, first, last);
    return { explanation: { ...explanationToMessage(explanation, today, checkIns), timeZone } };
  };
}
