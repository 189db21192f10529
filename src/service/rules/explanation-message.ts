import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type ExplainedDay,
  type ExplainedEvent,
  type ExplainedPeriod,
  type Explanation as ExplanationMessage,
  type Journey as JourneyMessage,
  PeriodOutcome,
} from "#gen/streak/v1/rules_service_pb.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import type { Explanation, PeriodWithDays } from "../../domain/streaks/explain.ts";
import type { Journey } from "../../domain/streaks/itinerary.ts";
import { offsetMinutes } from "../../domain/zone.ts";
import type { CheckIn } from "../../store/users.ts";
import { amnestyToMessage } from "../amnesties/amnesty-message.ts";
import { nearestDate } from "../date.ts";
import { entryToMessage } from "../ledger/entry-message.ts";
import { type CheckInOf, checkInsByDay } from "../streaks/check-ins-by-day.ts";
import { statusToMessage, streakToMessage, unitToMessage } from "../streaks/state-message.ts";

/**
 * Returns an explanation as the contract's message, without a time zone.
 *
 * @param checkIns the events that have done the explained days, and those of the day after; none in a preview
 */
export function explanationToMessage(
  { streak, runFirst, countedBefore, periods }: Explanation,
  today: Day,
  checkIns: readonly CheckIn[],
): ExplanationMessage {
  const checkInOf = checkInsByDay(checkIns);
  return {
    $typeName: "streak.v1.Explanation",
    streak: streakToMessage(streak),
    today: isoDate(today),
    ...(runFirst !== undefined && { runFirstDate: nearestDate(runFirst) }),
    countedBefore,
    periods: periods.map((period) => periodToMessage(period, checkInOf)),
  };
}

function periodToMessage(period: PeriodWithDays, checkInOf: CheckInOf): ExplainedPeriod {
  const { first, last, outcome, counted, done, needed, unit, days } = period;
  return {
    $typeName: "streak.v1.ExplainedPeriod",
    firstDate: isoDate(first),
    lastDate: isoDate(last),
    outcome: outcomeToMessage[outcome],
    counted,
    done,
    needed,
    unit: unitToMessage[unit],
    days: days.map(({ day, status, entry, amnesty, journey }): ExplainedDay => {
      const checkIn = checkInOf(day, status);
      return {
        $typeName: "streak.v1.ExplainedDay",
        isoDate: isoDate(day),
        status: statusToMessage[status],
        ...(checkIn && { checkIn: checkInToMessage(checkIn) }),
        ...(entry && { entry: entryToMessage(entry) }),
        ...(amnesty && { amnesty: amnestyToMessage(amnesty) }),
        ...(journey && { journey: journeyToMessage(journey) }),
      };
    }),
  };
}

function journeyToMessage({ from, to }: Journey): JourneyMessage {
  return { $typeName: "streak.v1.Journey", fromTimeZone: from, toTimeZone: to };
}

function checkInToMessage({ at, receivedAt, tz }: CheckIn): ExplainedEvent {
  return {
    $typeName: "streak.v1.ExplainedEvent",
    ts: timestampFromMs(at),
    receiveTime: timestampFromMs(receivedAt),
    // Zones of long ago are seconds off a whole minute.
    ...(tz !== undefined && { tz, offsetMinutes: Math.round(offsetMinutes(tz, at)) }),
  };
}

const outcomeToMessage = {
  kept: PeriodOutcome.KEPT,
  started: PeriodOutcome.STARTED,
  missed: PeriodOutcome.MISSED,
  excused: PeriodOutcome.EXCUSED,
  frozen: PeriodOutcome.FROZEN,
  repaired: PeriodOutcome.REPAIRED,
  off: PeriodOutcome.OFF,
  between: PeriodOutcome.BETWEEN,
  open: PeriodOutcome.OPEN,
} as const;
