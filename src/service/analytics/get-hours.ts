import type { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { hoursOf } from "../../domain/analytics/hours.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, scopeOf } from "./answer.ts";
import { MONTH_BEFORE, readRange } from "./range.ts";

/**
 * Creates the handler that tells at which hours of the day users check in.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getHoursHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getHours> {
  return async (request, call) => {
    const project = await projects.require(request.siteKey, call);
    const { from, to } = readRange(request, project, MONTH_BEFORE, clock());
    const { value: checkIns, countedTime } = await analytics.read(project, (tallies) =>
      hoursOf(tallies, scopeOf(request.event), from, to),
    );
    return { checkIns: checkIns.map(count), ...freshness(countedTime) };
  };
}
