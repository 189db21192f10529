import type { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { retentionOf } from "../../domain/analytics/retention.ts";
import { isoDate } from "../../domain/day.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, scopeOf } from "./answer.ts";
import { readRange } from "./range.ts";

/** How many days before the last one the first one is when the request does not say: 12 weeks together. */
const WEEKS_BEFORE = 11 * 7;

/**
 * Creates the handler that tells how many users came back, by the week of their first check-in.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getRetentionHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getRetention> {
  return async (request, call) => {
    const project = await projects.require(request.siteKey, call);
    const { from, to } = readRange(request, project, WEEKS_BEFORE, clock());
    const { value: cohorts, countedTime } = await analytics.read(project, (tallies) =>
      retentionOf(tallies, scopeOf(request.event), from, to),
    );
    return {
      cohorts: cohorts.map(({ monday, activeUsers }) => ({
        isoDate: isoDate(monday),
        activeUsers: activeUsers.map(count),
      })),
      ...freshness(countedTime),
    };
  };
}
