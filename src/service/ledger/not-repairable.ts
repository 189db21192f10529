import { type Day, isoDate } from "../../domain/day.ts";
import type { RepairRefusal } from "../../domain/streaks/repair-offer.ts";
import { clip, StreakdError } from "../../errors.ts";

/** The streak that a request wants to repair. */
interface AskedStreak {
  /** The name that the request has for the user. */
  readonly name: string;
  /** Whether the request names nobody else. */
  readonly isOnlyUser: boolean;
  readonly event: string;
  /** The user's today. */
  readonly today: Day;
}

/** The streak of a user can't be repaired today. */
export function notRepairable({ name, isOnlyUser, event, today }: AskedStreak, refused: RepairRefusal): StreakdError {
  const { field, why, mend } = reasonOf(refused, event, today);
  const mends = field === "userHashes" && !isOnlyUser ? [mend, "leave the user out"] : [mend];
  const sentences = [
    `The streak of "${clip(name)}" can't be repaired on ${isoDate(today)}: ${why}`,
    ...(isOnlyUser ? [] : ["Nothing was added, for any user"]),
    capitalized(mends.join(", or ")),
  ];
  const message = sentences.map((sentence) => `${sentence}.`);
  return new StreakdError("NOT_REPAIRABLE", message.join(" "), { field });
}

/** Somebody has changed the ledger of a user, or linked the user, after it was checked that the user's streak can be repaired. */
export function changedMeanwhile(name: string): StreakdError {
  return new StreakdError(
    "NOT_REPAIRABLE",
    `The ledger of "${clip(name)}" has changed since it was checked, so the streak was not repaired. Other users may have got their entry. Send the request again: it changes nothing for them.`,
    { field: "userHashes" },
  );
}

/** What to do where no run can be repaired. */
const WHEN_OFFERED = "repair it when its state has streak.repair";

/** Why a streak can't be repaired. */
interface Reason {
  /** The field to blame. */
  readonly field: "event" | "userHashes";
  readonly why: string;
  /** What to do about it. */
  readonly mend: string;
}

function reasonOf(refused: RepairRefusal, event: string, today: Day): Reason {
  switch (refused.refused) {
    case "cumulative":
      return {
        field: "event",
        why: `"${clip(event)}" has a cumulative widget, whose streaks never end`,
        mend: "repair streaks of a widget whose mode is continuous",
      };
    case "noRules":
      return {
        field: "event",
        why: `the rules of the widget "${clip(event)}" have no repairs on that day`,
        mend: "add repairs to them first; a week or month that has begun keeps its old rules",
      };
    case "nothingEnded": {
      const { withinDays } = refused;
      const days = withinDays === 1 ? "the day before" : `the ${withinDays} days before`;
      return {
        field: "userHashes",
        why: `there is nothing to repair, as no run that is not repaired yet has ended in ${days}`,
        mend: WHEN_OFFERED,
      };
    }
    case "repairedToday":
      return { field: "userHashes", why: "it was repaired on that day already", mend: WHEN_OFFERED };
    case "tooSoon":
      return {
        field: "userHashes",
        why: "the last repair was too short a time ago",
        mend: `repair it from ${isoDate(refused.until)} on`,
      };
    case "noFreeze":
      return {
        field: "userHashes",
        why: "a repair takes a freeze, and none is left",
        mend: refused.canBeGranted
          ? `grant a freeze that comes on ${isoDate(today - 1)} or earlier first`
          : `grant a freeze that comes on ${isoDate(today)}, from when on the rules have freezes, and repair the streak on the day after`,
      };
    case "daysMissing":
      return {
        field: "userHashes",
        why: `${refused.days} more ${refused.days === 1 ? "day" : "days"} must be done first`,
        mend: "repair it when they are done",
      };
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
