import { RepairPrice } from "#gen/streak/v1/rules_pb.ts";
import type { Progress, Streak, StreakFreezes, StreakPause, StreakRepair } from "#gen/streak/v1/streak_service_pb.ts";
import type { BadgeKind } from "../components/Notice.tsx";
import { formatDay, formatDaySoon, formatNumber, plural } from "../format.ts";
import { countOf, type Unit, unitOf } from "./units.ts";

/** How a streak stands, for a badge. */
export interface Standing {
  readonly kind: BadgeKind;
  readonly text: string;
}

/** Returns how a streak stands today, such as that it waits for today. */
export function standingOf(streak: Streak): Standing {
  const { current, todayDone, pending, progress, pause } = streak;
  if (pause !== undefined) {
    return { kind: "calm", text: `Paused${untilInWords(pause)}` };
  }
  if (progress === undefined) {
    if (todayDone) {
      return { kind: "good", text: "Today is done" };
    }
    return pending ? { kind: "warn", text: "Pending: waits for today" } : { kind: "info", text: "No streak now" };
  }
  if (current === 0) {
    return { kind: "info", text: "No streak now" };
  }
  if (!pending) {
    return { kind: "good", text: nothingPending(unitOf(streak), todayDone, progress) };
  }
  return progress.canBeMet
    ? { kind: "warn", text: `Pending: ${progressInWords(progress)}` }
    : { kind: "bad", text: `Can’t be met any more: ${progressInWords(progress)}` };
}

function nothingPending(unit: Unit, todayDone: boolean, { needed }: Progress): string {
  if (unit === "day") {
    return todayDone ? "Today is done" : "Nothing to do today";
  }
  // A week or month of days off alone is skipped, not kept: it neither counts nor ends a run.
  return needed === 0 ? `Nothing to do this ${unit}` : `This ${unit} is kept`;
}

/** Until when a pause holds, such as ` until Aug 12`, to stand after a word; empty when it is open. */
export function untilInWords({ to }: StreakPause): string {
  return to === undefined ? "" : ` until ${formatDaySoon(to)}`;
}

/** What else is said of a user's freezes, such as `opted out, 1 used this week`. */
export function freezesStandingInWords({ usedInWeek, optedOut }: StreakFreezes): string {
  const used = usedInWeek > 0 && `${formatNumber(usedInWeek)} used this week`;
  return [optedOut && "opted out", used].filter(Boolean).join(", ") || "none used this week";
}

/** How far the current period is, such as `2 of 3 days until Nov 29, 2026`. */
function progressInWords({ done, needed, lastDate }: Progress): string {
  return `${done} of ${plural(needed, "day", "days")} until ${formatDay(lastDate)}`;
}

/**
 * What a repair would do and what it costs, such as `A repair today makes it 12 days. It costs one freeze. Until Dec 3,
 * 2026, the run can be repaired.`
 */
export function repairOfferInWords(repair: StreakRepair, unit: Unit): string {
  const { currentAfter, lastDate } = repair;
  return [
    `A repair today makes it ${countOf(currentAfter, unit)}.`,
    priceInWords(repair),
    `It can be made until ${formatDay(lastDate)}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

function priceInWords({ price, canBePaid, daysMissing }: StreakRepair): string {
  switch (price) {
    case RepairPrice.FREEZE:
      return canBePaid ? "It costs one freeze." : "It costs one freeze, and none is left.";
    case RepairPrice.DAYS:
      return daysMissing === undefined || daysMissing === 0
        ? "Its price is paid."
        : `Before it, ${plural(daysMissing, "more day has", "more days have")} to be done.`;
    default:
      return "";
  }
}
