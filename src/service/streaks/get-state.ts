import type { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { dayOf } from "../../domain/day.ts";
import { streakOf } from "../../domain/streak.ts";
import { weekOf } from "../../domain/week.ts";
import type { StreakStore } from "../../store/streaks.ts";
import { modeToMessage } from "../projects/project-message.ts";
import { admitOrigin, type Projects, widgetFor } from "../projects/projects.ts";
import { type UserTokens, wantsUserToken } from "../signed-tokens/user-token.ts";
import { readZone } from "../zone.ts";
import { milestonesToMessages, sharedSettings, weekToMessages } from "./state-message.ts";

/** The version of the contract that state answers name. */
const API_VERSION = "1";

/**
 * Creates the handler that reads a user's streak, with everything that a widget shows beside it.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getStateHandler(
  projects: Projects,
  streaks: StreakStore,
  userTokens: UserTokens,
  clock: () => number,
): Handler<typeof StreakService.method.getState> {
  return async (request, call) => {
    const zone = request.tz === undefined ? undefined : readZone(request.tz, "tz");
    const open = await projects.open(request.siteKey);
    const { project } = open;
    call.subject = { project: project.siteKey, userHash: request.userHash };
    admitOrigin(open, call.principal, "states:read");
    if (wantsUserToken(project, call.principal, "states:read")) {
      await userTokens.require(project, request.userHash, call.principal, "states:read");
    }
    const widget = widgetFor(open, request.event);

    call.deadline.check();
    const user = { projectId: project.id, userHash: request.userHash };
    const record = await streaks.readStreak(user, request.event);
    const today = dayOf(clock(), zone ?? record.zone?.name ?? project.timeZone);
    const streak = streakOf(record.days, widget.rules, today);
    // A whole message, as its type asks for: `create` would go through all of it once more to find nothing missing.
    return {
      $typeName: "streak.v1.GetStateResponse",
      meta: { $typeName: "streak.v1.StateMeta", apiVersion: API_VERSION, isLive: project.live },
      streak: { $typeName: "streak.v1.Streak", ...streak, mode: modeToMessage[streak.mode] },
      week: weekToMessages(weekOf(record.days, today)),
      milestones: milestonesToMessages(widget.milestones, streak.current),
      settings: sharedSettings(widget.settings),
    };
  };
}
