import type { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { milestonesReached } from "../../domain/analytics/milestones.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, widgetsFor } from "./answer.ts";
import { MONTH_BEFORE, readRange } from "./range.ts";

/**
 * Creates the handler that tells how many users have reached each milestone.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getMilestonesHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getMilestones> {
  return async (request, call) => {
    const project = await projects.require(request.siteKey, call);
    const { from, to } = readRange(request, project, MONTH_BEFORE, clock());
    const { value: milestones, countedTime } = await analytics.read(project, (tallies) =>
      milestonesReached(tallies, widgetsFor(project.widgets, request.event), from, to),
    );
    return {
      milestones: milestones.map((milestone) => ({
        ...milestone,
        users: count(milestone.users),
        usersInRange: count(milestone.usersInRange),
      })),
      ...freshness(countedTime),
    };
  };
}
