import type { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { streaksToday } from "../../domain/analytics/streaks.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, widgetsFor } from "./answer.ts";

/**
 * Creates the handler that tells how long the streaks of a project are today.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getStreaksHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getStreaks> {
  return async ({ siteKey, event }, call) => {
    const project = await projects.require(siteKey, call);
    const { value: today, countedTime } = await analytics.read(project, (tallies) =>
      streaksToday(tallies, widgetsFor(project.widgets, event), project.timeZone, clock()),
    );
    return {
      lengths: today.lengths.map(({ days, streaks }) => ({ days, streaks: count(streaks) })),
      alive: count(today.alive),
      doneToday: count(today.doneToday),
      pending: count(today.pending),
      atRisk: count(today.atRisk),
      ...freshness(countedTime),
    };
  };
}
