import type { Day } from "../../domain/day.ts";
import { fieldsOfKind } from "../day-kinds.ts";
import { ledgerOf } from "../ledger.ts";
import type { UserKey } from "../streaks.ts";
import {
  type CheckIn,
  doneAmong,
  type ListedUser,
  MAX_ALIASES,
  MAX_EVENTS_READ,
  MAX_RECENT_EVENTS,
  MONTHS_OF_A_SLICE,
  newestDays,
  newestEvents,
  type RecentEvent,
  recordOf,
  type UserRange,
  type UserRecord,
  type UserSlice,
  type UserStore,
} from "../users.ts";
import { type AddActions, createAddActions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, checkInId, labelIn, rangeAfterActions, streakId } from "./document-ids.ts";
import { type EventDocument, entriesOf, givenOf, type StreakDocument } from "./documents.ts";
import { retry } from "./retry.ts";
import { ALL_DAYS, checkInsIn, daysByEventIn, daysOf, monthsIn, ZONES, zonesOf } from "./streak-documents.ts";

/** How many names one slice of a list reads at most, for users who have done no day and for aliases. */
const NAMES_OF_A_SLICE = 1000;

/** How many documents are read at a time. A document may have years of days, which take time to decode. */
const DOCUMENTS_AT_ONCE = 50;

/** The fields of a user's document that tell of the user. */
const USER_FIELDS = { ...ALL_DAYS, ...ZONES, ledger: 1 };

/** The users of a project. */
export function createUsers(connection: Connection, aliases: Aliases): UserStore {
  const finishMerges = createFinishMerges(aliases);
  const addActions = createAddActions(connection, aliases);
  const listUsers = createListUsers(connection, finishMerges, addActions);
  const readTombstones = createReadTombstones(connection);
  const readUser = createReadUser(connection, aliases, readTombstones, finishMerges, addActions);
  const readCheckIns = createReadCheckIns(connection, aliases, readTombstones, finishMerges);
  return {
    listUsers: (range) => connection.run(() => retry(() => listUsers(range))),

    readUser: (name, actionEvents = []) =>
      connection.run(async () => {
        const user = await retry(() => readUser(name, actionEvents));
        return user === "unknown" ? undefined : user;
      }),

    readCheckIns: (name, event, days) => connection.run(() => retry(() => readCheckIns(name, event, days))),
  };
}

/** Finishes the merges of these tombstones. Returns whether there were any: what was read before is out of date. */
type FinishMerges = (tombstones: readonly StreakDocument[]) => Promise<boolean>;

function createFinishMerges(aliases: Aliases): FinishMerges {
  return async (tombstones) => {
    const merging = tombstones.filter((document) => document.merging);
    await aliases.resolve(merging.map(keyOf), {});
    return merging.length > 0;
  };
}

/** Makes what lists users; undefined when it must be done again. */
function createListUsers({ streaks }: Connection, finishMerges: FinishMerges, addActions: AddActions) {
  return async (range: UserRange): Promise<UserSlice | undefined> => {
    const { projectId, prefix, after, limit, actionEvents = [] } = range;
    const from = after === undefined ? { $gte: streakId(projectId, prefix) } : { $gt: streakId(projectId, after) };
    const names = Math.min(limit, NAMES_OF_A_SLICE);
    const found = streaks
      .find({ _id: { ...beginningWith(projectId)._id, ...from } })
      .project<StreakDocument>({ u: 1, p: 1, aliasOf: 1, merging: 1, ...USER_FIELDS })
      .sort({ _id: 1 })
      // One document more, to know whether the range goes on.
      .limit(names + 1)
      .batchSize(DOCUMENTS_AT_ONCE);
    const slice: StreakDocument[] = [];
    let months = 0;
    let goesOn = false;
    for await (const document of found) {
      const isInRange = document.u.startsWith(prefix);
      goesOn = isInRange && (slice.length === names || months >= MONTHS_OF_A_SLICE);
      if (!isInRange || goesOn) {
        break;
      }
      slice.push(document);
      months += monthsOf(document);
    }
    if (await finishMerges(slice)) {
      return undefined;
    }
    const listedUsers = slice
      .filter(({ aliasOf }) => aliasOf === undefined)
      .map((document) => listed(document.u, document));
    const users = await addActions(
      projectId,
      listedUsers.filter(({ days }) => days.size > 0),
      actionEvents,
    );
    return users && { users, last: goesOn ? slice.at(-1)?.u : undefined };
  };
}

/** Returns the tombstones that lead to a user: the nearest first: all, or one more than a record has. */
type ReadTombstones = (user: UserKey) => Promise<StreakDocument[]>;

function createReadTombstones({ streaks }: Connection): ReadTombstones {
  return async ({ projectId, userHash }) => {
    const found = new Map<string, StreakDocument>();
    let names = [userHash];
    while (names.length > 0 && found.size <= MAX_ALIASES) {
      const next = await streaks
        .find({ p: projectId, aliasOf: { $in: names } }, { projection: { p: 1, u: 1, merging: 1 } })
        .limit(MAX_ALIASES + 1)
        .toArray();
      // A circle that is not opened yet leads back to names that were found before.
      names = next.map(({ u }) => u).filter((name) => name !== userHash && !found.has(name));
      for (const tombstone of next.filter(({ u }) => names.includes(u))) {
        found.set(tombstone.u, tombstone);
      }
    }
    return [...found.values()];
  };
}

/** Makes what reads a user; undefined when it must be done again. */
function createReadUser(
  { events }: Connection,
  aliases: Aliases,
  readTombstones: ReadTombstones,
  finishMerges: FinishMerges,
  addActions: AddActions,
) {
  async function recentEventsOf(projectId: string, { userHash, days }: ListedUser): Promise<RecentEvent[]> {
    const checkIns = newestDays(days).map(({ event, day, label }) => checkInId(projectId, userHash, event, day, label));
    const newestAnalytics = [
      { $match: { _id: rangeAfterActions(projectId, userHash) } },
      { $limit: MAX_EVENTS_READ },
      // Neither first events of days nor repeats.
      { $match: { type: { $ne: "streak_interaction" } } },
      { $sort: { at: -1 } },
      { $limit: MAX_RECENT_EVENTS },
    ];
    const found = await Promise.all([
      events.find({ _id: { $in: checkIns } }).toArray(),
      events.aggregate<EventDocument>(newestAnalytics).toArray(),
    ]);
    return newestEvents(found.flat().map(recentEvent));
  }

  return async (name: UserKey, actionEvents: readonly string[]): Promise<UserRecord | "unknown" | undefined> => {
    const [resolved] = await aliases.resolve([name], USER_FIELDS);
    const { projectId, userHash, document } = resolved as NonNullable<typeof resolved>;
    const user = listed(userHash, document);
    const [tombstones, recentEvents] = await Promise.all([
      readTombstones({ projectId, userHash }),
      recentEventsOf(projectId, user),
    ]);
    if (await finishMerges(tombstones)) {
      return undefined;
    }
    const names = tombstones.map(({ u }) => u);
    const counted = await addActions(projectId, [user], actionEvents);
    return counted && (recordOf(counted[0] as ListedUser, names, recentEvents) ?? "unknown");
  };
}

/** Makes what reads the check-ins of days; undefined when it must be done again. */
function createReadCheckIns(
  { events }: Connection,
  aliases: Aliases,
  readTombstones: ReadTombstones,
  finishMerges: FinishMerges,
) {
  async function find(ids: readonly string[]): Promise<CheckInDocument[]> {
    const projection = { _id: 0, day: 1, at: 1, tz: 1, receivedAt: 1, late: 1, dayZone: 1 };
    return ids.length === 0
      ? []
      : await events
          .find({ _id: { $in: [...ids] } }, { batchSize: ids.length + 1 })
          .project<CheckInDocument>(projection)
          .toArray();
  }

  /** Whether a link moves events of this user, to another user or from one. Finishes it. */
  async function isMerging(user: UserKey): Promise<boolean> {
    const [now] = await aliases.resolve([user], {});
    return now?.userHash !== user.userHash || (await finishMerges(await readTombstones(user)));
  }

  return async (name: UserKey, event: string, asked: readonly Day[]): Promise<CheckIn[] | undefined> => {
    const [resolved] = await aliases.resolve([name], daysOf(event));
    const { projectId, userHash, document } = resolved as NonNullable<typeof resolved>;
    const days = doneAmong(checkInsIn(document, event), asked);
    const found = await find(days.map(({ day, label }) => checkInId(projectId, userHash, event, day, label)));
    // A done day has its event, unless a link comes between the two reads or was cut short.
    if (found.length < days.length && (await isMerging({ projectId, userHash }))) {
      return undefined;
    }
    return found
      .toSorted((one, other) => one.day - other.day || (labelIn(one) < labelIn(other) ? -1 : 1))
      .map(checkInOf);
  };
}

type CheckInDocument = Pick<EventDocument, "day" | "at" | "tz" | "receivedAt" | "late" | "dayZone">;

function checkInOf(document: CheckInDocument): CheckIn {
  const { day, at, tz, receivedAt = at } = document;
  return {
    ...{ day, at: at.getTime(), receivedAt: receivedAt.getTime(), ...(tz !== undefined && { tz }) },
    ...fieldsOfKind(labelIn(document)),
  };
}

function keyOf({ p, u }: StreakDocument): UserKey {
  return { projectId: p, userHash: u };
}

/** Returns how many months a user has. An entry of the ledger counts as one, because it is as much work. */
function monthsOf(document: StreakDocument): number {
  return monthsIn(document).length + (document.ledger?.length ?? 0);
}

function listed(userHash: string, document: StreakDocument | undefined): ListedUser {
  return { userHash, days: daysByEventIn(document), ...zonesOf(document), ...ledgerOf(entriesOf(document)) };
}

function recentEvent({ event, type, day, at, ...given }: EventDocument): RecentEvent {
  return { event, type, day, at: at.getTime(), ...givenOf(given) };
}
