import { actionsUpTo } from "../actions.ts";
import { type ActionCounts, type History, type OtherDays, ownDays } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { daysUpTo, emptyMonths, hasDay, type Months, monthsOf, union } from "../months.ts";
import { zoneKey } from "../zone.ts";
import { bitsFrom, hasDayBit, WORD, type WordsOfDays, wordOf } from "./days/bits.ts";
import { type MonthBits, MonthSpan } from "./days/month-span.ts";
import type { Rules } from "./rules-for.ts";

/** What a user has done for an event, after each late event has got the day that it does. */
export interface SettledDays {
  /** All done days. */
  readonly days: Months;
  /** The IANA name of the user's home zone; absent where zones don't matter. */
  readonly home?: string;
  /** The done days that late events of the days after them have filled; absent without late events. */
  readonly filled?: Months;
  /**
   * The done days by the zones of their events. A day can be in several of these sets, or in none where its zone is not
   * known. Absent where all days are in the home zone.
   */
  readonly zones?: readonly DaysInZone[];
  /** The actions of the history, for a cumulative streak. */
  readonly actions?: ActionCounts;
}

/** The done days with events that were dated in one zone. */
export interface DaysInZone {
  /** Its IANA name. */
  readonly zone: string;
  readonly days: Months;
}

/**
 * Settles which days late events do. A late event fills the day before its own if that day is empty and not off; otherwise
 * it does its own day. Going through the days in order makes the result independent of the order in which events came, and
 * never lets an event take a day away: at most it moves a late event from a day that it does to the day after.
 *
 * @param rules those of the user; they say which days are off
 */
export function settle(history: History, rules: Rules): SettledDays {
  if (history.others === undefined) {
    return history;
  }
  const last = lastSettled.get(history);
  if (last?.rules === rules) {
    return last.settled;
  }
  const settled = settleOthers(history, history.others, rules);
  lastSettled.set(history, { rules, settled });
  return settled;
}

/** The latest result for each history: a state asks several times for the same days. Histories never change. */
const lastSettled = new WeakMap<History, { readonly rules: Rules; readonly settled: SettledDays }>();

function settleOthers(history: History, others: readonly OtherDays[], rules: Rules): SettledDays {
  const { days, home, actions } = history;
  const ofHome = home !== undefined && { home };
  if (rules.mode === "cumulative") {
    return { days: ownDays(history), ...ofHome, ...(actions && { actions }) };
  }
  const lateSets = others.filter((other) => other.late).map((other) => other.days);
  if (lateSets.length === 0) {
    return { days: ownDays(history), ...ofHome, ...zonesOf(history, others) };
  }
  const span = new MonthSpan([days, ...others.map((other) => other.days)]);
  const done = span.read([days, ...others.filter((other) => !other.late).map((other) => other.days)]);
  const late = span.read(lateSets);
  const kept = keptDays(late, done, span, rules);
  const filled = span.daysBefore(late.map((bits, index) => bits & ~(kept[index] as number)));
  const all = done.map((bits, index) => bits | (kept[index] as number) | (filled[index] as number));
  return {
    days: span.write(all),
    ...ofHome,
    filled: span.write(filled),
    ...zonesOf(history, others, { span, kept, all }),
  };
}

/**
 * Returns a history as it was on a day, as far as it is known now: without the days after it. Late events of the day after
 * stay as far as they are about the day: they fill it, or date it if it is done anyway.
 *
 * @param history with the counts of actions of each day, where actions count
 * @param rules those of the user
 */
export function historyUpTo(history: History, rules: Rules, day: Day): History {
  const { others = [], actions } = history;
  const upToDay = {
    ...history,
    days: daysUpTo(history.days, day),
    ...(actions && { actions: actionsUpTo(actions, day) }),
  };
  if (others.length === 0) {
    return upToDay;
  }
  const { days, filled = emptyMonths } = settle(history, rules);
  const isFilled = hasDay(filled, day);
  const isDated = !isFilled && hasDay(days, day) && rules.mode !== "cumulative";
  const othersUpTo = others.map((other) => ({
    ...other,
    days: daysUpTo(other.days, other.late && isFilled ? day + 1 : day),
  }));
  const dated = others.filter((other) => isDated && other.late && hasDay(other.days, day + 1));
  return {
    ...upToDay,
    others: [...othersUpTo, ...dated.map((other) => ({ ...other, late: false, days: monthsOf([day]) }))],
  };
}

/** Returns whether a day is off for a user if it is not done: by the rules, a pause or an amnesty. */
export function isOff(day: Day, rules: Rules): boolean {
  return hasDayBit(offDaysOf(rules).word(wordOf(day)), day);
}

/** Returns the days that are off for a user if they are not done: by the rules, pauses and amnesties. */
function offDaysOf({ calendar, pauses }: Rules): WordsOfDays {
  return {
    word: (index) =>
      (calendar?.offDays.word(index) ?? 0) | (calendar?.amnesties?.word(index) ?? 0) | (pauses?.word(index) ?? 0),
  };
}

/**
 * Returns the days whose late events count for their own day, since the day before is off, or done: by an event in time, or
 * by its own late events.
 */
function keptDays(late: MonthBits, inTime: MonthBits, span: MonthSpan, rules: Rules): MonthBits {
  const off = offDaysOf(rules);
  const kept = new Int32Array(span.length);
  for (let index = 1; index < span.length; index++) {
    const before = (((inTime[index - 1] as number) | (kept[index - 1] as number)) >>> span.lastBit(index - 1)) & 1;
    const bits = late[index] as number;
    if (bits !== 0) {
      // Bit by bit the days before those of the month: bit 0 is the last day of the month before.
      const from = span.firstDay(index) - 1;
      const taken = ((inTime[index] as number) << 1) | before | bitsFrom(off, from, from + LONGEST_MONTH - 1);
      kept[index] = spread(bits & taken, bits);
    }
  }
  return kept;
}

/** What became of late events: the days that they do as their own, and all done days. */
interface SettledLate {
  readonly span: MonthSpan;
  readonly kept: MonthBits;
  readonly all: MonthBits;
}

/**
 * Returns the done days by zones. The zone of a late event dates its own day if it counts for that, and in any case the day
 * before if that is done. Otherwise one more event, by which a late one moves to its own day, could take a zone away from
 * the day before, and with it a bridge.
 */
function zonesOf(
  { days, home }: History,
  others: readonly OtherDays[],
  settledLate?: SettledLate,
): { readonly zones?: readonly DaysInZone[] } {
  const ofHome = home === undefined ? undefined : zoneKey(home);
  const keys = others.map(({ zone }) => (zone === undefined ? ofHome : zoneKey(zone)));
  if (ofHome !== undefined && keys.every((key) => key === ofHome)) {
    return {};
  }
  const zones = new Map<string, { zone: string; days: Months }>();
  const add = (key: string | undefined, zone: string | undefined, more: Months) => {
    if (key !== undefined && zone !== undefined) {
      const known = zones.get(key);
      zones.set(key, known ? { ...known, days: union(known.days, more) } : { zone, days: more });
    }
  };
  add(ofHome, home, days);
  for (const [index, { late, zone = home, days: own }] of others.entries()) {
    add(keys[index], zone, late && settledLate ? datedBy(own, settledLate) : own);
  }
  return { zones: [...zones.values()] };
}

/** Returns the days that late events of some days date. */
function datedBy(late: Months, { span, kept, all }: SettledLate): Months {
  const own = span.read([late]);
  const before = span.daysBefore(own);
  const dated = own.map(
    (bits, index) => (bits & (kept[index] as number)) | ((before[index] as number) & (all[index] as number)),
  );
  return span.write(dated);
}

/** Returns the bits from which others spread upwards, as long as one bit follows on another, and these others. */
function spread(from: number, through: number): number {
  let [bits, open] = [from, through];
  for (let step = 1; step < WORD; step *= 2) {
    bits |= (bits << step) & open;
    open &= open << step;
  }
  return bits;
}

const LONGEST_MONTH = 31;
