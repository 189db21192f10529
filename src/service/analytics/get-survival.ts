import type { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { survivalOf } from "../../domain/analytics/survival.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, scopeOf } from "./answer.ts";

/**
 * Creates the handler that tells how many runs of done days went on from each length to the next.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getSurvivalHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getSurvival> {
  return async ({ siteKey, event }, call) => {
    const project = await projects.require(siteKey, call);
    const { value: survival, countedTime } = await analytics.read(project, (tallies) =>
      survivalOf(tallies, scopeOf(event), project.widgets, project.timeZone, clock()),
    );
    return {
      days: survival.map(({ days, reached, wentOn }) => ({ days, reached: count(reached), wentOn: count(wentOn) })),
      ...freshness(countedTime),
    };
  };
}
