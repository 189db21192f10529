import type { DatabaseSync } from "node:sqlite";
import type { StoreLog } from "../stores.ts";
import { transaction } from "./connection.ts";

/**
 * The migrations that lead from an empty file to today's schema, in order; `PRAGMA user_version` counts those applied.
 *
 * To change the schema, append a migration, and add a file of the version before to `test/store/sqlite/old-files/`.
 * Never edit a migration that has been released: databases that exist have passed it.
 */
export const MIGRATIONS: readonly string[] = [
  // Every key starts with the project and then the user, so that what belongs together lies together on disk.
  `
  CREATE TABLE projects (
    site_key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL -- the whole project, as JSON
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deleted_projects ( -- those of whose rows some may be left
    id TEXT PRIMARY KEY,
    site_key TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE users (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    zone_name TEXT NOT NULL,
    zone_at INTEGER NOT NULL, -- epoch milliseconds
    PRIMARY KEY (project_id, user_hash)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE streaks (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    event TEXT NOT NULL,
    month TEXT NOT NULL, -- such as 2024-01
    bits INTEGER NOT NULL, -- the days done; bit 0 is the 1st
    PRIMARY KEY (project_id, user_hash, event, month)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE aliases (
    project_id TEXT NOT NULL,
    alias TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    PRIMARY KEY (project_id, alias)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    event TEXT NOT NULL,
    day INTEGER NOT NULL, -- epoch day
    analytics_id TEXT NOT NULL, -- empty for the streak interaction, of which a day has one
    type TEXT NOT NULL,
    at INTEGER NOT NULL, -- epoch milliseconds
    tz TEXT,
    session_id TEXT,
    meta TEXT, -- JSON
    PRIMARY KEY (project_id, user_hash, event, day, analytics_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE idempotency_keys (
    project_id TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL, -- epoch milliseconds
    PRIMARY KEY (project_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,

  // One table of what is known of users instead of four: a new user's event then writes one page of the disk, not two
  // or three. The four names stay as views, for readers.
  `
  CREATE TABLE facts (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    kind INTEGER NOT NULL, -- 0 whose alias the name is, 1 the user's zone, 2 a month of an event's days, 3 an event
    event TEXT NOT NULL DEFAULT '',
    month TEXT NOT NULL DEFAULT '', -- such as 2024-01
    day INTEGER NOT NULL DEFAULT 0, -- the epoch day of an event
    analytics_id TEXT NOT NULL DEFAULT '', -- empty for the streak interaction, of which a day has one
    name TEXT, -- the user that the alias is, or the name of the zone
    value INTEGER, -- the days done in the month, of which bit 0 is the 1st; or when the event happened, in epoch milliseconds
    type TEXT,
    tz TEXT,
    session_id TEXT,
    meta TEXT, -- JSON
    PRIMARY KEY (project_id, user_hash, kind, event, month, day, analytics_id)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO facts (project_id, user_hash, kind, name) SELECT project_id, alias, 0, user_hash FROM aliases;
  INSERT INTO facts (project_id, user_hash, kind, name, value) SELECT project_id, user_hash, 1, zone_name, zone_at FROM users;
  INSERT INTO facts (project_id, user_hash, kind, event, month, value)
    SELECT project_id, user_hash, 2, event, month, bits FROM streaks;
  INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, value, type, tz, session_id, meta)
    SELECT project_id, user_hash, 3, event, day, analytics_id, at, type, tz, session_id, meta FROM events;

  DROP TABLE aliases;
  DROP TABLE users;
  DROP TABLE streaks;
  DROP TABLE events;

  CREATE VIEW aliases AS SELECT project_id, user_hash AS alias, name AS user_hash FROM facts WHERE kind = 0;
  CREATE VIEW users AS SELECT project_id, user_hash, name AS zone_name, value AS zone_at FROM facts WHERE kind = 1;
  CREATE VIEW streaks AS SELECT project_id, user_hash, event, month, value AS bits FROM facts WHERE kind = 2;
  CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, analytics_id, type, value AS at, tz, session_id, meta
    FROM facts WHERE kind = 3;
  `,

  // Each column holds one thing, where the columns name and value held what the kind of the row said. A streak
  // interaction no longer spells out its type, so a new user takes 19 bytes less.
  `
  DROP VIEW aliases;
  DROP VIEW users;
  DROP VIEW streaks;
  DROP VIEW events;
  ALTER TABLE facts RENAME TO old_facts;

  CREATE TABLE facts ( -- all that is known of users
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL, -- the user, or the alias
    kind INTEGER NOT NULL, -- 0 an alias, 1 the zone of a user, 2 the days of an event in a month, 3 an event
    event TEXT NOT NULL DEFAULT '', -- of kinds 2 and 3
    month TEXT NOT NULL DEFAULT '', -- of kind 2, such as 2024-01
    day INTEGER NOT NULL DEFAULT 0, -- of kind 3, the epoch day
    analytics_id TEXT NOT NULL DEFAULT '', -- of kind 3; empty for the streak interaction, of which a day has one
    alias_of TEXT, -- of kind 0, the name that the alias was linked to
    days INTEGER, -- of kind 2, the days that are done; bit 0 is the 1st
    at INTEGER, -- of kinds 1 and 3, when the event happened that named the zone, or the event itself; epoch milliseconds
    tz TEXT, -- of kind 1, the zone's IANA name; of kind 3, the zone that the event named
    analytics_type TEXT, -- of kind 3; NULL for a streak interaction
    session_id TEXT, -- of kind 3
    meta TEXT, -- of kind 3, JSON
    PRIMARY KEY (project_id, user_hash, kind, event, month, day, analytics_id)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO facts
    SELECT project_id, user_hash, kind, event, month, day, analytics_id,
      iif(kind = 0, name, NULL),
      iif(kind = 2, value, NULL),
      iif(kind IN (1, 3), value, NULL),
      iif(kind = 1, name, tz),
      nullif(type, 'streak_interaction'),
      session_id, meta
    FROM old_facts ORDER BY project_id, user_hash, kind, event, month, day, analytics_id;

  DROP TABLE old_facts;

  CREATE VIEW aliases AS SELECT project_id, user_hash AS alias, alias_of AS user_hash FROM facts WHERE kind = 0;
  CREATE VIEW users AS SELECT project_id, user_hash, tz AS zone_name, at AS zone_at FROM facts WHERE kind = 1;
  CREATE VIEW streaks AS SELECT project_id, user_hash, event, month, days AS bits FROM facts WHERE kind = 2;
  CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, analytics_id, ifnull(analytics_type, 'streak_interaction') AS type,
      at, tz, session_id, meta
    FROM facts WHERE kind = 3;
  `,

  // An idempotency key belongs to a user. The keys in use are forgotten, because nothing says whose keys they are. So
  // for a day after this migration, a repeat of an event from before the migration is known by its day alone.
  `
  DROP TABLE idempotency_keys;

  CREATE TABLE idempotency_keys (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL, -- the user, never an alias
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL, -- epoch milliseconds
    PRIMARY KEY (project_id, user_hash, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
  `,

  // Finds the aliases of a user without reading the project. Only aliases are in this index, so it costs events
  // nothing.
  `
  CREATE INDEX aliases_by_user ON facts (project_id, alias_of) WHERE kind = 0;
  `,

  `
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE, -- the SHA-256 of the secret, in hex
    project_id TEXT, -- NULL for a token for all projects
    site_key TEXT,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL, -- a JSON list
    prefix TEXT NOT NULL, -- the first characters of the secret
    created_at INTEGER NOT NULL, -- epoch milliseconds, as the others
    expires_at INTEGER,
    lifetime INTEGER, -- how long it was made to live, in milliseconds
    used_at INTEGER -- the last minute in which it was used
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tokens_by_project ON tokens (project_id);
  CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;
  `,

  // The audit log. Its entries stay when their project is deleted. An entry's id begins with its time.
  `
  CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL, -- epoch milliseconds
    series TEXT NOT NULL, -- the entries that share a bound
    outcome TEXT NOT NULL, -- done, unknown or refused
    project_id TEXT,
    site_key TEXT,
    actor TEXT NOT NULL, -- root, anonymous, or the id of a token
    method TEXT NOT NULL,
    details TEXT NOT NULL -- the rest of the entry, as JSON
  ) STRICT;
  CREATE INDEX audit_by_series ON audit (series, id);
  CREATE INDEX audit_by_project ON audit (project_id, id);
  CREATE INDEX audit_by_site_key ON audit (site_key, id);
  CREATE INDEX audit_by_actor ON audit (actor, id);
  `,

  // What plans need: the seats of months, and how many events were rejected.
  `
  CREATE TABLE seats ( -- who may be active in a month of a project whose plan rejects others
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    month TEXT NOT NULL, -- such as 2024-01
    PRIMARY KEY (project_id, user_hash, month)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE seat_counts ( -- how many rows of seats each month has
    project_id TEXT NOT NULL,
    month TEXT NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (project_id, month)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE seat_openings ( -- when all active users were given seats
    project_id TEXT PRIMARY KEY,
    since INTEGER NOT NULL, -- since when the plan was set then, in epoch milliseconds
    opened_at INTEGER NOT NULL, -- epoch milliseconds
    unseated TEXT NOT NULL -- the months whose active users have not been given seats yet, as JSON
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE rejections ( -- how many events were rejected because of the plan
    project_id TEXT NOT NULL,
    month TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (project_id, month)
  ) STRICT, WITHOUT ROWID;
  `,

  // What analytics need: whether users have changed, and what was counted of each range of users. A project that was
  // recorded before has no segment, so all of it is counted.
  `
  CREATE TABLE unfolded_changes ( -- one row while there are users who have changed and whose segments are not marked
    id INTEGER PRIMARY KEY
  ) STRICT;

  CREATE TABLE segments ( -- ranges of users, each up to the first of the next
    project_id TEXT NOT NULL,
    first TEXT NOT NULL, -- the least name that belongs to it
    changes INTEGER NOT NULL, -- how often its users were marked as changed
    revision INTEGER NOT NULL, -- changes with every save
    counted TEXT, -- what its tallies stand for, as JSON; NULL while nothing was counted
    PRIMARY KEY (project_id, first)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tallies ( -- what was counted; apart from the segments, which change far more often
    project_id TEXT NOT NULL,
    first TEXT NOT NULL, -- that of the segment
    tallies BLOB NOT NULL,
    PRIMARY KEY (project_id, first)
  ) STRICT;

  CREATE TABLE leases ( -- which instance does a job that only one should do at a time
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL -- epoch milliseconds
  ) STRICT, WITHOUT ROWID;
  `,

  // Sign-in sessions.
  `
  CREATE TABLE sessions (
    secret_hash TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL, -- epoch milliseconds
    expires_at INTEGER NOT NULL -- epoch milliseconds
  ) STRICT;
  CREATE INDEX sessions_by_token ON sessions (token_hash, created_at);
  CREATE INDEX sessions_by_expiry ON sessions (expires_at);
  `,

  // When the server received an event, where that is not when the event happened. No row is written anew.
  `
  ALTER TABLE facts ADD COLUMN received_at INTEGER; -- of kinds 3 and 4, epoch milliseconds; NULL where it is the same as at

  DROP VIEW events;
  CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, analytics_id, ifnull(analytics_type, 'streak_interaction') AS type,
      at, tz, session_id, meta, ifnull(received_at, at) AS received_at
    FROM facts WHERE kind = 3;
  `,

  // Days of late events, and days dated in another zone than the user's home zone, are kept apart: in rows of kinds 2 and
  // 3 that have a label in analytics_id, such as late@Europe/Paris. A row of kind 1 has the home zone in meta, once the
  // user has had more zones than one. No row is written anew. Versions before would take such days for ordinary ones.
  `
  DROP VIEW users;
  CREATE VIEW users AS
    SELECT project_id, user_hash, tz AS zone_name, at AS zone_at, ifnull(meta, tz) AS home_zone FROM facts WHERE kind = 1;

  DROP VIEW streaks;
  CREATE VIEW streaks AS
    SELECT project_id, user_hash, event, month, days AS bits, analytics_id LIKE 'late@%' AS late,
      nullif(substr(analytics_id, instr(analytics_id, '@') + 1), '') AS zone -- NULL for the home zone
    FROM facts WHERE kind = 2;

  DROP VIEW events;
  CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, iif(analytics_type IS NULL, '', analytics_id) AS analytics_id,
      ifnull(analytics_type, 'streak_interaction') AS type, at, tz, session_id, meta, ifnull(received_at, at) AS received_at,
      analytics_type IS NULL AND analytics_id LIKE 'late@%' AS late,
      iif(analytics_type IS NULL, nullif(substr(analytics_id, instr(analytics_id, '@') + 1), ''), NULL) AS zone
    FROM facts WHERE kind = 3;
  `,

  // Actions, where a widget counts them. Each action is a row of kind 5, with its id in analytics_id, and in tz the
  // zone that has dated it. Each event has a row of kind 6, with the number of its actions beyond the first of each day
  // in days. No row is written anew. Earlier versions of streakd would take such rows for events.
  `
  CREATE VIEW actions AS
    SELECT project_id, user_hash, event, day, analytics_id AS action, at, ifnull(received_at, at) AS received_at,
      tz AS zone -- NULL for the home zone
    FROM facts WHERE kind = 5;
  `,
];

/** The database was written by a later version of streakd, whose schema this version doesn't know. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";
}

/**
 * Applies the migrations that a database has not had yet, each in a transaction of its own: a migration that fails
 * leaves the database at the version before it.
 *
 * @param log is told when a database that holds data is changed, since that takes time
 * @throws NewerSchemaError when the database has had more migrations than there are
 */
export function migrateSchema(database: DatabaseSync, migrations: readonly string[], log: StoreLog): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > migrations.length) {
    throw new NewerSchemaError(`The schema has version ${version}; this streakd knows up to ${migrations.length}.`);
  }
  if (version > 0 && version < migrations.length) {
    log.info(
      { from: version, to: migrations.length },
      "changing the database to the schema of this version of streakd",
    );
  }
  // Renaming a table would otherwise check every view, and fail on a reader's own view of a table that is made anew
  // here.
  database.exec("PRAGMA legacy_alter_table = ON");
  for (const [index, migration] of migrations.entries()) {
    if (index < version) {
      continue;
    }
    transaction(database, () => {
      database.exec(migration);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
  database.exec("PRAGMA legacy_alter_table = OFF");
}
