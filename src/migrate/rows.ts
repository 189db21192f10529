import { FactKind } from "../store/sqlite/facts.ts";
import type { EventType, StoredEvent, UserZone } from "../store/streak-store.ts";
import type { Kind, Records, User } from "./records.ts";
import type { Read } from "./source.ts";

/** What a row takes in memory besides its strings, in bytes; about. */
const ROW_BYTES = 200;

/** How the rows of a kind are read in the order of their primary key: all of them, and those after a position. */
export interface Select {
  readonly all: string;
  readonly after: string;
}

/**
 * What is left out: of deleted projects rows of late events may be left, which are out of everybody's reach. The sign keeps
 * SQLite from going by projects instead of by the key, and then sorting it all.
 */
const REACHABLE = "+project_id IN (SELECT id FROM projects)";

/** Of everything in the folder, one query. None of them sorts, so none holds more than a row at a time. */
export const SELECTS: Readonly<Record<Kind, Select>> = {
  projects: select("projects", ["site_key"]),
  settings: select("settings", ["name"]),
  users: selectUsers(),
  events: selectEvents(),
  keys: select(
    "idempotency_keys",
    ["project_id", "key"],
    `${REACHABLE} AND EXISTS (SELECT 1 FROM events WHERE events.project_id = idempotency_keys.project_id)`,
  ),
};

function select(table: string, key: readonly string[], condition = "TRUE"): Select {
  const end = `${condition} ORDER BY ${key.join(", ")}`;
  return {
    all: `SELECT * FROM ${table} WHERE ${end}`,
    after: `SELECT * FROM ${table} WHERE (${key.join(", ")}) > (${key.map(() => "?").join(", ")}) AND ${end}`,
  };
}

/** By the whole key of the table, and with a sign before its constant part, or SQLite would sort. */
function selectEvents(): Select {
  const events = (after: string) => `
    SELECT project_id, user_hash, event, day, analytics_id, type, value AS at, tz, session_id, meta
    FROM facts WHERE +kind = ${FactKind.EVENT} AND ${REACHABLE} ${after}
    ORDER BY project_id, user_hash, kind, event, month, day, analytics_id
  `;
  return {
    all: events(""),
    after: events("AND (project_id, user_hash, event, day, analytics_id) > (?, ?, ?, ?, ?)"),
  };
}

/** All that three views say of a user, one row after the other. */
function selectUsers(): Select {
  const merged = (after: (name: string) => string) => `
    SELECT project_id, user_hash AS name, NULL AS alias_of, zone_name, zone_at, NULL AS event, NULL AS month, NULL AS bits
      FROM users WHERE ${REACHABLE} ${after("user_hash")}
    UNION ALL
    SELECT project_id, alias, user_hash, NULL, NULL, NULL, NULL, NULL
      FROM aliases WHERE ${REACHABLE} ${after("alias")}
    UNION ALL
    SELECT project_id, user_hash, NULL, NULL, NULL, event, month, bits
      FROM streaks WHERE ${REACHABLE} ${after("user_hash")}
    ORDER BY project_id, name
  `;
  return { all: merged(() => ""), after: merged((name) => `AND (project_id, ${name}) > (?1, ?2)`) };
}

/** A row of projects. */
export interface ProjectRow {
  readonly site_key: string;
  readonly document: string;
}

/** A row of what is known of a user: that it is an alias, its zone, or a month of an event. */
export interface UserRow {
  readonly project_id: string;
  readonly name: string;
  readonly alias_of: string | null;
  readonly zone_name: string | null;
  readonly zone_at: number | null;
  readonly event: string | null;
  readonly month: string | null;
  readonly bits: number | null;
}

/** A row of events. */
export interface EventRow {
  readonly project_id: string;
  readonly user_hash: string;
  readonly event: string;
  readonly day: number;
  readonly analytics_id: string;
  readonly type: EventType;
  readonly at: number;
  readonly tz: string | null;
  readonly session_id: string | null;
  readonly meta: string | null;
}

/** A row of idempotency keys. */
export interface KeyRow {
  readonly project_id: string;
  readonly key: string;
  readonly expires_at: number;
}

/** Puts the rows of each user together. */
export function* usersOf(rows: Iterable<UserRow>): Generator<Read<"users">> {
  let user: MutableUser | undefined;
  let size = 0;
  for (const row of rows) {
    if (user?.projectId !== row.project_id || user.userHash !== row.name) {
      if (user !== undefined) {
        yield { record: user, position: [user.projectId, user.userHash], size };
      }
      user = { projectId: row.project_id, userHash: row.name, days: new Map() };
      size = 0;
    }
    addTo(user, row);
    size += sizeOf(row);
  }
  if (user !== undefined) {
    yield { record: user, position: [user.projectId, user.userHash], size };
  }
}

interface MutableUser extends User {
  aliasOf?: string;
  zone?: UserZone;
  readonly days: Map<string, Record<string, number>>;
}

function addTo(user: MutableUser, { alias_of, zone_name, zone_at, event, month, bits }: UserRow): void {
  if (alias_of !== null) {
    user.aliasOf = alias_of;
  }
  if (zone_name !== null && zone_at !== null) {
    user.zone = { name: zone_name, at: zone_at };
  }
  if (event !== null && month !== null && bits !== null) {
    const months = user.days.get(event) ?? {};
    months[month] = bits;
    user.days.set(event, months);
  }
}

/** The event of a row. */
export function eventOf(row: EventRow): StoredEvent {
  const { project_id, user_hash, event, day, analytics_id, type, at, tz, session_id, meta } = row;
  return {
    ...{ projectId: project_id, userHash: user_hash, event, type, day, at, id: analytics_id },
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(session_id !== null && { sessionId: session_id }),
  };
}

/** The idempotency key of a row, with what it is to mean. */
export function keyOf({ project_id, key, expires_at }: KeyRow, event: StoredEvent): Records["keys"] {
  return { projectId: project_id, key, expiresAt: expires_at, event };
}

/** About how much memory a row takes, in bytes: two for each character, and something for the row itself. */
export function sizeOf(row: object): number {
  let size = ROW_BYTES;
  for (const value of Object.values(row)) {
    size += typeof value === "string" ? 2 * value.length : 0;
  }
  return size;
}
