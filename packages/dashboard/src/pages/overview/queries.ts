import { useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { AnalyticsService, Granularity } from "#gen/streak/v1/analytics_service_pb.ts";
import { addDays, daysBetween } from "../../dates.ts";
import type { Days, Step } from "./range/range.ts";

/** How often the numbers of today are read again while the page is seen, in milliseconds. */
const TODAY_INTERVAL_MS = 30_000;

/** The most weeks of the retention's triangle: more columns nobody can read. */
const MAX_COHORTS = 26;

/** The weeks that the server chooses. */
const DEFAULT_COHORTS = 12;

/** What a card is about. */
export interface Subject {
  readonly siteKey: string;
  /** The event; empty for all. */
  readonly event: string;
}

/** The subject, and the days of a range. */
export interface SubjectOfDays extends Subject {
  /** Undefined while they can't be told: nothing is asked then. */
  readonly days: Days | undefined;
}

const GRANULARITIES = { day: Granularity.DAY, week: Granularity.WEEK, month: Granularity.MONTH } as const;

const service = AnalyticsService.method;
const kept = { placeholderData: keepPreviousData };

function requestOf({ siteKey, event }: Subject) {
  return { siteKey, ...(event !== "" && { event }) };
}

/** The last 30 days, of which today is the last. */
export function useLastDays(subject: Subject) {
  return useQuery(service.getActivity, requestOf(subject), { ...kept, refetchInterval: TODAY_INTERVAL_MS });
}

/** The day after today, on which users whose zones are ahead of the project's may be already. */
export function useTomorrow(subject: Subject, today: string | undefined) {
  const tomorrow = today === undefined ? {} : { from: addDays(today, 1), to: addDays(today, 1) };
  return useQuery(
    service.getActivity,
    { ...requestOf(subject), ...tomorrow },
    { enabled: today !== undefined, refetchInterval: TODAY_INTERVAL_MS },
  );
}

/** The activity of a range. */
export function useActivity({ days, ...subject }: SubjectOfDays, step: Step) {
  const request = { ...requestOf(subject), ...days, ...(step !== "day" && { granularity: GRANULARITIES[step] }) };
  return useQuery(service.getActivity, request, { ...kept, enabled: days !== undefined });
}

/** The streaks of today. */
export function useStreaks(subject: Subject) {
  return useQuery(service.getStreaks, requestOf(subject), { ...kept, refetchInterval: TODAY_INTERVAL_MS });
}

/** The survival of runs. */
export function useSurvival(subject: Subject) {
  return useQuery(service.getSurvival, requestOf(subject), kept);
}

/** The retention of the weeks of a range: of 12 at least, and of 26 at most, which end with it. */
export function useRetention({ days, ...subject }: SubjectOfDays) {
  const request = { ...requestOf(subject), ...(days !== undefined && weeksOf(days)) };
  return useQuery(service.getRetention, request, { ...kept, enabled: days !== undefined });
}

function weeksOf({ from, to }: Days): Days {
  if (from === undefined || to === undefined) {
    return {};
  }
  const weeks = Math.min(Math.max(Math.ceil((daysBetween(from, to) + 1) / 7), DEFAULT_COHORTS), MAX_COHORTS);
  return { from: addDays(to, -7 * (weeks - 1)), to };
}

/** The hours of check-ins of a range. */
export function useHours({ days, ...subject }: SubjectOfDays) {
  return useQuery(service.getHours, { ...requestOf(subject), ...days }, { ...kept, enabled: days !== undefined });
}

/** The milestones that were reached, ever and in a range. */
export function useMilestones({ days, ...subject }: SubjectOfDays) {
  return useQuery(service.getMilestones, { ...requestOf(subject), ...days }, { ...kept, enabled: days !== undefined });
}

/** The top values of a key of `meta`, in the months of a range; of all its months, since values are counted by month. */
export function useMetaValues({ days, ...subject }: SubjectOfDays, key: string) {
  const months = { ...(days?.from && { from: days.from.slice(0, 7) }), ...(days?.to && { to: days.to.slice(0, 7) }) };
  return useQuery(
    service.getMetaValues,
    { ...requestOf(subject), key, ...months },
    { ...kept, enabled: days !== undefined && key !== "" },
  );
}
