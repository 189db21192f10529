import type { Day } from "../../domain/day.ts";
import type { AnalyticsStore, HistoryEvent, HistoryRange, HistorySlice, UserHistory } from "../analytics.ts";
import { checkInsOf, isDoneBefore, ORDINARY, openCheckIns } from "../day-kinds.ts";
import { ledgerOf } from "../ledger.ts";
import { ActionTotal, createActionSums } from "./action-sums.ts";
import { type CountsOf, NO_COUNTS, withActions } from "./actions.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, labelIn, rangeOf, segmentId } from "./document-ids.ts";
import { anyOf, type EventDocument, entriesOf, givenOf, isRepeat, type StreakDocument } from "./documents.ts";
import { ALL_DAYS, checkInsIn, isDone, openDaysByEventIn, ZONES, zonesOf } from "./streak-documents.ts";

/**
 * How many events one slice reads. A user with more is read whole. Actions are only counted, and are not among these.
 */
const EVENTS_OF_A_SLICE = 2000;

/** How many documents are read at a time: they take time to decode, for which requests wait. */
const DOCUMENTS_AT_ONCE = 500;

/** A filter for documents that are no actions. */
const NO_ACTION = { action: { $exists: false } };

/** The field of a user's document that has the sums of actions, for a projection. */
const SUMS = { sums: 1 };

/** Everything of an event but its `_id`, which is large. */
const EVENT_FIELDS = {
  ...{ _id: 0, u: 1, event: 1, type: 1, day: 1, at: 1, tz: 1, meta: 1, sessionId: 1, analyticsId: 1 },
  ...{ late: 1, dayZone: 1 },
};

type Event = Omit<EventDocument, "_id" | "p">;

/** A day with more than one action. */
interface CountedDay {
  readonly _id: { readonly u: string; readonly event: string; readonly day: Day };
  readonly count: number;
}

/**
 * Makes what reads the histories of a range of users. The events tell whose histories there are, because a done day has
 * its event. The events of a tombstone are left out: the merge moves them, or they are strays.
 */
export function createReadHistories(connection: Connection): AnalyticsStore["readHistories"] {
  const { streaks, events } = connection;
  const sums = createActionSums(connection);

  async function readEvents(_id: object, limit: number): Promise<Event[]> {
    const found = events.find({ _id, ...NO_ACTION } as object, {
      projection: EVENT_FIELDS,
      batchSize: DOCUMENTS_AT_ONCE,
    });
    return (await found.sort({ _id: 1 }).limit(limit).toArray()) as unknown as Event[];
  }

  /** Returns the documents that these users have, by their names. */
  async function readUsers(
    { projectId, actionEvents = [] }: HistoryRange,
    names: readonly string[],
  ): Promise<Map<string, StreakDocument>> {
    const users = names.map((userHash) => ({ projectId, userHash }));
    const projection = { u: 1, ...ALL_DAYS, ...ZONES, ledger: 1, aliasOf: 1 };
    const found = streaks.find(anyOf(users), { projection: { ...projection, ...(actionEvents.length > 0 && SUMS) } });
    return new Map((await found.batchSize(DOCUMENTS_AT_ONCE).toArray()).map((document) => [document.u, document]));
  }

  /** Counts the actions of users for some events. The names are in the order of the store. */
  async function countActions(
    { projectId, actionEvents = [] }: HistoryRange,
    names: readonly string[],
  ): Promise<CountsOf> {
    const [first, last] = [names[0], names.at(-1)];
    if (actionEvents.length === 0 || first === undefined || last === undefined) {
      return () => NO_COUNTS;
    }
    const _id = { $gte: segmentId(projectId, first), $lt: rangeOf(projectId, last).$lt };
    const counts = new Map<string, Map<Day, number>>();
    const keyOf = (u: string, event: string) => JSON.stringify([u, event]);
    const found = events.aggregate<CountedDay>(
      [
        { $match: { _id, event: { $in: actionEvents }, action: { $exists: true } } },
        { $group: { _id: { u: "$u", event: "$event", day: "$day" }, count: { $sum: 1 } } },
        { $match: { count: { $gt: 1 } } },
      ],
      { batchSize: DOCUMENTS_AT_ONCE },
    );
    for await (const {
      _id: { u, event, day },
      count,
    } of found) {
      const key = keyOf(u, event);
      counts.set(key, (counts.get(key) ?? new Map<Day, number>()).set(day, count));
    }
    return (u, event) => counts.get(keyOf(u, event)) ?? NO_COUNTS;
  }

  /** Takes away the sums of users that are not what was counted: all changes of users are counted some time later. */
  async function dropContradictory(
    { projectId, actionEvents = [] }: HistoryRange,
    users: ReadonlyMap<string, StreakDocument>,
    countsOf: CountsOf,
  ): Promise<void> {
    for (const [userHash, document] of users) {
      for (const event of document.sums === undefined ? [] : actionEvents) {
        const checkIns = checkInsIn(document, event);
        const total = new ActionTotal(checkIns, event, countsOf(userHash, event), undefined, document);
        if (total.isContradictory) {
          await sums.drop({ projectId, userHash }, event);
        }
      }
    }
  }

  async function historiesOf(range: HistoryRange, found: readonly Event[]): Promise<UserHistory[]> {
    const byUser = Map.groupBy(found, ({ u }) => u);
    const names = [...byUser.keys()];
    const countsOf = await countActions(range, names);
    const users = await readUsers(range, names);
    await dropContradictory(range, users, countsOf);
    return [...byUser].flatMap(([userHash, own]) => historyOf(userHash, users.get(userHash), own, countsOf) ?? []);
  }

  async function readSlice(range: HistoryRange): Promise<HistorySlice> {
    const { projectId } = range;
    const found = await readEvents(idsOf(range), EVENTS_OF_A_SLICE);
    const last = found.at(-1)?.u;
    if (last === undefined || found.length < EVENTS_OF_A_SLICE) {
      return { histories: await historiesOf(range, found), last: undefined };
    }
    // The last user may have more events: the next slice begins with that user, unless there is no other one.
    const others = found.filter(({ u }) => u !== last);
    if (others.length > 0) {
      return { histories: await historiesOf(range, others), last: others.at(-1)?.u };
    }
    const all = await readEvents(beginningWith(projectId, last)._id, 0);
    return { histories: await historiesOf(range, all), last };
  }

  return (range) => connection.run(() => readSlice(range));
}

/** Returns what the ids of the events of a range are between: see `segmentId`. */
function idsOf({ projectId, first, end, after }: HistoryRange): object {
  return {
    $gte: after === undefined ? segmentId(projectId, first) : rangeOf(projectId, after).$lt,
    $lt: end === undefined ? rangeOf(projectId).$lt : segmentId(projectId, end),
  };
}

/** Returns the history of a user; undefined for an alias, and where nothing is left. */
function historyOf(
  userHash: string,
  document: StreakDocument | undefined,
  found: readonly Event[],
  countsOf: CountsOf,
): UserHistory | undefined {
  if (document?.aliasOf !== undefined) {
    return undefined;
  }
  const open = openDaysByEventIn(document);
  const events = found.flatMap((stored) => historyEvent(stored, open.get(stored.event)) ?? []);
  const days = new Map(
    open.entries().map(([event, checkIns]) => {
      return [event, withActions(checkInsOf(checkIns), countsOf(userHash, event), "of_days")];
    }),
  );
  return days.size === 0 && events.length === 0
    ? undefined
    : { userHash, days, events, ...zonesOf(document), ...ledgerOf(entriesOf(document)) };
}

/** Returns an event of a history; undefined for an event whose day is not done. */
function historyEvent(stored: Event, checkIns = openCheckIns()): HistoryEvent | undefined {
  const { event, type, day, at } = stored;
  const kinds = isRepeat(stored) ? [ORDINARY, ...checkIns.others.keys()] : [labelIn(stored)];
  // A batch that was cut short may have written an event and not its day.
  if (type === "streak_interaction" && !kinds.some((kind) => isDone(checkIns, kind, day))) {
    return undefined;
  }
  const repeats = isRepeat(stored) || (type === "streak_interaction" && isDoneBefore(checkIns, labelIn(stored), day));
  return { event, type, day, at: at.getTime(), ...givenOf(stored), ...(repeats && { isRepeat: true }) };
}
