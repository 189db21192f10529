import { type Day, isoMonth } from "./day.ts";

/** What was recorded for a project in a month. */
export interface MonthUsage {
  /** Such as `2026-11`. */
  readonly month: string;
  /** How many users, aliases followed, have at least one done day in the month. */
  readonly activeStreakers: number;
  /** How many days are done in the month, of all users and events. */
  readonly daysDone: number;
  /** How many widget impressions fall into the month. */
  readonly impressions: number;
  /** How many widget interactions fall into the month. */
  readonly interactions: number;
  /** How many events of the month were rejected because of the plan. */
  readonly rejected: number;
}

type Counts = { -readonly [Name in Exclude<keyof MonthUsage, "month">]: number };

/** The count that analytics events of each type belong to. */
const ANALYTICS = { widget_impression: "impressions", widget_interaction: "interactions" } as const;

/** Adds up what was recorded in some months. What lies in other months is left out. */
export class UsageTally {
  readonly #counts: ReadonlyMap<string, Counts>;
  #user: string | undefined;
  /** The months in which that user is counted already. */
  #counted = new Set<string>();

  /** @param months the months to count, in the order of the result */
  constructor(months: readonly string[]) {
    this.#counts = new Map(
      months.map((month) => [month, { activeStreakers: 0, daysDone: 0, impressions: 0, interactions: 0, rejected: 0 }]),
    );
  }

  /**
   * Adds the days of a month that a user has done for an event. All sets of a user must be added one after the other.
   *
   * @param bits the days, as `Months` holds them
   */
  addDays(userHash: string, month: string, bits: number): void {
    const counts = this.#counts.get(month);
    if (counts === undefined || bits === 0) {
      return;
    }
    counts.daysDone += countBits(bits);
    if (userHash !== this.#user) {
      this.#user = userHash;
      this.#counted = new Set();
    }
    if (!this.#counted.has(month)) {
      this.#counted.add(month);
      counts.activeStreakers += 1;
    }
  }

  /** Adds analytics events of a day. */
  addAnalytics(type: keyof typeof ANALYTICS, day: Day, events = 1): void {
    const counts = this.#counts.get(isoMonth(day));
    if (counts !== undefined) {
      counts[ANALYTICS[type]] += events;
    }
  }

  /** Adds rejected events. */
  addRejected(month: string, events: number): void {
    const counts = this.#counts.get(month);
    if (counts !== undefined) {
      counts.rejected += events;
    }
  }

  /** What was added, month by month. */
  get months(): MonthUsage[] {
    return Array.from(this.#counts, ([month, counts]) => ({ month, ...counts }));
  }
}

/** Returns the months from one to another, both included; none when `from` is the later one. */
export function monthsBetween(from: string, to: string): string[] {
  const last = indexOf(to);
  const months: string[] = [];
  for (let index = indexOf(from); index <= last; index++) {
    months.push(monthAt(index));
  }
  return months;
}

/** Returns how many months there are from one to another, both included; 0 or less when `from` is the later one. */
export function countMonths(from: string, to: string): number {
  return indexOf(to) - indexOf(from) + 1;
}

/** Returns the month after a month. */
export function monthAfter(month: string): string {
  return monthAt(indexOf(month) + 1);
}

/** How many months have passed since January of the year 0. */
function indexOf(month: string): number {
  return Number(month.slice(0, -3)) * 12 + Number(month.slice(-2)) - 1;
}

function monthAt(index: number): string {
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}`;
}

/** How many bits of an integer are 1. */
function countBits(integer: number): number {
  let count = 0;
  for (let rest = integer; rest !== 0; rest &= rest - 1) {
    count += 1;
  }
  return count;
}
