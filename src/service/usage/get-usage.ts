import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { dayOf, isoMonth } from "../../domain/day.ts";
import { countMonths, type MonthUsage, monthsBetween } from "../../domain/usage.ts";
import { refusal } from "../../errors.ts";
import type { UsageStore } from "../../store/usage.ts";
import type { Projects } from "../projects/projects.ts";

/** The most months of one answer: three years. */
const MAX_MONTHS = 36;

/** The largest count that the contract's messages hold. */
const MAX_COUNT = 2 ** 31 - 1;

/**
 * Creates the handler that counts a project's usage.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getUsageHandler(
  projects: Projects,
  usage: UsageStore,
  clock: () => number,
): Handler<typeof AdminService.method.getUsage> {
  return async ({ siteKey, from, to }, call) => {
    const project = await projects.require(siteKey, call);
    const months = readMonths(from, to, isoMonth(dayOf(clock(), project.timeZone)));
    const counted = await usage.countUsage(project.id, months);
    return { months: counted.map((month) => toMessage(month, project.plan?.activeStreakers)) };
  };
}

function readMonths(from: string, to: string, present: string): string[] {
  const last = to || present;
  const first = from || last;
  const count = countMonths(first, last);
  if (count < 1) {
    throw refusal("from", `must not be later than ${to ? "to" : `the present month, ${present}`}`);
  }
  if (count > MAX_MONTHS) {
    throw refusal("from", `must be at most ${MAX_MONTHS - 1} months before the last month, ${last}. Ask several times`);
  }
  return monthsBetween(first, last);
}

function toMessage({ month, ...counts }: MonthUsage, limit: number | undefined) {
  return {
    month,
    activeStreakers: Math.min(counts.activeStreakers, MAX_COUNT),
    ...(limit !== undefined && { limit }),
    daysDone: Math.min(counts.daysDone, MAX_COUNT),
    impressions: Math.min(counts.impressions, MAX_COUNT),
    interactions: Math.min(counts.interactions, MAX_COUNT),
    rejected: Math.min(counts.rejected, MAX_COUNT),
  };
}
