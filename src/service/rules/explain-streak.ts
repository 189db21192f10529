import type { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { explain, lastToExplain } from "../../domain/streaks/explain.ts";
import { rulesFor, rulesOfUser } from "../../domain/streaks/rules-for.ts";
import type { Stores } from "../../store/stores.ts";
import { type Projects, widgetOf } from "../projects/projects.ts";
import { momentAsOf, readAsOf } from "../streaks/as-of.ts";
import { actionsFor, historyOf, zoneOf } from "../streaks/history.ts";
import { momentOf } from "../streaks/moment.ts";
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
    const record = await streaks.readStreak(user, event, actionsFor(ruled, "of_days"));
    const rules = rulesOfUser(ruled, record.ledger, event);
    const timeZone = zoneOf(record, project);
    const history = historyOf(record, record, project);
    const moment = momentOf(history, rules, clock(), timeZone);
    const { settled, present } = asOf === undefined ? moment : momentAsOf(asOf, history, moment, rules);
    const { today } = present;
    const range = readExplainedRange(request, lastToExplain(settled, rules, present));
    const explanation = explain(settled, rules, present, range);

    const [first, last] = [explanation.periods.at(0)?.first ?? today, explanation.periods.at(-1)?.last ?? today];
    // A late event of the day after the last one may have done it.
    const through = last + (settled.filled === undefined ? 0 : 1);
    const explained = Array.from({ length: through - first + 1 }, (_, index) => first + index);
    const checkIns = await users.readCheckIns(user, event, explained);
    return { explanation: { ...explanationToMessage(explanation, today, checkIns), timeZone } };
  };
}
