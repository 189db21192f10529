import type { Day } from "../../domain/day.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import { actionsInAll } from "../actions.ts";
import { addMonth, checkInsOf, fieldsOfKind, type KindLabel, type OpenCheckIns, openCheckIns } from "../day-kinds.ts";
import type { EventType } from "../events.ts";
import { ledgerOf } from "../ledger.ts";
import type { UserKey, UserZone } from "../streaks.ts";
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
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import { type EntryRow, entryOf } from "./ledger.ts";

/** How many names one slice of a list reads at most, for users who have done no day and for aliases. */
const NAMES_OF_A_SLICE = 250;

/** The users of a project. */
export function createUsers(connection: Connection, aliases: Aliases): UserStore {
  const readRows = createReadRows(connection);
  const listUsers = createListUsers(connection, readRows);
  const readUser = createReadUser(connection, aliases, readRows);
  const readCheckIns = createReadCheckIns(connection, aliases);
  return {
    listUsers: (range) => connection.read(() => listUsers(range)),
    readUser: (name, actionEvents) => connection.read(() => readUser(name, actionEvents)),
    readCheckIns: (name, event, days) => connection.read(() => readCheckIns(name, event, days)),
  };
}

/**
 * Reads the rows of a user that tell of the days that are done, of the zone and of the ledger; with `actionEvents`,
 * also of how many actions these events have.
 */
type ReadRows = (projectId: string, userHash: string, actionEvents: readonly string[] | undefined) => UserRow[];

function createReadRows(connection: Connection): ReadRows {
  const rows = (condition: string) => `
    SELECT kind, event, month, days, tz, at, analytics_id AS id, meta FROM facts
    WHERE project_id = ?1 AND user_hash = ?2 AND ${condition}
  `;
  const select = connection.prepare<UserRow>(rows(`kind <= ${FactKind.MONTH}`));
  const selectWithActions = connection.prepare<UserRow>(`
    ${rows(`kind <= ${FactKind.MONTH}`)}
    UNION ALL ${rows(`kind = ${FactKind.BEYOND_FIRST} AND event IN (SELECT value FROM json_each(?3))`)}
  `);
  return (projectId, userHash, actionEvents) =>
    actionEvents === undefined
      ? select.all(projectId, userHash)
      : selectWithActions.all(projectId, userHash, JSON.stringify(actionEvents));
}

function createListUsers(connection: Connection, readRows: ReadRows): (range: UserRange) => UserSlice {
  // Each of these two finds its row at once, however many rows lie between the names.
  const firstName = connection.prepare<NameRow>(
    "SELECT user_hash FROM facts WHERE project_id = ? AND user_hash >= ? ORDER BY user_hash LIMIT 1",
  );
  const nextName = connection.prepare<NameRow>(
    "SELECT user_hash FROM facts WHERE project_id = ? AND user_hash > ? ORDER BY user_hash LIMIT 1",
  );

  return ({ projectId, prefix, after, limit, actionEvents }) => {
    const users: ListedUser[] = [];
    let months = 0;
    let names = 0;
    let last = after;
    for (;;) {
      // A name before the prefix is no place to go on from: the list begins at the prefix.
      const row = last === undefined ? firstName.get(projectId, prefix) : nextName.get(projectId, last);
      if (row === undefined || !row.user_hash.startsWith(prefix)) {
        return { users, last: undefined };
      }
      if (users.length === limit || names === NAMES_OF_A_SLICE || months >= MONTHS_OF_A_SLICE) {
        return { users, last };
      }
      last = row.user_hash;
      names += 1;
      const rows = readRows(projectId, last, actionEvents);
      const user = userOf(last, rows);
      months += rows.length;
      if (user.days.size > 0) {
        users.push(user);
      }
    }
  };
}

function createReadUser(
  connection: Connection,
  aliases: Aliases,
  readRows: ReadRows,
): (user: UserKey, actionEvents: readonly string[] | undefined) => UserRecord | undefined {
  const selectAliases = connection.prepare<NameRow>(
    `SELECT user_hash FROM facts WHERE project_id = ? AND kind = ${FactKind.ALIAS} AND alias_of = ? LIMIT ?`,
  );
  const readCheckIn = connection.prepare<EventRow>(`
    SELECT ${EVENT_COLUMNS} FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.EVENT} AND event = ? AND month = '' AND day = ?
      AND analytics_id = ?
  `);
  // Whole rows are read only for the newest events, because rows may be large.
  const readAnalytics = connection.prepare<EventRow>(`
    SELECT ${EVENT_COLUMNS} FROM facts WHERE (project_id, user_hash, kind, event, month, day, analytics_id) IN (
      SELECT ?1, ?2, ${FactKind.EVENT}, event, '', day, analytics_id FROM (
        SELECT event, day, analytics_id, analytics_type, at FROM facts
        WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.EVENT} LIMIT ${MAX_EVENTS_READ}
      ) WHERE analytics_type IS NOT NULL ORDER BY at DESC LIMIT ${MAX_RECENT_EVENTS}
    )
  `);

  /** Returns the names that lead to a user: the nearest first: all, or one more than a record has. */
  function aliasesOf(projectId: string, userHash: string): string[] {
    const found: string[] = [];
    let next: string | undefined = userHash;
    for (let index = 0; next !== undefined && found.length <= MAX_ALIASES; index++) {
      const left = MAX_ALIASES + 1 - found.length;
      found.push(...selectAliases.all(projectId, next, left).map((row) => row.user_hash));
      next = found[index];
    }
    return found;
  }

  function recentEventsOf(projectId: string, { userHash, days }: ListedUser): RecentEvent[] {
    const checkIns = newestDays(days).flatMap(({ event, day, label }) =>
      readCheckIn.all(projectId, userHash, event, day, label),
    );
    return newestEvents([...checkIns, ...readAnalytics.all(projectId, userHash)].map(eventOf));
  }

  return ({ projectId, userHash: name }, actionEvents) => {
    const { userHash } = aliases.resolve(projectId, name);
    const user = userOf(userHash, readRows(projectId, userHash, actionEvents));
    const names = aliasesOf(projectId, userHash);
    const recentEvents = recentEventsOf(projectId, user);
    return recordOf(user, names, recentEvents);
  };
}

function createReadCheckIns(connection: Connection, aliases: Aliases) {
  const selectMonths = connection.prepare<Pick<MonthRow, "id" | "month" | "days">>(`
    SELECT analytics_id AS id, month, days FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH} AND event = ?
  `);
  // Day by day, since any number of analytics events may lie between.
  const select = connection.prepare<CheckInRow>(`
    SELECT day, at, tz, ifnull(received_at, at) AS receivedAt, analytics_id AS label FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.EVENT} AND event = ? AND month = '' AND day = ?
      AND analytics_id = ?
  `);

  return ({ projectId, userHash: name }: UserKey, event: string, days: readonly Day[]): CheckIn[] => {
    const { userHash } = aliases.resolve(projectId, name);
    const checkIns = openCheckIns();
    for (const { id, month, days } of selectMonths.all(projectId, userHash, event)) {
      addMonth(checkIns, id, month, days);
    }
    return doneAmong(checkInsOf(checkIns), days)
      .flatMap(({ day, label }) => select.all(projectId, userHash, event, day, label))
      .map(checkInOf);
  };
}

interface NameRow {
  readonly user_hash: string;
}

type UserRow =
  | ({ readonly kind: typeof FactKind.LEDGER; readonly meta: string } & Pick<EntryRow, "id" | "at">)
  | { readonly kind: typeof FactKind.ALIAS }
  | { readonly kind: typeof FactKind.ZONE; readonly tz: string; readonly at: number; readonly meta: string | null }
  | MonthRow
  | { readonly kind: typeof FactKind.BEYOND_FIRST; readonly event: string; readonly days: number };

interface MonthRow {
  readonly kind: typeof FactKind.MONTH;
  readonly event: string;
  readonly month: string;
  readonly id: KindLabel;
  readonly days: number;
}

const EVENT_COLUMNS = "event, ifnull(analytics_type, 'streak_interaction') AS type, day, at, tz, meta, session_id";

interface EventRow {
  readonly event: string;
  readonly type: EventType;
  readonly day: number;
  readonly at: number;
  readonly tz: string | null;
  readonly meta: string | null;
  readonly session_id: string | null;
}

interface CheckInRow {
  readonly day: Day;
  readonly at: number;
  readonly tz: string | null;
  readonly receivedAt: number;
  readonly label: KindLabel;
}

function checkInOf({ tz, label, ...row }: CheckInRow): CheckIn {
  return { ...row, ...(tz !== null && { tz }), ...fieldsOfKind(label) };
}

function userOf(userHash: string, rows: readonly UserRow[]): ListedUser {
  const open = new Map<string, OpenCheckIns>();
  const actions = new Map<string, number>();
  const entries: LedgerEntry[] = [];
  let zone: UserZone | undefined;
  let home: string | null = null;
  for (const row of rows) {
    if (row.kind === FactKind.LEDGER) {
      entries.push(entryOf({ id: row.id, at: row.at, fields: row.meta }));
    } else if (row.kind === FactKind.ZONE) {
      zone = { name: row.tz, at: row.at };
      home = row.meta;
    } else if (row.kind === FactKind.MONTH) {
      const checkIns = open.get(row.event) ?? openCheckIns();
      addMonth(checkIns, row.id, row.month, row.days);
      open.set(row.event, checkIns);
    } else if (row.kind === FactKind.BEYOND_FIRST) {
      actions.set(row.event, row.days);
    }
  }
  const days = new Map(
    [...open].map(([event, checkIns]) => [
      event,
      { ...checkInsOf(checkIns), ...actionsInAll(actions.get(event) ?? 0) },
    ]),
  );
  return { userHash, days, ...(zone && { zone }), ...(home !== null && { home }), ...ledgerOf(entries) };
}

function eventOf({ tz, meta, session_id: sessionId, ...event }: EventRow): RecentEvent {
  return {
    ...event,
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(sessionId !== null && { sessionId }),
  };
}
