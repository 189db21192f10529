import { activityOf } from "#src/domain/analytics/activity.ts";
import { countUser } from "#src/domain/analytics/count-user.ts";
import type { UserHistory } from "#src/domain/analytics/history.ts";
import { hoursOf } from "#src/domain/analytics/hours.ts";
import { GRANULARITIES } from "#src/domain/analytics/keys.ts";
import { metaValuesOf } from "#src/domain/analytics/meta-values.ts";
import { milestonesReached } from "#src/domain/analytics/milestones.ts";
import { readMonth, writtenMonth } from "#src/domain/analytics/periods.ts";
import { retentionOf } from "#src/domain/analytics/retention.ts";
import { countSettingsOf } from "#src/domain/analytics/settings.ts";
import { streaksToday } from "#src/domain/analytics/streaks.ts";
import { survivalOf } from "#src/domain/analytics/survival.ts";
import { Tallies } from "#src/domain/analytics/tallies.ts";
import { isoDate } from "#src/domain/day.ts";
import { day } from "../given.ts";
import {
  type Event,
  type Given,
  naiveActivity,
  naiveHours,
  naiveMetaValues,
  naiveMilestones,
  naiveRetention,
  naiveStreaks,
  naiveSurvival,
} from "./oracle.ts";

/** The days that are asked for: they begin and end amid a week and a month. */
const FROM = "2024-10-09";
const TO = "2024-11-09";

/** Counts users into new tallies, as they were at a time. */
export function countAll(histories: readonly UserHistory[], { project, now }: Omit<Given, "histories">): Tallies {
  const tallies = new Tallies();
  for (const history of histories) {
    countUser(tallies, history, countSettingsOf(project), now);
  }
  return tallies;
}

/** All answers for an event, or for all events. */
export function answersOf(tallies: Tallies, { project, now }: Omit<Given, "histories">, event: Event) {
  const scope = event ?? "";
  const [from, to] = [day(FROM), day(TO)];
  const widgets = project.widgets.filter((widget) => event === undefined || widget.event === event);
  const meta = metaValuesOf(tallies, scope, "plan", readMonth("2024-10"), readMonth("2024-11"));
  return {
    activity: GRANULARITIES.map((granularity) =>
      activityOf(tallies, scope, granularity, from, to).map(({ firstDay, ...rest }) => ({
        period: isoDate(firstDay),
        ...rest,
      })),
    ),
    streaks: streaksToday(tallies, widgets, project.timeZone, now),
    survival: survivalOf(tallies, scope, project.widgets, project.timeZone, now),
    retention: retentionOf(tallies, scope, from, to).map(({ monday, activeUsers }) => ({
      monday: isoDate(monday),
      activeUsers,
    })),
    hours: hoursOf(tallies, scope, from, to),
    milestones: milestonesReached(tallies, widgets, from, to),
    meta: { ...meta, leftOutMonths: meta.leftOutMonths.map(writtenMonth) },
  };
}

/** The same answers, counted in a naive way. */
export function naiveAnswersOf(given: Given, event: Event): ReturnType<typeof answersOf> {
  return {
    activity: GRANULARITIES.map((granularity) => naiveActivity(given, event, granularity, FROM, TO)),
    streaks: naiveStreaks(given, event),
    survival: naiveSurvival(given, event),
    retention: naiveRetention(given, event, FROM, TO),
    hours: naiveHours(given, event, FROM, TO),
    milestones: naiveMilestones(given, event, FROM, TO),
    meta: naiveMetaValues(given, event, "plan", "2024-10", "2024-11"),
  };
}

/** The answers that depend on rules. */
export function answersByRules(tallies: Tallies, { project, now }: Omit<Given, "histories">, event: Event) {
  const widgets = project.widgets.filter((widget) => event === undefined || widget.event === event);
  return {
    streaks: streaksToday(tallies, widgets, project.timeZone, now),
    survival: survivalOf(tallies, event ?? "", project.widgets, project.timeZone, now),
    milestones: milestonesReached(tallies, widgets, day(FROM), day(TO)),
  };
}

/** The same answers, counted in a naive way. */
export function naiveAnswersByRules(given: Given, event: Event): ReturnType<typeof answersByRules> {
  return {
    streaks: naiveStreaks(given, event),
    survival: naiveSurvival(given, event),
    milestones: naiveMilestones(given, event, FROM, TO),
  };
}
