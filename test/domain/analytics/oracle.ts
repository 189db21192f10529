import type { HistoryEvent, UserHistory } from "#src/domain/analytics/history.ts";
import type { Project, Widget } from "#src/domain/project.ts";
import { EVERY_DAY, type WidgetRules } from "#src/domain/rules.ts";
import { pausesOf } from "#src/domain/streaks/ledger/pauses.ts";
import { naiveDay } from "../day-start/oracle.ts";
import { naiveLocalDate, naiveStreak, nextDate, previousDate } from "../oracle.ts";
import { type Course, courseOf, hasRules } from "./courses.ts";

/**
 * Counts analytics in a naive way, to compare with the domain: goes through all histories anew for each number, and knows
 * days as ISO dates. It shares no code with `src`, but for streaks by rules and pauses: see `courseOf`.
 */

export interface Given {
  readonly histories: readonly UserHistory[];
  readonly project: Project;
  readonly now: number;
}

export type Event = string | undefined;

const isoOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The first date of the period. */
export function periodOfDate(granularity: "day" | "week" | "month", date: string): string {
  if (granularity === "month") {
    return `${date.slice(0, 8)}01`;
  }
  let first = date;
  while (granularity === "week" && new Date(first).getUTCDay() !== 1) {
    first = previousDate(first);
  }
  return first;
}

/** The done days of a user, as pairs of event and date, in the order of the dates. */
function doneBy(history: UserHistory, event: Event): { event: string; date: string }[] {
  const done = [...history.days].flatMap(([name, { days }]) =>
    Object.entries(days).flatMap(([month, bits]) =>
      Array.from({ length: 31 }, (_, bit) => bit)
        .filter((bit) => (bits & (1 << bit)) !== 0)
        .map((bit) => ({ event: name, date: `${month}-${String(bit + 1).padStart(2, "0")}` })),
    ),
  );
  return done.filter((one) => event === undefined || one.event === event).sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The same dates, each as often as it counts for a cumulative streak. */
function countedBy(history: UserHistory, { event, rules }: Widget): string[] {
  const doActionsCount = rules.versions?.some(({ counts }) => counts === "actions");
  const ofDays = doActionsCount ? history.days.get(event)?.actions?.ofDays : undefined;
  return doneBy(history, event).flatMap(({ date }) =>
    Array.from({ length: ofDays?.get(Date.parse(date) / 86_400_000) ?? 1 }, () => date),
  );
}

function eventsOf(history: UserHistory, event: Event): HistoryEvent[] {
  return history.events.filter((one) => event === undefined || one.event === event);
}

export function naiveActivity(
  { histories }: Given,
  event: Event,
  granularity: "day" | "week" | "month",
  from: string,
  to: string,
) {
  const periods = new Set<string>();
  for (let date = from; date <= to; date = nextDate(date)) {
    periods.add(periodOfDate(granularity, date));
  }
  return [...periods].map((period) => {
    const isIn = (date: string) => periodOfDate(granularity, date) === period;
    const isInEvent = ({ day }: HistoryEvent) => isIn(isoOf(day));
    const inPeriod = histories.map((history) => {
      const events = eventsOf(history, event).filter(isInEvent);
      const done = doneBy(history, event);
      return {
        checkIns: done.filter(({ date }) => isIn(date)).length,
        isNew: done[0] !== undefined && isIn(done[0].date),
        impressions: events.filter(({ type }) => type === "widget_impression").length,
        widgetInteractions: events.filter(({ type }) => type === "widget_interaction").length,
        sessions: new Set(events.map(({ sessionId }) => sessionId).filter(Boolean)).size,
      };
    });
    const sum = (n: (user: (typeof inPeriod)[number]) => number) => inPeriod.reduce((all, user) => all + n(user), 0);
    return {
      period,
      checkIns: sum(({ checkIns }) => checkIns),
      activeUsers: sum(({ checkIns }) => (checkIns > 0 ? 1 : 0)),
      newUsers: sum(({ isNew }) => (isNew ? 1 : 0)),
      returningUsers: sum(({ checkIns, isNew }) => (checkIns > 0 && !isNew ? 1 : 0)),
      impressions: sum(({ impressions }) => impressions),
      widgetInteractions: sum(({ widgetInteractions }) => widgetInteractions),
      sessions: sum(({ sessions }) => sessions),
      impressionUsers: sum(({ impressions }) => (impressions > 0 ? 1 : 0)),
      convertedUsers: sum(({ impressions, checkIns }) => (impressions > 0 && checkIns > 0 ? 1 : 0)),
    };
  });
}

const zoneOf = (history: UserHistory, project: Project) => history.zone?.name ?? project.timeZone;

/** By history and event. */
const courses = new WeakMap<UserHistory, Map<Project, Map<string, Course>>>();

/** The course of a user's streak; undefined without rules and pauses. Pauses hold also where there is no widget. */
function courseBy(history: UserHistory, event: string, project: Project): Course | undefined {
  const widget = project.widgets.find((one) => one.event === event);
  const months = history.days.get(event)?.days ?? {};
  const versions = widget && hasRules(widget) ? widget.rules.versions : undefined;
  const pauses = pausesOf(history.ledger ?? [], event);
  if (versions === undefined && pauses === undefined) {
    return undefined;
  }
  const ofUser = courses.get(history) ?? new Map<Project, Map<string, Course>>();
  const ofProject = ofUser.get(project) ?? new Map<string, Course>();
  const course = ofProject.get(event) ?? courseOf(months, versions ?? [EVERY_DAY], project, pauses);
  courses.set(history, ofUser.set(project, ofProject.set(event, course)));
  return course;
}

/** Returns what tells the day that is today for a streak. It remembers, since `Intl` and luxon take long. */
function todaysAt(now: number, { widgets }: Project): (event: string, zone: string) => string {
  const known = new Map<string, string>();
  return (event, zone) => {
    const key = `${event} ${zone}`;
    const today = known.get(key) ?? todayBy(widgets.find((widget) => widget.event === event)?.rules, zone, now);
    known.set(key, today);
    return today;
  };
}

function todayBy(rules: WidgetRules | undefined, zone: string, now: number): string {
  const versions = rules?.versions;
  return versions === undefined
    ? naiveLocalDate(now, zone)
    : naiveDay(
        now,
        zone,
        versions.map(({ from, dayStart = 0 }) => ({
          ...(from !== undefined && { from: isoOf(from) }),
          rules: { dayStart: new Date(dayStart * 60_000).toISOString().slice(11, 16) },
        })),
      );
}

/** The streaks, by what `naiveStreak` says of each user and each event with a widget. */
export function naiveStreaks({ histories, project, now }: Given, event: Event) {
  const todayOf = todaysAt(now, project);
  const soonOf = todaysAt(now + 6 * 3_600_000 - 1, project);
  const streaks = project.widgets
    .filter((widget) => event === undefined || widget.event === event)
    .flatMap((widget) =>
      histories.map((history) => {
        const zone = zoneOf(history, project);
        const dates = doneBy(history, widget.event).map(({ date }) => date);
        const today = todayOf(widget.event, zone);
        const isLate = soonOf(widget.event, zone) > today;
        const { mode } = widget.rules;
        const course = mode === "continuous" ? courseBy(history, widget.event, project) : undefined;
        const streak = course?.on(today) ?? { ...naiveStreak(dates, mode, today), isEnding: mode === "continuous" };
        const current = mode === "continuous" ? streak.current : countedBy(history, widget).length;
        return { ...streak, current, isAtRisk: streak.pending && streak.isEnding && isLate };
      }),
    );
  const alive = streaks.filter(({ current }) => current > 0);
  const lengths = [...new Set(alive.map(({ current }) => current))].sort((a, b) => a - b);
  return {
    lengths: lengths.map((days) => ({ days, streaks: alive.filter(({ current }) => current === days).length })),
    alive: alive.length,
    doneToday: alive.filter(({ todayDone }) => todayDone).length,
    pending: streaks.filter(({ pending }) => pending).length,
    atRisk: streaks.filter(({ isAtRisk }) => isAtRisk).length,
  };
}

/** The rows of done days of a user and an event. */
function rowsBy(history: UserHistory, event: string): string[][] {
  const rows: string[][] = [];
  for (const { date } of doneBy(history, event)) {
    const row = rows.at(-1);
    if (row !== undefined && nextDate(row.at(-1) as string) === date) {
      row.push(date);
    } else {
      rows.push([date]);
    }
  }
  return rows;
}

/** The runs of a user and an event, each with the date with which it ends if nothing more is done. */
function runsBy(history: UserHistory, event: string, project: Project): Course["runs"] {
  const course = courseBy(history, event, project);
  return (
    course?.runs ?? rowsBy(history, event).map((row) => ({ length: row.length, end: nextDate(row.at(-1) as string) }))
  );
}

export function naiveSurvival({ histories, project, now }: Given, event: Event) {
  const todayOf = todaysAt(now, project);
  const runs = histories.flatMap((history) => {
    const zone = zoneOf(history, project);
    return [...history.days.keys()]
      .filter((name) => event === undefined || name === event)
      .flatMap((name) => {
        const today = todayOf(name, zone);
        return runsBy(history, name, project).map(({ length, end }) => ({ length, isOpen: end >= today }));
      });
  });
  const longest = Math.max(0, ...runs.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => {
    const days = index + 1;
    const reached = runs.filter(({ length, isOpen }) => length > days || (length === days && !isOpen));
    return { days, reached: reached.length, wentOn: reached.filter(({ length }) => length > days).length };
  });
}

export function naiveRetention({ histories }: Given, event: Event, from: string, to: string) {
  const weeks = new Set<string>();
  for (let date = from; date <= to; date = nextDate(date)) {
    weeks.add(periodOfDate("week", date));
  }
  return [...weeks].map((cohort) => {
    const users = histories
      .map((history) => doneBy(history, event).map(({ date }) => periodOfDate("week", date)))
      .filter(([first]) => first === cohort);
    return {
      monday: cohort,
      activeUsers: [...weeks]
        .filter((week) => week >= cohort)
        .map((week) => users.filter((ofUser) => ofUser.includes(week)).length),
    };
  });
}

export function naiveHours({ histories, project }: Given, event: Event, from: string, to: string) {
  const hours = histories.flatMap((history) =>
    eventsOf(history, event)
      .filter(({ type, isRepeat }) => type === "streak_interaction" && !isRepeat)
      .filter(({ day }) => isoOf(day) >= from && isoOf(day) <= to)
      .map(({ at, tz }) => {
        const timeZone = tz ?? zoneOf(history, project);
        return Number(new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit" }).format(at));
      }),
  );
  return Array.from({ length: 24 }, (_, hour) => hours.filter((one) => one === hour).length);
}

export function naiveMilestones({ histories, project }: Given, event: Event, from: string, to: string) {
  return project.widgets
    .filter((widget) => event === undefined || widget.event === event)
    .flatMap((widget) =>
      widget.milestones.map(({ id, target }) => {
        const days = histories.map((history) => {
          const isCumulative = widget.rules.mode === "cumulative";
          const course = isCumulative ? undefined : courseBy(history, widget.event, project);
          if (course !== undefined) {
            return course.firstWith(target);
          }
          const rows = isCumulative ? [countedBy(history, widget)] : rowsBy(history, widget.event);
          return rows.map((row) => row[target - 1]).find((date) => date !== undefined);
        });
        const reached = days.filter((date) => date !== undefined);
        const inRange = reached.filter((date) => date >= from && date <= to);
        return { event: widget.event, id, target, users: reached.length, usersInRange: inRange.length };
      }),
    );
}

export function naiveMetaValues({ histories }: Given, event: Event, key: string, from: string, to: string) {
  const found = histories.flatMap((history) =>
    eventsOf(history, event)
      .map(({ day, meta }) => ({
        month: isoOf(day).slice(0, 7),
        meta: new Map(Object.entries(JSON.parse(meta ?? "{}"))),
      }))
      .filter(({ month, meta }) => month >= from && month <= to && meta.has(key))
      .map(({ month, meta }) => ({ month, value: meta.get(key) })),
  );
  const asTexts = found
    .filter(({ value }) => ["string", "number", "boolean"].includes(typeof value) && [...`${value}`].length <= 100)
    .map(({ month, value }) => ({ month, value: `${value}` }));
  const months = [...new Set(asTexts.map(({ month }) => month))];
  const leftOut = months.filter(
    (month) => new Set(asTexts.filter((one) => one.month === month).map(({ value }) => value)).size > 1000,
  );
  const counts = new Map<string, number>();
  for (const { month, value } of asTexts) {
    if (!leftOut.includes(month)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const values = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 100)
    .map(([value, events]) => ({ value, events }));
  const otherEvents = found.length - values.reduce((all, { events }) => all + events, 0);
  return { values, otherEvents, leftOutMonths: leftOut.sort() };
}
