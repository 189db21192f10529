import type { AnalyticsService, GetMetaValuesRequest } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { metaValuesOf } from "../../domain/analytics/meta-values.ts";
import { readMonth, writtenMonth } from "../../domain/analytics/periods.ts";
import { countSettingsOf } from "../../domain/analytics/settings.ts";
import { dayOf, isoMonth } from "../../domain/day.ts";
import { refusal } from "../../errors.ts";
import type { Projects } from "../projects/projects.ts";
import type { Analytics } from "./analytics.ts";
import { count, freshness, scopeOf } from "./answer.ts";

/** The most months of one answer: three years. */
const MAX_MONTHS = 36;

/**
 * Creates the handler that tells which values of a key of `meta` are the most frequent.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getMetaValuesHandler(
  projects: Projects,
  analytics: Analytics,
  clock: () => number,
): Handler<typeof AnalyticsService.method.getMetaValues> {
  return async (request, call) => {
    const project = await projects.require(request.siteKey, call);
    const { key } = request;
    requireCounted(key, countSettingsOf(project).metaKeys);
    const { from, to } = readMonths(request, isoMonth(dayOf(clock(), project.timeZone)));
    const { value: answer, countedTime } = await analytics.read(project, (tallies) =>
      metaValuesOf(tallies, scopeOf(request.event), key, from, to),
    );
    return {
      values: answer.values.map(({ value, events }) => ({ value, events: count(events) })),
      otherEvents: count(answer.otherEvents),
      leftOutMonths: answer.leftOutMonths.map(writtenMonth),
      ...freshness(countedTime),
    };
  };
}

function requireCounted(key: string, metaKeys: readonly string[]): void {
  if (!metaKeys.includes(key)) {
    const counted = metaKeys.map((metaKey) => `"${metaKey}"`).join(", ");
    throw refusal("key", `must be one of the project's analytics.metaKeys: ${counted || "there are none yet"}`);
  }
}

function readMonths(request: Pick<GetMetaValuesRequest, "from" | "to">, present: string) {
  const last = request.to ?? present;
  const [from, to] = [readMonth(request.from ?? last), readMonth(last)];
  if (from > to) {
    throw refusal("from", `must not be later than ${request.to ? "to" : `the present month, ${present}`}`);
  }
  if (to - from >= MAX_MONTHS) {
    throw refusal("from", `must be at most ${MAX_MONTHS - 1} months before the last month, ${last}. Ask several times`);
  }
  return { from, to };
}
