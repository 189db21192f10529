import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { MilestoneState } from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "../../call/call.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import { endOfDay } from "../../domain/day-start.ts";
import type { Milestone } from "../../domain/project.ts";
import type { SettledDays } from "../../domain/streaks/late-events.ts";
import { achievedOf } from "../../domain/streaks/milestones/achieved.ts";
import { awardsOf } from "../../domain/streaks/milestones/awards.ts";
import type { Present } from "../../domain/streaks/present.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import type { UserKey } from "../../store/streaks.ts";
import type { UserStore } from "../../store/users.ts";
import { checkInsByDay } from "./check-ins-by-day.ts";

/** What awards are told from. */
export interface AwardedStreak {
  readonly user: UserKey;
  readonly event: string;
  readonly settled: SettledDays;
  /** Those of the user. */
  readonly rules: StreakRules;
  readonly present: Present;
  /** The IANA name of the zone that decides which day is today. */
  readonly zone: string;
  readonly current: number;
}

/** Returns whether any of the milestones is awarded. */
export function isAnyAwarded(milestones: readonly Milestone[]): boolean {
  return milestones.some(({ scope }) => scope !== undefined);
}

/**
 * Returns the milestones of a widget as the contract's messages, with what was awarded. Reads the events of the days of
 * all awards at once, and nothing while nothing was awarded.
 *
 * @param milestones those of which {@link isAnyAwarded} is true
 */
export async function awardedMilestones(
  users: Pick<UserStore, "readCheckIns">,
  milestones: readonly Milestone[],
  streak: AwardedStreak,
  call: Call,
): Promise<MilestoneState[]> {
  const { user, event, settled, rules, present, zone, current } = streak;
  const awards = awardsOf(milestones, settled, rules, present);
  const { days: done, filled, home = zone } = settled;
  const isFilled = (day: Day) => filled?.has(day) ?? false;
  // A day that is not done can have a late event, which has done the day before. A repair can award on such a day.
  const doneDays = [...awards.values()].flatMap(({ day }) => (day !== undefined && done.has(day) ? [day] : []));
  const ownDays = doneDays.map((day) => (isFilled(day) ? day + 1 : day));
  const inOrder = [...new Set(ownDays)].sort((a, b) => a - b);
  call.deadline.check();
  const checkIns = inOrder.length === 0 ? [] : await users.readCheckIns(user, event, inOrder);
  const checkInOf = checkInsByDay(checkIns);

  function eventOf(day: Day): Pick<MilestoneState, "awardedAt" | "backfilled"> {
    const checkIn = done.has(day) ? checkInOf(day, isFilled(day) ? "late" : "done") : undefined;
    if (checkIn === undefined) {
      return {};
    }
    const zoneOfDay = checkIn.dayZone ?? home;
    return {
      awardedAt: timestampFromMs(checkIn.at),
      backfilled: checkIn.receivedAt >= endOfDay(checkIn.day, zoneOfDay, rules.dayStarts),
    };
  }

  const repeating = new Set(milestones.filter(({ repeats }) => repeats).map(({ id }) => id));
  return achievedOf(milestones, current).map((state): MilestoneState => {
    const award = awards.get(state.id);
    return {
      $typeName: "streak.v1.MilestoneState",
      ...state,
      ...(award && {
        timesAwarded: award.timesAwarded,
        ...(award.day !== undefined && { awardedDate: isoDate(award.day), ...eventOf(award.day) }),
        ...(repeating.has(state.id) && { repeats: true }),
      }),
    };
  });
}
