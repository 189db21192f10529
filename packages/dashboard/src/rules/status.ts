import { type ExplainedDay, type ExplainedPeriod, PeriodOutcome } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus } from "#gen/streak/v1/streak_service_pb.ts";
import type { BadgeKind } from "../components/Notice.tsx";

/** What became of a day, as calendars show it. */
export type DayLook = keyof typeof LOOKS;

/** What became of a day, in words: the first for legends and calendars, the second for a sentence. */
export const LOOKS = {
  done: { label: "Done", about: "done" },
  late: { label: "Done late", about: "done in its grace, after its end" },
  extra: { label: "Done, not counted", about: "a day off that is done, and that does not count" },
  missed: { label: "Missed", about: "missed" },
  excused: { label: "Let pass", about: "missed once, which is let pass" },
  frozen: { label: "Frozen", about: "missed, and covered by a freeze" },
  repaired: { label: "Repaired", about: "not done, and repaired" },
  off: { label: "Day off", about: "a day off" },
  paused: { label: "Paused", about: "paused" },
  amnesty: { label: "Amnesty", about: "not done, in an amnesty" },
  bridged: { label: "Journey", about: "not done, and bridged by a journey" },
  rest: { label: "Not done", about: "not done" },
  open: { label: "Not over", about: "not done, and not over" },
} as const;

/** The looks in the order of a legend. */
export const LOOK_NAMES = Object.keys(LOOKS) as DayLook[];

const OF_STATUS: Readonly<Record<DayStatus, DayLook>> = {
  [DayStatus.UNSPECIFIED]: "open",
  [DayStatus.DONE]: "done",
  [DayStatus.OFF]: "off",
  [DayStatus.MISSED]: "missed",
  [DayStatus.EXCUSED]: "excused",
  [DayStatus.REST]: "rest",
  [DayStatus.OPEN]: "open",
  [DayStatus.PAUSED]: "paused",
  [DayStatus.FROZEN]: "frozen",
  [DayStatus.AMNESTY]: "amnesty",
  [DayStatus.LATE]: "late",
  [DayStatus.BRIDGED]: "bridged",
  [DayStatus.REPAIRED]: "repaired",
};

/** How a day of a period is shown. */
export function lookOf(
  { status }: Pick<ExplainedDay, "status">,
  period: Pick<ExplainedPeriod, "outcome" | "counted">,
): DayLook {
  const isExtra = status === DayStatus.DONE && period.outcome === PeriodOutcome.OFF && period.counted === 0;
  return isExtra ? "extra" : (OF_STATUS[status] ?? "open");
}

/** Whether a look is one of done days. */
export function isDoneLook(look: DayLook): boolean {
  return look === "done" || look === "late" || look === "extra";
}

/** What became of a period, in words, with the kind of badge that says so. */
export interface OutcomeWords {
  readonly label: string;
  readonly kind: BadgeKind;
}

const UNKNOWN: OutcomeWords = { label: "Unknown", kind: "info" };

const OUTCOMES: Readonly<Record<PeriodOutcome, OutcomeWords>> = {
  [PeriodOutcome.UNSPECIFIED]: UNKNOWN,
  [PeriodOutcome.KEPT]: { label: "Kept", kind: "good" },
  [PeriodOutcome.STARTED]: { label: "Run begins", kind: "good" },
  [PeriodOutcome.MISSED]: { label: "Missed", kind: "bad" },
  [PeriodOutcome.EXCUSED]: { label: "Let pass", kind: "warn" },
  [PeriodOutcome.FROZEN]: { label: "Frozen", kind: "cold" },
  [PeriodOutcome.REPAIRED]: { label: "Repaired", kind: "mended" },
  [PeriodOutcome.OFF]: { label: "Off", kind: "info" },
  [PeriodOutcome.BETWEEN]: { label: "Between", kind: "info" },
  [PeriodOutcome.OPEN]: { label: "Not over", kind: "info" },
};

/** Returns what is said of a period. */
export function outcomeWords({ outcome }: Pick<ExplainedPeriod, "outcome">): OutcomeWords {
  return OUTCOMES[outcome] ?? UNKNOWN;
}
