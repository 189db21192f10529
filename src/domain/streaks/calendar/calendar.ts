import { type Day, startOfMonth, weekday } from "../../day.ts";
import { emptyMonths } from "../../months.ts";
import {
  type Cadence,
  EVERY_DAY,
  type FreezeRules,
  type HolidayList,
  type RepairRules,
  type RulesVersion,
  type Weekday,
} from "../../rules.ts";
import { EARLIEST, LATEST } from "../days/bits.ts";
import { DoneDays } from "../days/done-days.ts";
import type { Amnesties } from "./amnesties.ts";
import { type BegunVersion, ExemptOffDays, type OffDays, RuledOffDays } from "./days-off.ts";
import type { ExemptDays } from "./exempt-days.ts";

/** A part of the calendar that one cadence divides into periods. */
export interface Phase {
  /** Its first day. */
  readonly from: Day;
  /** The day before which it ends. */
  readonly until: Day;
  readonly pace: Pace;
  /** Whether a single missed period does not end a run; never true for windows. */
  readonly neverMissTwice: boolean;
  /** Absent where freezes cover nothing; never there for windows. */
  readonly freezes?: FreezeRules;
  /** Absent where no run can be repaired; never there for windows. */
  readonly repairs?: RepairRules;
}

/**
 * What a cadence asks for: `days` done days in each day, week, month, or window. A window is any `of` days in a row that
 * are not off.
 */
export type Pace =
  | { readonly per: "day" }
  | { readonly per: "week"; readonly days: number; readonly weekStart: Weekday }
  | { readonly per: "month"; readonly days: number }
  | { readonly per: "window"; readonly days: number; readonly of: number };

/** What a streak counts. */
export type StreakUnit = "day" | "week" | "month" | "action";

/** A day, week or month of the calendar. Where a phase begins in its middle, `first` is that day. */
export interface Period {
  readonly first: Day;
  readonly last: Day;
  /** How many days the whole day, week or month has. */
  readonly length: number;
}

/**
 * The calendar as the versions of a widget's rules divide it. It does not depend on what is done, unless it is that of
 * a user with exempt days: see {@link RulesCalendar.ofUser}.
 */
export class RulesCalendar {
  readonly offDays: OffDays;
  /** The days off by the rules alone: the same, but in the calendar of a user with exempt days. */
  readonly ruledOffDays: OffDays;
  /** The days that windows pass over: days off, and days with a pause or an amnesty even if they are done. */
  readonly passedDays: OffDays;
  /** In order, without gaps; the first has no beginning, the last no end. */
  readonly phases: readonly Phase[];
  /** Whether any phase has freezes. */
  readonly hasFreezes: boolean;
  /** Those of the widget; absent while none counts. Days off have them in the calendar of a user alone. */
  readonly amnesties?: Amnesties;

  private constructor(
    { offDays, ruledOffDays, passedDays }: Pick<RulesCalendar, "offDays" | "ruledOffDays" | "passedDays">,
    phases: readonly Phase[],
    amnesties?: Amnesties,
  ) {
    this.offDays = offDays;
    this.ruledOffDays = ruledOffDays;
    this.passedDays = passedDays;
    this.phases = phases;
    this.hasFreezes = phases.some(({ freezes }) => freezes !== undefined);
    if (amnesties !== undefined && amnesties.united.length > 0) {
      this.amnesties = amnesties;
    }
  }

  /** @param versions at least one, in order */
  static of(versions: readonly RulesVersion[], holidays: readonly HolidayList[], amnesties?: Amnesties): RulesCalendar {
    const begun = beginningsOf(versions);
    const offDays = RuledOffDays.of(begun, holidays);
    return new RulesCalendar({ offDays, ruledOffDays: offDays, passedDays: offDays }, phasesOf(begun), amnesties);
  }

  /**
   * Returns the calendar of a user who has done these days: this one, if nothing exempts any day for the user, and no
   * amnesty counts. An exempt day is off only if it is not done.
   *
   * @param exempt the pauses of the user, the days that are bridged, and the days of repairs
   */
  ofUser(exempt: readonly (ExemptDays<unknown> | undefined)[], done: DoneDays): RulesCalendar {
    const { amnesties } = this;
    const [first, ...others] = [...exempt, amnesties].filter((days) => days !== undefined);
    if (first === undefined) {
      return this;
    }
    const all = others.reduce((united, days) => united.with(days), first);
    const { ruledOffDays } = this;
    const offDays = (done: DoneDays) => new ExemptOffDays(ruledOffDays, all, done);
    const ofUser = { offDays: offDays(done), ruledOffDays, passedDays: offDays(nothingDone) };
    return new RulesCalendar(ofUser, this.phases, amnesties);
  }

  phaseOn(day: Day): Phase {
    return this.phases.findLast(({ from }) => from <= day) as Phase;
  }

  /** Returns what the streak counts on a day. */
  unitOn(day: Day): StreakUnit {
    const { per } = this.phaseOn(day).pace;
    return per === "window" ? "day" : per;
  }

  /** Returns the weekday with which the week begins that is shown on a day: that of a cadence of weeks, else Monday. */
  weekStartOn(day: Day): Weekday {
    const { pace } = this.phaseOn(day);
    return pace.per === "week" ? pace.weekStart : 0;
  }

  /** Returns how many done days a week or month needs from one of its days on: its share of what the whole one needs. */
  neededFrom(day: Day, { last, length }: Period, pace: WeekOrMonth): number {
    return Math.ceil((pace.days * this.offDays.countNeeded(day, last)) / length);
  }
}

const nothingDone = new DoneDays(emptyMonths, EARLIEST);

/** The calendar of a widget without rules. */
export const everyDay = RulesCalendar.of([EVERY_DAY], []);

/** The pace of a calendar period of several days. */
export type WeekOrMonth = Extract<Pace, { readonly per: "week" | "month" }>;

/** Whether a pace has calendar periods of several days. */
export function isWeekOrMonth(pace: Pace): pace is WeekOrMonth {
  return pace.per === "week" || pace.per === "month";
}

/** Returns the period that a day is in. */
export function periodOn(day: Day, { from, pace }: Pick<Phase, "from" | "pace">): Period {
  if (!isWeekOrMonth(pace)) {
    return { first: day, last: day, length: 1 };
  }
  const start = pace.per === "week" ? day - daysSinceWeekday(pace.weekStart, day) : startOfMonth(day);
  const whole = periodFrom(start, pace);
  return start >= from ? whole : { ...whole, first: from };
}

/** Returns the whole week or month that begins with a day. */
export function periodFrom(first: Day, pace: WeekOrMonth): Period {
  const length = pace.per === "week" ? 7 : startOfMonth(first + 31) - first;
  return { first, last: first + length - 1, length };
}

/** Returns how many days before a day the last such weekday was: from 0 to 6. */
export function daysSinceWeekday(start: Weekday, day: Day): number {
  return (weekday(day) - start + 7) % 7;
}

/**
 * Returns the versions with the days on which they really begin. A week or month that has begun goes to its end under its
 * rules. So a version may begin later than its `from`, and not at all if the next one begins as early.
 */
function beginningsOf(versions: readonly RulesVersion[]): readonly BegunVersion[] {
  const begun: BegunVersion[] = [];
  for (const version of versions) {
    const { from = EARLIEST } = version;
    while (begun.length > 0 && (begun.at(-1) as BegunVersion).from >= from) {
      begun.pop();
    }
    const before = begun.at(-1);
    const begins =
      before === undefined ? from : periodOn(from - 1, { from: before.from, pace: paceOf(before.cadence) }).last + 1;
    begun.push({ ...version, from: begins });
  }
  return begun;
}

/** Returns the phases that versions make. Two versions with the same windows are one phase. */
function phasesOf(versions: readonly BegunVersion[]): readonly Phase[] {
  const phases: Phase[] = [];
  for (const { from, cadence, neverMissTwice, freezes, repairs } of versions) {
    const pace = paceOf(cadence);
    const before = phases.at(-1);
    if (before !== undefined && isSameWindow(before.pace, pace)) {
      continue;
    }
    if (before !== undefined) {
      phases[phases.length - 1] = { ...before, until: from };
    }
    const phase = { from, until: LATEST, pace };
    phases.push(
      pace.per === "window"
        ? { ...phase, neverMissTwice: false }
        : { ...phase, neverMissTwice, ...(freezes && { freezes }), ...(repairs && { repairs }) },
    );
  }
  return phases;
}

function isSameWindow(one: Pace, other: Pace): boolean {
  return one.per === "window" && other.per === "window" && one.days === other.days && one.of === other.of;
}

function paceOf(cadence: Cadence): Pace {
  switch (cadence.kind) {
    case "every_day":
    case "weekdays": // the other weekdays are days off
      return { per: "day" };
    case "days_a_week":
      return { per: "week", days: cadence.days, weekStart: cadence.weekStart };
    case "days_a_month":
      return { per: "month", days: cadence.days };
    case "every_n_days":
      return { per: "window", days: 1, of: cadence.days };
    case "days_in_any":
      return { per: "window", days: cadence.days, of: cadence.of };
  }
}
