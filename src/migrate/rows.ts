import type { LedgerEntry } from "../domain/ledger.ts";
import {
  addMonth,
  checkInsOf,
  fieldsOfKind,
  type KindLabel,
  type OpenCheckIns,
  openCheckIns,
} from "../store/day-kinds.ts";
import type { EventType, StoredEvent } from "../store/events.ts";
import { FactKind } from "../store/sqlite/facts.ts";
import { entryOf } from "../store/sqlite/ledger.ts";
import type { UserZone } from "../store/streaks.ts";
import type { Kind, Read, Records, User } from "./records.ts";

/** About what a row takes in memory besides its strings, in bytes. */
const ROW_BYTES = 200;

/** Two queries of a kind, in the order of its primary key: all rows, and the rows after a position. */
export interface Select {
  readonly all: string;
  readonly after: string;
}

/**
 * Leaves out rows of late events that deleted projects have left: nobody can reach them. The plus sign keeps SQLite
 * from reading by projects instead of by the key, and then sorting everything.
 */
const REACHABLE = "+project_id IN (SELECT id FROM projects)";

/** What is read of each event. */
export const EVENT_COLUMNS =
  "project_id, user_hash, kind, event, day, analytics_id, ifnull(analytics_type, 'streak_interaction') AS type, at";

/** The queries of each kind. None of them sorts, so none holds more than a row at a time. */
export const SELECTS: Readonly<Record<Kind, Select>> = {
  projects: select("projects", ["site_key"]),
  settings: select("settings", ["name"]),
  tokens: select("tokens", ["id"], "(project_id IS NULL OR project_id IN (SELECT id FROM projects))"),
  users: selectUsers(),
  events: selectEvents(FactKind.EVENT),
  repeats: selectEvents(FactKind.REPEAT),
  actions: selectEvents(FactKind.ACTION),
  keys: select(
    "idempotency_keys",
    ["project_id", "user_hash", "key"],
    `${REACHABLE} AND EXISTS (SELECT 1 FROM events
      WHERE events.project_id = idempotency_keys.project_id AND events.user_hash = idempotency_keys.user_hash)`,
  ),
  // Also the entries of deleted projects, which operators may still read.
  audit: select("audit", ["id"]),
  rejections: select("rejections", ["project_id", "month"], REACHABLE),
};

function select(table: string, key: readonly string[], condition = "TRUE"): Select {
  const end = `${condition} ORDER BY ${key.join(", ")}`;
  return {
    all: `SELECT * FROM ${table} WHERE ${end}`,
    after: `SELECT * FROM ${table} WHERE (${key.join(", ")}) > (${key.map(() => "?").join(", ")}) AND ${end}`,
  };
}

/**
 * Selects events, repeats or actions. The order names the whole key of the table, and its constant part has a plus
 * sign; otherwise SQLite would sort.
 */
function selectEvents(kind: number): Select {
  const events = (after: string) => `
    SELECT ${EVENT_COLUMNS}, received_at, tz, session_id, meta FROM facts WHERE +kind = ${kind} AND ${REACHABLE} ${after}
    ORDER BY project_id, user_hash, kind, event, month, day, analytics_id
  `;
  return {
    all: events(""),
    after: events("AND (project_id, user_hash, event, day, analytics_id) > (?, ?, ?, ?, ?)"),
  };
}

/** Everything that is kept of a user but events, in rows that follow each other. The plus sign is there for the same reason. */
function selectUsers(): Select {
  const users = (after: string) => `
    SELECT project_id, user_hash, kind, event, month, analytics_id, alias_of, days, at, tz, meta FROM facts
    WHERE +kind <= ${FactKind.MONTH} AND ${REACHABLE} ${after}
    ORDER BY project_id, user_hash, kind, event, month, day, analytics_id
  `;
  return { all: users(""), after: users("AND (project_id, user_hash) > (?, ?)") };
}

/** A row of projects. */
export interface ProjectRow {
  readonly site_key: string;
  readonly document: string;
}

/** A row of a user: what it is an alias of, its zone, a month of an event, or an entry of its ledger. */
export type UserRow = { readonly project_id: string; readonly user_hash: string } & (
  | { readonly kind: typeof FactKind.LEDGER; readonly analytics_id: string; readonly at: number; readonly meta: string }
  | { readonly kind: typeof FactKind.ALIAS; readonly alias_of: string }
  | {
      readonly kind: typeof FactKind.ZONE;
      readonly tz: string;
      readonly at: number;
      readonly meta: string | null;
      readonly days: 1 | null;
    }
  | {
      readonly kind: typeof FactKind.MONTH;
      readonly event: string;
      readonly month: string;
      readonly analytics_id: KindLabel;
      readonly days: number;
    }
);

/** A row of an event, a repeat or an action. */
export interface EventRow {
  readonly project_id: string;
  readonly user_hash: string;
  readonly kind: number;
  readonly event: string;
  readonly day: number;
  readonly analytics_id: string;
  readonly type: EventType;
  readonly at: number;
  readonly received_at: number | null;
  readonly tz: string | null;
  readonly session_id: string | null;
  readonly meta: string | null;
}

/** A row of idempotency keys. */
export interface KeyRow {
  readonly project_id: string;
  readonly user_hash: string;
  readonly key: string;
  readonly expires_at: number;
}

/** A row of rejections. */
export interface RejectionRow {
  readonly project_id: string;
  readonly month: string;
  readonly events: number;
}

/** Yields users, each made of its rows. */
export function* usersOf(rows: Iterable<UserRow>): Generator<Read<"users">> {
  let user: OpenUser | undefined;
  let size = 0;
  for (const row of rows) {
    if (user?.projectId !== row.project_id || user.userHash !== row.user_hash) {
      if (user !== undefined) {
        yield { record: closed(user), position: [user.projectId, user.userHash], size };
      }
      user = { projectId: row.project_id, userHash: row.user_hash, checkIns: new Map(), ledger: [] };
      size = 0;
    }
    addTo(user, row);
    size += sizeOf(row);
  }
  if (user !== undefined) {
    yield { record: closed(user), position: [user.projectId, user.userHash], size };
  }
}

/** A user whom rows are added to. */
interface OpenUser extends Omit<User, "days"> {
  aliasOf?: string;
  zone?: UserZone;
  home?: string;
  isRedated?: true;
  readonly checkIns: Map<string, OpenCheckIns>;
  readonly ledger: LedgerEntry[];
}

function closed({ checkIns, ...user }: OpenUser): User {
  return { ...user, days: new Map([...checkIns].map(([event, open]) => [event, checkInsOf(open)])) };
}

function addTo(user: OpenUser, row: UserRow): void {
  switch (row.kind) {
    case FactKind.ALIAS:
      user.aliasOf = row.alias_of;
      break;
    case FactKind.ZONE:
      user.zone = { name: row.tz, at: row.at };
      if (row.meta !== null) {
        user.home = row.meta;
      }
      if (row.days !== null) {
        user.isRedated = true;
      }
      break;
    case FactKind.MONTH: {
      const checkIns = user.checkIns.get(row.event) ?? openCheckIns();
      addMonth(checkIns, row.analytics_id, row.month, row.days);
      user.checkIns.set(row.event, checkIns);
      break;
    }
    case FactKind.LEDGER:
      user.ledger.push(entryOf({ id: row.analytics_id, at: row.at, fields: row.meta }));
  }
}

/** Returns the event of a row. What has done a day has the label of its kind in the place of an id. */
export function eventOf(row: EventRow): StoredEvent {
  const { project_id, user_hash, event, day, analytics_id, type, at, received_at, tz, session_id, meta, kind } = row;
  const isCheckIn = kind === FactKind.EVENT && type === "streak_interaction";
  return {
    ...{ projectId: project_id, userHash: user_hash, event, type, day, at, id: isCheckIn ? "" : analytics_id },
    ...(isCheckIn && fieldsOfKind(analytics_id)),
    ...(received_at !== null && { receivedAt: received_at }),
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(session_id !== null && { sessionId: session_id }),
  };
}

/** Returns the action of a row. */
export function actionOf(row: EventRow): Records["actions"] {
  const { analytics_id: action, tz: dayZone } = row;
  return { ...eventOf({ ...row, analytics_id: "", tz: null }), action, ...(dayZone !== null && { dayZone }) };
}

/** Returns the idempotency key of a row, with the event that it is to mean. */
export function keyOf({ project_id, key, expires_at }: KeyRow, event: StoredEvent): Records["keys"] {
  return { projectId: project_id, key, expiresAt: expires_at, event };
}

/** Returns about how much memory a row takes, in bytes: two for each character, and more for the row itself. */
export function sizeOf(row: object): number {
  let size = ROW_BYTES;
  for (const value of Object.values(row)) {
    size += typeof value === "string" ? 2 * value.length : 0;
  }
  return size;
}
