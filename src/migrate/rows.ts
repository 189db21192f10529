import type { LedgerEntry } from "../domain/ledger.ts";
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

/** The queries of each kind. None of them sorts, so none holds more than a row at a time. */
export const SELECTS: Readonly<Record<Kind, Select>> = {
  projects: select("projects", ["site_key"]),
  settings: select("settings", ["name"]),
  tokens: select("tokens", ["id"], "(project_id IS NULL OR project_id IN (SELECT id FROM projects))"),
  users: selectUsers(),
  events: selectEvents(FactKind.EVENT),
  repeats: selectEvents(FactKind.REPEAT),
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
 * Selects events or repeats. The order names the whole key of the table, and its constant part has a plus sign;
 * otherwise SQLite would sort.
 */
function selectEvents(kind: number): Select {
  const events = (after: string) => `
    SELECT project_id, user_hash, event, day, analytics_id, ifnull(analytics_type, 'streak_interaction') AS type,
      at, received_at, tz, session_id, meta
    FROM facts WHERE +kind = ${kind} AND ${REACHABLE} ${after}
    ORDER BY project_id, user_hash, kind, event, month, day, analytics_id
  `;
  return {
    all: events(""),
    after: events("AND (project_id, user_hash, event, day, analytics_id) > (?, ?, ?, ?, ?)"),
  };
}

/** Everything that is kept of a user, in rows that follow each other. */
function selectUsers(): Select {
  const merged = (after: (name: string) => string) => `
    SELECT project_id, user_hash AS name, NULL AS alias_of, zone_name, zone_at, NULL AS event, NULL AS month, NULL AS bits,
        NULL AS id, NULL AS at, NULL AS fields
      FROM users WHERE ${REACHABLE} ${after("user_hash")}
    UNION ALL
    SELECT project_id, alias, user_hash, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
      FROM aliases WHERE ${REACHABLE} ${after("alias")}
    UNION ALL
    SELECT project_id, user_hash, NULL, NULL, NULL, event, month, bits, NULL, NULL, NULL
      FROM streaks WHERE ${REACHABLE} ${after("user_hash")}
    UNION ALL
    SELECT project_id, user_hash, NULL, NULL, NULL, NULL, NULL, NULL, analytics_id, at, meta
      FROM facts WHERE kind = ${FactKind.LEDGER} AND ${REACHABLE} ${after("user_hash")}
    ORDER BY project_id, name
  `;
  return { all: merged(() => ""), after: merged((name) => `AND (project_id, ${name}) > (?1, ?2)`) };
}

/** A row of projects. */
export interface ProjectRow {
  readonly site_key: string;
  readonly document: string;
}

/** A row of a user: what it is an alias of, its zone, a month of an event, or an entry of its ledger. */
export interface UserRow {
  readonly project_id: string;
  readonly name: string;
  readonly alias_of: string | null;
  readonly zone_name: string | null;
  readonly zone_at: number | null;
  readonly event: string | null;
  readonly month: string | null;
  readonly bits: number | null;
  readonly id: string | null;
  readonly at: number | null;
  readonly fields: string | null;
}

/** A row of an event or a repeat. */
export interface EventRow {
  readonly project_id: string;
  readonly user_hash: string;
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
  let user: MutableUser | undefined;
  let size = 0;
  for (const row of rows) {
    if (user?.projectId !== row.project_id || user.userHash !== row.name) {
      if (user !== undefined) {
        yield { record: user, position: [user.projectId, user.userHash], size };
      }
      user = { projectId: row.project_id, userHash: row.name, days: new Map(), ledger: [] };
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
  readonly ledger: LedgerEntry[];
}

function addTo(user: MutableUser, row: UserRow): void {
  const { alias_of, zone_name, zone_at, event, month, bits, id, at, fields } = row;
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
  if (id !== null && at !== null && fields !== null) {
    user.ledger.push(entryOf({ id, at, fields }));
  }
}

/** Returns the event of a row. */
export function eventOf(row: EventRow): StoredEvent {
  const { project_id, user_hash, event, day, analytics_id, type, at, received_at, tz, session_id, meta } = row;
  return {
    ...{ projectId: project_id, userHash: user_hash, event, type, day, at, id: analytics_id },
    ...(received_at !== null && { receivedAt: received_at }),
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(session_id !== null && { sessionId: session_id }),
  };
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
