import { type AnalyticsService, Granularity as GranularityMessage } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { type Activity, activityOf } from "../../domain/analytics/activity.ts";
import type { Granularity } from "../../domain/analytics/keys.ts";
import { isoDate } from "../../domain/day.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, scopeOf } from "./answer.ts";
import { MONTH_BEFORE, readRange } from "./range.ts";

const granularities: Readonly<Record<number, Granularity>> = {
  [GranularityMessage.UNSPECIFIED]: "day",
  [GranularityMessage.DAY]: "day",
  [GranularityMessage.WEEK]: "week",
  [GranularityMessage.MONTH]: "month",
};

/**
 * Creates the handler that tells who did what in a project, by day, week or month.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getActivityHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getActivity> {
  return async (request, call) => {
    const project = await projects.require(request.siteKey, call);
    const { from, to } = readRange(request, project, MONTH_BEFORE, clock());
    const granularity = granularities[request.granularity] ?? "day";
    const { value: periods, countedTime } = await analytics.read(project, (tallies) =>
      activityOf(tallies, scopeOf(request.event), granularity, from, to),
    );
    return { periods: periods.map(toMessage), ...freshness(countedTime) };
  };
}

function toMessage(activity: Activity) {
  const { impressionUsers, convertedUsers } = activity;
  return {
    isoDate: isoDate(activity.firstDay),
    checkIns: count(activity.checkIns),
    activeUsers: count(activity.activeUsers),
    newUsers: count(activity.newUsers),
    returningUsers: count(activity.returningUsers),
    impressions: count(activity.impressions),
    widgetInteractions: count(activity.widgetInteractions),
    sessions: count(activity.sessions),
    impressionUsers: count(impressionUsers),
    convertedUsers: count(convertedUsers),
    ...(impressionUsers > 0 && { conversion: convertedUsers / impressionUsers }),
  };
}
