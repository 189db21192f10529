import type { JsonObject } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventType } from "#gen/streak/v1/streak_service_pb.ts";
import type { User, UserEvent, UserStreak, UserSummary, YearOfDays } from "#gen/streak/v1/user_pb.ts";
import { ownDays } from "../../domain/check-ins.ts";
import { dayOf, isoDate } from "../../domain/day.ts";
import { emptyMonths, lastDay, type Months, ofYear, type Run, runsOf, union } from "../../domain/months.ts";
import type { Project } from "../../domain/project.ts";
import { DaySet } from "../../domain/streaks/days/day-set.ts";
import { settle } from "../../domain/streaks/late-events.ts";
import { presentOf } from "../../domain/streaks/present.ts";
import { streakOf } from "../../domain/streaks/streak.ts";
import type { Streak } from "../../domain/streaks/streak-shape.ts";
import type { EventType as EventTypeName } from "../../store/events.ts";
import type { ListedUser, RecentEvent, UserRecord } from "../../store/users.ts";
import { createRulesOf } from "../projects/ready-rules.ts";
import { historyOf, zoneOf } from "../streaks/history.ts";
import { streakToMessage } from "../streaks/state-message.ts";

/** Makes the contract's messages of the users of one project. */
export interface UserMessages {
  /** Returns what a list shows of a user, who has done at least one day. */
  summary(user: ListedUser): UserSummary;
  /**
   * Returns everything about a user.
   *
   * @param requested the name that the caller has asked for; when it is an alias, it is among the aliases in the message
   * @param year the year of which the message has today and the days done; undefined for neither
   */
  whole(user: UserRecord, requested: string, year?: number): User;
}

/** @param now the server's time in epoch milliseconds, which decides what today is in each user's zone */
export function createUserMessages(project: Project, now: number): UserMessages {
  const rulesOf = createRulesOf(project);

  function streaksOf(user: ListedUser, year?: number): UserStreak[] {
    const zone = zoneOf(user, project);
    const date = dayOf(now, zone);
    const inOrder = [...user.days].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return inOrder.map(([event, checkIns]) => {
      const rules = rulesOf(event, user.ledger);
      // As the streak counts them. Without a widget, nothing says which days late events do.
      const settled = rules
        ? settle(historyOf(checkIns, user, project), rules)
        : { days: DaySet.ofMonths(ownDays(checkIns)) };
      const present = rules?.dayStarts === undefined ? { today: date, zone } : presentOf(settled, rules, now, zone);
      const { today } = present;
      const { months: days } = settled.days;
      return {
        ...userStreakToMessage(event, days, rules && streakOf(settled, rules, present)),
        ...(year !== undefined && { calendar: yearToMessage(days, year) }),
        ...(year !== undefined && today !== date && { today: isoDate(today) }),
      };
    });
  }

  return {
    summary(user) {
      const lastDays = [...user.days.values()].map((checkIns) => lastDay(ownDays(checkIns)));
      return {
        $typeName: "streak.v1.UserSummary",
        userHash: user.userHash,
        lastActiveDate: lastDays.length === 0 ? "" : isoDate(Math.max(...lastDays)),
        ...(user.zone && { timeZone: user.zone.name }),
        streaks: streaksOf(user),
      };
    },

    whole(user, requested, year) {
      const active = user.days.size > 0 && countOf([...user.days.values()].map(ownDays).reduce(union, emptyMonths));
      const isAlias = requested !== user.userHash;
      const others = user.aliases.filter((name) => name !== requested);
      // When not all aliases fit, the requested alias takes the place of another alias.
      const shown = user.hasMoreAliases ? others.slice(0, user.aliases.length - 1) : others;
      const aliases = isAlias ? [requested, ...shown] : others;
      return {
        $typeName: "streak.v1.User",
        userHash: user.userHash,
        aliases: aliases.toSorted(),
        hasMoreAliases: user.hasMoreAliases,
        ...(user.zone && { timeZone: user.zone.name, timeZoneEventTime: timestampFromMs(user.zone.at) }),
        activeDays: active ? active.days : 0,
        ...(active && { firstActiveDate: active.first, lastActiveDate: active.last }),
        streaks: streaksOf(user, year),
        recentEvents: user.recentEvents.map(eventToMessage),
        ...(year !== undefined && { today: isoDate(dayOf(now, zoneOf(user, project))) }),
      };
    },
  };
}

function userStreakToMessage(event: string, days: Months, streak: Streak | undefined): UserStreak {
  const count = countOf(days);
  return {
    $typeName: "streak.v1.UserStreak",
    event,
    ...(streak && { streak: streakToMessage(streak) }),
    daysDone: count.days,
    firstDate: count.first,
    lastDate: count.last,
  };
}

function yearToMessage(days: Months, year: number): YearOfDays {
  const dates = runsOf(ofYear(days, year)).flatMap(({ first, length }) =>
    Array.from({ length }, (_, index) => isoDate(first + index)),
  );
  return { $typeName: "streak.v1.YearOfDays", year, dates };
}

/** Returns how many days a set has, and its first and last day as dates. The set must not be empty. */
function countOf(days: Months) {
  const runs = runsOf(days);
  const [first, last] = [runs[0] as Run, runs.at(-1) as Run];
  return {
    days: runs.reduce((sum, { length }) => sum + length, 0),
    first: isoDate(first.first),
    last: isoDate(last.first + last.length - 1),
  };
}

const eventTypeToMessage: Readonly<Record<EventTypeName, EventType>> = {
  streak_interaction: EventType.STREAK_INTERACTION,
  widget_impression: EventType.WIDGET_IMPRESSION,
  widget_interaction: EventType.WIDGET_INTERACTION,
};

function eventToMessage({ event, type, day, at, tz, meta, sessionId }: RecentEvent): UserEvent {
  return {
    $typeName: "streak.v1.UserEvent",
    event,
    eventType: eventTypeToMessage[type],
    isoDate: isoDate(day),
    ts: timestampFromMs(at),
    ...(tz !== undefined && { tz }),
    ...(meta !== undefined && { meta: JSON.parse(meta) as JsonObject }),
    ...(sessionId !== undefined && { sessionId }),
  };
}
