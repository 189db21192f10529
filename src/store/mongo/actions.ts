import type { ClientSession, Collection } from "mongodb";
import { type CheckIns, ownDays } from "../../domain/check-ins.ts";
import type { Day } from "../../domain/day.ts";
import { hasDay } from "../../domain/months.ts";
import { actionsInAll, actionsOfDays } from "../actions.ts";
import type { AskedActions, UserKey } from "../streaks.ts";
import type { ListedUser } from "../users.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { partsOf, rangeOfActions } from "./document-ids.ts";

/** How many ranges of ids one query has at most, one for each user and event: the server plans each range. */
const RANGES_AT_ONCE = 100;

/** How many days come from the server at a time: enough for years. */
const DAYS_OF_A_CURSOR = 10_000;

/** The parts of an `_id`: see `eventId`. */
const PARTS = { $split: ["$_id", "|"] };

/** How many actions days have, where that is more than one. */
export type Counts = ReadonlyMap<Day, number>;

/** The counts of a user who has no day with more than one action. */
export const NO_COUNTS: Counts = new Map();

/** Returns the counts of a user of a project for an event. */
export type CountsOf = (userHash: string, event: string) => Counts;

/**
 * Counts actions: the server counts them in the index on `_id`, and reads no document. An action can be there before
 * its day is done: see {@link withActions}.
 */
export interface ActionCounter {
  /**
   * Counts the actions of a user for an event.
   *
   * @param from see `rangeOfActions`
   * @param session has everything counted that was done before what was done in it
   */
  countOf(user: UserKey, event: string, from?: Day, session?: ClientSession): Promise<Counts>;
  /** Counts the actions of users of a project for events. */
  countAll(users: readonly UserKey[], events: readonly string[]): Promise<CountsOf>;
}

/** Creates an {@link ActionCounter}. */
export function createActionCounter({ events: collection }: Connection): ActionCounter {
  /** @param key the parts of an `_id` to group by */
  async function count<Key>(match: object, key: object, session?: ClientSession) {
    return await (collection as unknown as Collection)
      .aggregate<{ readonly _id: Key; readonly count: number }>(
        [{ $match: match }, { $group: { _id: key, count: { $sum: 1 } } }, { $match: { count: { $gt: 1 } } }],
        { batchSize: DAYS_OF_A_CURSOR, ...(session && { session }) },
      )
      .toArray();
  }

  return {
    async countOf(user, event, from, session) {
      const match = { _id: rangeOfActions(user, event, from) };
      const days = await count<string>(match, { $arrayElemAt: [PARTS, 4] }, session);
      return new Map(days.map(({ _id, count }) => [Number(_id), count]));
    },

    async countAll(users, events) {
      const ranges = users.flatMap((user) => events.map((event) => ({ _id: rangeOfActions(user, event) })));
      const counts = new Map<string, Map<Day, number>>();
      const keyOf = (userHash: string, event: string) => JSON.stringify([userHash, event]);
      for (let start = 0; start < ranges.length; start += RANGES_AT_ONCE) {
        // Grouping by these parts takes the server longer than grouping by the day alone.
        const userToDay = { $slice: [PARTS, 1, 4] };
        for (const found of await count<string[]>({ $or: ranges.slice(start, start + RANGES_AT_ONCE) }, userToDay)) {
          const [userHash, , event, day] = partsOf(found._id.join("|")) as [string, string, string, string];
          const key = keyOf(userHash, event);
          counts.set(key, (counts.get(key) ?? new Map<Day, number>()).set(Number(day), found.count));
        }
      }
      return (userHash, event) => counts.get(keyOf(userHash, event)) ?? NO_COUNTS;
    },
  };
}

/**
 * Returns check-ins with their actions. Actions of days that are not done are left out: their batch is under way, or
 * was cut short.
 */
export function withActions<Some extends CheckIns>(checkIns: Some, counts: Counts, asked: AskedActions): Some {
  const days = ownDays(checkIns);
  const ofDone = actionsOfDays(new Map([...counts].filter(([day]) => hasDay(days, day))));
  return { ...checkIns, ...(asked === "total" ? actionsInAll(ofDone.actions?.beyondFirst ?? 0) : ofDone) };
}

/**
 * Adds to users of a project how many actions they have for some events. Returns undefined when one of the users has
 * become an alias since: then some of its actions may have gone to its own user.
 */
export type AddActions = <User extends ListedUser>(
  projectId: string,
  users: readonly User[],
  events: readonly string[],
) => Promise<User[] | undefined>;

/** Creates the function that adds actions to users. */
export function createAddActions(connection: Connection, aliases: Aliases): AddActions {
  const counter = createActionCounter(connection);

  return async (projectId, users, events) => {
    if (users.length === 0 || events.length === 0) {
      return [...users];
    }
    const names = users.map(({ userHash }) => ({ projectId, userHash }));
    const countsOf = await counter.countAll(names, events);
    const now = await aliases.resolve(names, {});
    if (now.some(({ userHash }, index) => userHash !== names[index]?.userHash)) {
      return undefined;
    }
    return users.map((user) => {
      const counted = user.days.entries().map(([event, checkIns]) => {
        return [event, withActions(checkIns, countsOf(user.userHash, event), "total")] as const;
      });
      return { ...user, days: new Map(counted) };
    });
  };
}
