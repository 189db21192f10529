import { type ClientSession, ObjectId, type UpdateResult } from "mongodb";
import { type CheckIns, ownDays } from "../../domain/check-ins.ts";
import { DAY_MS, type Day, firstOfMonth, isoMonth, startOfMonth } from "../../domain/day.ts";
import { hasDay, type Months } from "../../domain/months.ts";
import type { UserKey } from "../streaks.ts";
import type { Counts } from "./actions.ts";
import type { Connection } from "./connection.ts";
import { fieldOf, type MonthSum, type StreakDocument, unlessAlias } from "./documents.ts";
import { markOf, sumOf, sumsOf } from "./stale-sums.ts";

/**
 * Sums of actions by month, in the document of their user, so that a state need not count all actions ever. They are a
 * cache: a month that has no sum is counted, and whoever has counted it keeps the sum.
 *
 * A reader puts a mark into the document, then counts, and then writes the sums if the mark is still there. Every commit
 * of an action takes away the sum of its month and any mark, even if the action was there before. An action is written
 * before its commit. So if the commit comes before the mark, the action is counted, and if it comes later, no sum stays
 * that lacks it. A link takes away all sums of the alias, and commits what it moves like other actions. A correction
 * takes away all sums when it changes the days, and when it has moved actions; none is written while it is unfinished.
 *
 * Actions of days that are not done don't count. So a sum names the done days of its month, and holds only while these
 * are the done days.
 *
 * If a batch is cut short between an action and its commit, and is never tried again, a sum may lack the action, which
 * was not accepted. The same can happen if a correction is cut short while it moves actions, after another one has ended
 * it. Whoever counts the actions of each day sees it, and takes the sums away.
 *
 * No call fails because the database refuses a write: then no sums are kept.
 */
export interface ActionSums {
  /** Begins to count a user's actions. Returns the mark; undefined where no sums can be kept now. */
  begin(user: UserKey, event: string, session: ClientSession): Promise<ObjectId | undefined>;
  /** Keeps sums that were counted since the mark, unless it has been taken away. There must be some. */
  keep(user: UserKey, event: string, mark: ObjectId, sums: ReadonlyMap<string, MonthSum>): Promise<void>;
  /** Takes away all sums of a user for an event. */
  drop(user: UserKey, event: string): Promise<void>;
}

/** Creates {@link ActionSums}. */
export function createActionSums(connection: Connection): ActionSums {
  const { streaks } = connection;

  /** Writes to the cache. A database that takes no writes now, because it is full or has no majority, is still read. */
  async function unlessRefused(write: () => Promise<UpdateResult>): Promise<UpdateResult | undefined> {
    return await connection.run(write).catch(() => undefined);
  }

  return {
    async begin({ projectId, userHash }, event, session) {
      const mark = new ObjectId();
      const filter = { ...unlessAlias(projectId, userHash), unfinished: { $exists: false } };
      const update = { $set: { [markOf(event)]: mark } };
      const marked = await unlessRefused(() => streaks.updateOne(filter, update, { session }));
      return marked !== undefined && marked.matchedCount > 0 ? mark : undefined;
    },

    async keep({ projectId, userHash }, event, mark, sums) {
      const filter = { ...unlessAlias(projectId, userHash), [markOf(event)]: mark };
      const $set = Object.fromEntries(Array.from(sums, ([month, sum]) => [sumOf(event, month), sum]));
      await unlessRefused(() => streaks.updateOne(filter, { $set, $unset: { [markOf(event)]: "" } }));
    },

    async drop({ projectId, userHash }, event) {
      await unlessRefused(() =>
        streaks.updateOne(unlessAlias(projectId, userHash), { $unset: { [sumsOf(event)]: "" } }),
      );
    },
  };
}

/** The day from which on actions are counted, which begins a month; undefined where all are. */
export type FirstDay = Day | undefined;

/** The days of five digits. In ids days are text, and only these are in the order of their texts. */
const [FIRST_IN_ORDER, LAST_IN_ORDER] = [10_000, 99_999];

/** How many days before today may still get late events, as a rule. */
const LATE_DAYS = 2;

/** Returns from which day on each state counts actions itself. What this clock says decides the cost, and nothing else. */
export function recentDays(): FirstDay {
  return firstDayOf(startOfMonth(Math.floor(Date.now() / DAY_MS) - LATE_DAYS));
}

/** Returns from which day on all actions of some months are counted. */
export function firstDayFor(months: readonly string[]): FirstDay {
  const from = firstDayOf(Math.min(...months.map(firstOfMonth)));
  return months.every((month) => isFrom(from, month)) ? from : undefined;
}

function firstDayOf(day: Day): FirstDay {
  return day >= FIRST_IN_ORDER ? day : undefined;
}

/** Whether a count from this day on has all actions of a month. */
function isFrom(from: FirstDay, month: string): boolean {
  const first = firstOfMonth(month);
  return from === undefined || (first >= from && first + 31 <= LAST_IN_ORDER);
}

/** How many actions a user has for an event: those that were counted, and sums that were kept. */
export class ActionTotal {
  readonly #done: Months;
  readonly #from: FirstDay;
  /** How many actions the months have in their done days, without the first one of each day; as far as it is not 0. */
  readonly #counted = new Map<string, number>();
  /** The sums that hold. */
  readonly #kept: ReadonlyMap<string, number>;

  /**
   * @param counts those of the days from `from` on; there may be others among them
   * @param document the user's, which was read after that
   */
  constructor(checkIns: CheckIns, event: string, counts: Counts, from: FirstDay, document: StreakDocument | undefined) {
    this.#done = ownDays(checkIns);
    this.#from = from;
    for (const [day, count] of counts) {
      if (hasDay(this.#done, day)) {
        const month = isoMonth(day);
        this.#counted.set(month, (this.#counted.get(month) ?? 0) + count - 1);
      }
    }
    const { months = {} } = document?.sums?.[fieldOf(event)] ?? {};
    const holding = Object.entries(months).filter(([month, { days }]) => days === this.#done[month]);
    this.#kept = new Map(holding.map(([month, { beyondFirst }]) => [month, beyondFirst]));
  }

  /** The done months of which nothing is known. */
  get missing(): string[] {
    return Object.keys(this.#done).filter((month) => !isFrom(this.#from, month) && !this.#kept.has(month));
  }

  /** How many actions all known months have, without the first one of each day. */
  get beyondFirst(): number {
    return Object.keys(this.#done)
      .map((month) => (isFrom(this.#from, month) ? this.#counted.get(month) : this.#kept.get(month)) ?? 0)
      .reduce((sum, count) => sum + count, 0);
  }

  /** Returns the sums of the months that were counted, but for those from a day on. */
  sumsBefore(recent: FirstDay): Map<string, MonthSum> {
    const months = Object.entries(this.#done).filter(([month]) => isFrom(this.#from, month) && !isFrom(recent, month));
    return new Map(months.map(([month, days]) => [month, { days, beyondFirst: this.#counted.get(month) ?? 0 }]));
  }

  /** Whether a sum that was kept is not what was counted. */
  get isContradictory(): boolean {
    return this.#kept
      .entries()
      .some(([month, sum]) => isFrom(this.#from, month) && sum !== (this.#counted.get(month) ?? 0));
  }
}
