import type { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { endOfToday } from "../../domain/streaks/present.ts";
import { rulesOfUser } from "../../domain/streaks/rules-for.ts";
import { stateOf } from "../../domain/streaks/state.ts";
import { StreakdError } from "../../errors.ts";
import type { Stores } from "../../store/stores.ts";
import { admitOrigin, type Projects, widgetFor } from "../projects/projects.ts";
import { type UserTokens, wantsUserToken } from "../signed-tokens/user-token.ts";
import { readZone } from "../zone.ts";
import { momentAsOf, readAsOf } from "./as-of.ts";
import { awardedMilestones, isAnyAwarded } from "./awarded-milestones.ts";
import { actionsFor, historyOf, zoneOf } from "./history.ts";
import { momentOf } from "./moment.ts";
import { milestonesToMessages, sharedSettings, streakToMessage, weekToMessages } from "./state-message.ts";

/** The version of the contract that state answers name. */
const API_VERSION = "1";

/**
 * Creates the handler that reads a user's streak, with everything that a widget shows beside it.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getStateHandler(
  projects: Projects,
  { streaks, users }: Pick<Stores, "streaks" | "users">,
  userTokens: UserTokens,
  clock: () => number,
): Handler<typeof StreakService.method.getState> {
  return async (request, call) => {
    const zone = request.tz === undefined ? undefined : readZone(request.tz, "tz");
    const asOf = readAsOf(request);
    const open = await projects.open(request.siteKey);
    const { project } = open;
    call.subject = { project: project.siteKey, userHash: request.userHash };
    admitOrigin(open, call.principal, "states:read");
    if (wantsUserToken(project, call.principal, "states:read")) {
      await userTokens.require(project, request.userHash, call.principal, "states:read");
    }
    if (asOf !== undefined && call.principal.origin !== undefined) {
      throw new StreakdError(
        "FORBIDDEN_ORIGIN",
        "Pages can't read past states: asOf is for servers. Leave it out, or ask your server, which sends no Origin.",
      );
    }
    const widget = widgetFor(open, request.event);

    call.deadline.check();
    const user = { projectId: project.id, userHash: request.userHash };
    const { milestones } = widget;
    const tellsAwards = isAnyAwarded(milestones);
    const actions = actionsFor(widget.rules, asOf !== undefined || tellsAwards ? "of_days" : "total");
    const record = await streaks.readStreak(user, request.event, actions);
    const now = clock();
    const rules = rulesOfUser(widget.rules, record.ledger, request.event);
    const history = historyOf(record, record, project);
    const moment = momentOf(history, rules, now, zone ?? zoneOf(record, project));
    const { settled, present } = asOf === undefined ? moment : momentAsOf(asOf, history, moment, rules);
    const { present: zoned } = moment;
    const { streak, week } = stateOf(settled, rules, present);
    const { current } = streak;
    const told = tellsAwards
      ? await awardedMilestones(
          users,
          milestones,
          { user, event: request.event, settled, rules, present, zone: zoned.zone, current },
          call,
        )
      : milestonesToMessages(milestones, current);
    // A whole message, as its type asks for: `create` would go through all of it once more to find nothing missing.
    return {
      $typeName: "streak.v1.GetStateResponse",
      meta: { $typeName: "streak.v1.StateMeta", apiVersion: API_VERSION, isLive: project.live },
      streak: streakToMessage(
        streak,
        endOfToday(settled, rules, { ...zoned, ...present }, present === zoned ? now : undefined),
      ),
      week: weekToMessages(week),
      milestones: told,
      settings: sharedSettings(widget.settings),
    };
  };
}
