import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { WidgetSettings as SettingsMessage } from "#gen/streak/v1/project_pb.ts";
import {
  DayStatus as DayStatusMessage,
  type MilestoneState,
  type Progress as ProgressMessage,
  type Streak as StreakMessage,
  type StreakPause,
  type StreakRepair,
  StreakUnit as StreakUnitMessage,
  type WeekDay as WeekDayMessage,
} from "#gen/streak/v1/streak_service_pb.ts";
import { isoDate } from "../../domain/day.ts";
import type { Milestone, WidgetSettings } from "../../domain/project.ts";
import type { Pause } from "../../domain/streaks/ledger/pauses.ts";
import { achievedOf } from "../../domain/streaks/milestones/achieved.ts";
import type { Progress } from "../../domain/streaks/progress.ts";
import type { RepairOffer } from "../../domain/streaks/repair-offer.ts";
import type { Streak } from "../../domain/streaks/streak-shape.ts";
import type { WeekDay } from "../../domain/streaks/week.ts";
import { nearestDate } from "../date.ts";
import { priceToMessage } from "../projects/repairs-message.ts";
import { modeToMessage, settingsToMessage } from "../projects/widget-message.ts";

/**
 * Returns a streak as the contract's message.
 *
 * @param todayEnd when today ends, in epoch milliseconds; undefined where the message does not say it
 */
export function streakToMessage(
  { mode, current, best, todayDone, pending, unit, progress, pause, freezes, repair }: Streak,
  todayEnd?: number,
): StreakMessage {
  return {
    $typeName: "streak.v1.Streak",
    mode: modeToMessage[mode],
    current,
    best,
    todayDone,
    pending,
    unit: unit && unitToMessage[unit],
    progress: progress && progressToMessage(progress),
    pause: pause && pauseToMessage(pause),
    freezes: freezes && { $typeName: "streak.v1.StreakFreezes", ...freezes },
    repair: repair && repairToMessage(repair),
    todayEndTime: todayEnd === undefined ? undefined : timestampFromMs(todayEnd),
  };
}

/** How the contract's enum says a unit. */
export const unitToMessage = {
  day: StreakUnitMessage.DAY,
  week: StreakUnitMessage.WEEK,
  month: StreakUnitMessage.MONTH,
  action: StreakUnitMessage.ACTION,
} as const;

function progressToMessage({ firstDate, lastDate, ...counts }: Progress): ProgressMessage {
  return {
    $typeName: "streak.v1.Progress",
    firstDate: nearestDate(firstDate),
    lastDate: nearestDate(lastDate),
    ...counts,
  };
}

function pauseToMessage({ from, to }: Pause): StreakPause {
  return { $typeName: "streak.v1.StreakPause", from: isoDate(from), ...(to !== undefined && { to: isoDate(to) }) };
}

function repairToMessage({ currentAfter, lastDay, price, canBePaid, daysMissing }: RepairOffer): StreakRepair {
  return {
    $typeName: "streak.v1.StreakRepair",
    currentAfter,
    lastDate: nearestDate(lastDay),
    price: priceToMessage[price.kind],
    canBePaid,
    ...(daysMissing !== undefined && { daysMissing }),
  };
}

/** How the contract's enum says what became of a day. */
export const statusToMessage = {
  done: DayStatusMessage.DONE,
  late: DayStatusMessage.LATE,
  off: DayStatusMessage.OFF,
  missed: DayStatusMessage.MISSED,
  excused: DayStatusMessage.EXCUSED,
  rest: DayStatusMessage.REST,
  open: DayStatusMessage.OPEN,
  paused: DayStatusMessage.PAUSED,
  frozen: DayStatusMessage.FROZEN,
  amnesty: DayStatusMessage.AMNESTY,
  bridged: DayStatusMessage.BRIDGED,
  repaired: DayStatusMessage.REPAIRED,
} as const;

// The parts of a state that are the same for many users. Each is made once, frozen and shared: what is frozen in an
// answer is also written as JSON only once.

const weekMessages = new WeakMap<readonly WeekDay[], WeekDayMessage[]>();

/** A week as the contract's messages. */
export function weekToMessages(week: readonly WeekDay[]): WeekDayMessage[] {
  // The week of a widget with rules is one user's own.
  if (!Object.isFrozen(week)) {
    return week.map(weekDayToMessage);
  }
  const known = weekMessages.get(week);
  if (known !== undefined) {
    return known;
  }
  const messages = frozen(week.map((day) => frozen(weekDayToMessage(day))));
  weekMessages.set(week, messages);
  return messages;
}

function weekDayToMessage({ status, ...day }: WeekDay): WeekDayMessage {
  return {
    $typeName: "streak.v1.WeekDay",
    ...day,
    status: status && statusToMessage[status],
  };
}

/** The lists of a widget's milestones by how many are achieved; at most one more than there are milestones. */
const milestoneLists = new WeakMap<readonly Milestone[], MilestoneState[][]>();

/** A widget's milestones as of a streak's `current`, as the contract's messages. */
export function milestonesToMessages(milestones: readonly Milestone[], current: number): MilestoneState[] {
  const lists = milestoneLists.get(milestones) ?? [];
  milestoneLists.set(milestones, lists);
  const states = achievedOf(milestones, current);
  const achieved = states.filter((state) => state.achieved).length;
  lists[achieved] ??= frozen(
    states.map((state) => frozen<MilestoneState>({ $typeName: "streak.v1.MilestoneState", ...state })),
  );
  return lists[achieved];
}

const settingsMessages = new WeakMap<WidgetSettings, SettingsMessage>();

/** A widget's settings as the contract's message, shared. */
export function sharedSettings(settings: WidgetSettings): SettingsMessage {
  const known = settingsMessages.get(settings);
  if (known !== undefined) {
    return known;
  }
  const message = settingsToMessage(settings);
  Object.freeze(message.theme);
  settingsMessages.set(settings, frozen(message));
  return message;
}

/** The same object, frozen, in the type that it had: the messages' types know nothing read-only. */
function frozen<T>(value: T): T {
  return Object.freeze(value);
}
