PRAGMA application_id = 1937009508;
PRAGMA user_version = 12;
CREATE TABLE projects (
    site_key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL -- the whole project, as JSON
  ) STRICT, WITHOUT ROWID;
INSERT INTO projects VALUES ('proj_app', 'prj_app', '{"id":"prj_app","siteKey":"proj_app","name":"Site proj_app","allowedOrigins":[],"timeZone":"Asia/Tokyo","live":false,"widgets":[]}');
INSERT INTO projects VALUES ('proj_web', 'prj_web', '{"id":"prj_web","siteKey":"proj_web","name":"Site proj_web","allowedOrigins":["https://app.example.com","*.example.com"],"timeZone":"Europe/Berlin","live":true,"widgets":[{"event":"visit","rules":{"mode":"continuous"},"milestones":[{"id":"ms_1","target":7,"msg":"1 week!","rewardType":"message"}],"settings":{"theme":{"name":"beige"},"position":"bottom-right","mainMessage":"It''s on"}}]}');
CREATE TABLE deleted_projects ( -- those of whose rows some may be left
    id TEXT PRIMARY KEY,
    site_key TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO deleted_projects VALUES ('prj_gone', 'proj_gone');
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES ('admin_token_sha256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
INSERT INTO settings VALUES ('demo_project', 'proj_demo');
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
    meta TEXT, received_at INTEGER, -- of kind 3, JSON
    PRIMARY KEY (project_id, user_hash, kind, event, month, day, analytics_id)
  ) STRICT, WITHOUT ROWID;
INSERT INTO facts VALUES ('prj_app', 'ann', 1, '', '', 0, '', NULL, NULL, 1705406400000, 'Pacific/Kiritimati', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'ann', 2, 'visit', '2024-01', 0, '', NULL, 32768, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'ann', 3, 'visit', '', 19738, '', NULL, NULL, 1705406400000, 'Pacific/Kiritimati', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'cookie', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'cookie', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'UTC', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '', 2, '', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '', 3, '', '', 19737, '', NULL, NULL, 1705320000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'America/New_York', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'like', '2024-01', 0, '', NULL, 24576, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'visit', '2023-12', 0, '', NULL, 2113929152, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'visit', '2024-01', 0, '', NULL, 32767, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'like', '', 19736, '', NULL, NULL, 1705233600000, 'Europe/Paris', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'like', '', 19737, '', NULL, NULL, 1705320000000, 'America/New_York', NULL, 's1', '{"postId":"123","n":"it''s"}', NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19698, '', NULL, NULL, 1701950400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19699, '', NULL, NULL, 1702036800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19700, '', NULL, NULL, 1702123200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19701, '', NULL, NULL, 1702209600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19702, '', NULL, NULL, 1702296000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19703, '', NULL, NULL, 1702382400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19704, '', NULL, NULL, 1702468800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19705, '', NULL, NULL, 1702555200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19706, '', NULL, NULL, 1702641600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19707, '', NULL, NULL, 1702728000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19708, '', NULL, NULL, 1702814400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19709, '', NULL, NULL, 1702900800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19710, '', NULL, NULL, 1702987200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19711, '', NULL, NULL, 1703073600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19712, '', NULL, NULL, 1703160000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19713, '', NULL, NULL, 1703246400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19714, '', NULL, NULL, 1703332800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19715, '', NULL, NULL, 1703419200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19716, '', NULL, NULL, 1703505600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19718, '', NULL, NULL, 1703678400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19719, '', NULL, NULL, 1703764800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19720, '', NULL, NULL, 1703851200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19721, '', NULL, NULL, 1703937600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19722, '', NULL, NULL, 1704024000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19723, '', NULL, NULL, 1704110400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19724, '', NULL, NULL, 1704196800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19725, '', NULL, NULL, 1704283200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19726, '', NULL, NULL, 1704369600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19727, '', NULL, NULL, 1704456000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19728, '', NULL, NULL, 1704542400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19729, '', NULL, NULL, 1704628800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19730, '', NULL, NULL, 1704715200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19731, '', NULL, NULL, 1704801600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19732, '', NULL, NULL, 1704888000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19733, '', NULL, NULL, 1704974400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19734, '', NULL, NULL, 1705060800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19735, '', NULL, NULL, 1705147200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19736, '', NULL, NULL, 1705233600000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, 'opened-1', NULL, NULL, 1705320000000, NULL, 'widget_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, 'seen-1', NULL, NULL, 1705320000000, NULL, 'widget_impression', 's1', '{"é":"🦊"}', NULL);
INSERT INTO facts VALUES ('prj_web', 'a|b', 2, '''; DROP TABLE facts; --', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'a|b', 3, '''; DROP TABLE facts; --', '', 19737, '', NULL, NULL, 1705320000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 1, '', '', 0, '', NULL, NULL, 1705320000000, 'Asia/Tokyo', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '1969-12', 0, '', NULL, 1073741824, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '2022-12', 0, '', NULL, 1024, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '2024-01', 0, '', NULL, 20480, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', -1, '', NULL, NULL, -43200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19337, '', NULL, NULL, 1670760000000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19735, '', NULL, NULL, 1705147200000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19737, '', NULL, NULL, 1705320000000, 'Asia/Tokyo', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 1, '', '', 0, '', NULL, NULL, 1704888000000, 'Africa/Cairo', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 2, 'visit', '2024-01', 0, '', NULL, 3584, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19732, '', NULL, NULL, 1704888000000, 'Africa/Cairo', NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19732, 'seen-3', NULL, NULL, 1704888000000, NULL, 'widget_impression', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19733, '', NULL, NULL, 1704974400000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19734, '', NULL, NULL, 1705060800000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cookie', 0, '', '', 0, '', 'phone', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'looks', 3, 'visit', '', 19737, 'seen-2', NULL, NULL, 1705320000000, NULL, 'widget_impression', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'phone', 0, '', '', 0, '', 'cat', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '只', 2, '🦊', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '只', 3, '🦊', '', 19737, '', NULL, NULL, 1705320000000, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE idempotency_keys (
    project_id TEXT NOT NULL,
    user_hash TEXT NOT NULL, -- the user, never an alias
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL, -- epoch milliseconds
    PRIMARY KEY (project_id, user_hash, key)
  ) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_keys VALUES ('prj_app', 'ann', 'bob-1', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'user 0', 'gone-0', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'user 1', 'gone-1', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'user 2', 'gone-2', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'user 3', 'gone-3', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'user 4', 'gone-4', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_web', 'ann', 'k|%"', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_web', 'bob', 'bob-1', 1705406400000);
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
CREATE TABLE unfolded_changes ( -- one row while there are users who have changed and whose segments are not marked
    id INTEGER PRIMARY KEY
  ) STRICT;
INSERT INTO unfolded_changes VALUES (0);
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
CREATE TABLE sessions (
    secret_hash TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL, -- epoch milliseconds
    expires_at INTEGER NOT NULL -- epoch milliseconds
  ) STRICT;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
CREATE VIEW aliases AS SELECT project_id, user_hash AS alias, alias_of AS user_hash FROM facts WHERE kind = 0;
CREATE INDEX aliases_by_user ON facts (project_id, alias_of) WHERE kind = 0;
CREATE INDEX tokens_by_project ON tokens (project_id);
CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX audit_by_series ON audit (series, id);
CREATE INDEX audit_by_project ON audit (project_id, id);
CREATE INDEX audit_by_site_key ON audit (site_key, id);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX sessions_by_token ON sessions (token_hash, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE VIEW users AS
    SELECT project_id, user_hash, tz AS zone_name, at AS zone_at, ifnull(meta, tz) AS home_zone FROM facts WHERE kind = 1;
CREATE VIEW streaks AS
    SELECT project_id, user_hash, event, month, days AS bits, analytics_id LIKE 'late@%' AS late,
      nullif(substr(analytics_id, instr(analytics_id, '@') + 1), '') AS zone -- NULL for the home zone
    FROM facts WHERE kind = 2;
CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, iif(analytics_type IS NULL, '', analytics_id) AS analytics_id,
      ifnull(analytics_type, 'streak_interaction') AS type, at, tz, session_id, meta, ifnull(received_at, at) AS received_at,
      analytics_type IS NULL AND analytics_id LIKE 'late@%' AS late,
      iif(analytics_type IS NULL, nullif(substr(analytics_id, instr(analytics_id, '@') + 1), ''), NULL) AS zone
    FROM facts WHERE kind = 3;
