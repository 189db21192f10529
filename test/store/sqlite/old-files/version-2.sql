PRAGMA application_id = 1937009508;
PRAGMA user_version = 2;
CREATE TABLE projects (
    site_key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL -- the whole project, as JSON
  ) STRICT, WITHOUT ROWID;
CREATE TABLE deleted_projects ( -- those of whose rows some may be left
    id TEXT PRIMARY KEY,
    site_key TEXT NOT NULL
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
CREATE VIEW aliases AS SELECT project_id, user_hash AS alias, name AS user_hash FROM facts WHERE kind = 0;
CREATE VIEW users AS SELECT project_id, user_hash, name AS zone_name, value AS zone_at FROM facts WHERE kind = 1;
CREATE VIEW streaks AS SELECT project_id, user_hash, event, month, value AS bits FROM facts WHERE kind = 2;
CREATE VIEW events AS
    SELECT project_id, user_hash, event, day, analytics_id, type, value AS at, tz, session_id, meta
    FROM facts WHERE kind = 3;
INSERT INTO projects VALUES ('proj_app', 'prj_app', '{"id":"prj_app","siteKey":"proj_app","name":"Site proj_app","allowedOrigins":[],"timeZone":"Asia/Tokyo","live":false,"widgets":[]}');
INSERT INTO projects VALUES ('proj_web', 'prj_web', '{"id":"prj_web","siteKey":"proj_web","name":"Site proj_web","allowedOrigins":["https://app.example.com","*.example.com"],"timeZone":"Europe/Berlin","live":true,"widgets":[{"event":"visit","rules":{"mode":"continuous"},"milestones":[{"id":"ms_1","target":7,"msg":"1 week!","rewardType":"message"}],"settings":{"theme":{"name":"beige"},"position":"bottom-right","mainMessage":"It''s on"}}]}');
INSERT INTO deleted_projects VALUES ('prj_gone', 'proj_gone');
INSERT INTO idempotency_keys VALUES ('prj_app', 'bob-1', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'gone-0', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'gone-1', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'gone-2', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'gone-3', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_gone', 'gone-4', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_web', 'bob-1', 1705406400000);
INSERT INTO idempotency_keys VALUES ('prj_web', 'k|%"', 1705406400000);
INSERT INTO settings VALUES ('admin_token_sha256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
INSERT INTO settings VALUES ('demo_project', 'proj_demo');
INSERT INTO facts VALUES ('prj_app', 'ann', 1, '', '', 0, '', 'Pacific/Kiritimati', 1705406400000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'ann', 2, 'visit', '2024-01', 0, '', NULL, 32768, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'ann', 3, 'visit', '', 19738, '', NULL, 1705406400000, 'streak_interaction', 'Pacific/Kiritimati', NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'cookie', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_app', 'cookie', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 1, '', '', 0, '', 'UTC', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 0', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'UTC', NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 1, '', '', 0, '', 'UTC', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 1', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'UTC', NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 1, '', '', 0, '', 'UTC', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 2', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'UTC', NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 1, '', '', 0, '', 'UTC', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 3', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'UTC', NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 1, '', '', 0, '', 'UTC', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 2, 'visit', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_gone', 'user 4', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'UTC', NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '', 2, '', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '', 3, '', '', 19737, '', NULL, 1705320000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 1, '', '', 0, '', 'America/New_York', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'like', '2024-01', 0, '', NULL, 24576, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'visit', '2023-12', 0, '', NULL, 2113929152, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 2, 'visit', '2024-01', 0, '', NULL, 32767, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'like', '', 19736, '', NULL, 1705233600000, 'streak_interaction', 'Europe/Paris', NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'like', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'America/New_York', 's1', '{"postId":"123","n":"it''s"}');
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19698, '', NULL, 1701950400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19699, '', NULL, 1702036800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19700, '', NULL, 1702123200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19701, '', NULL, 1702209600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19702, '', NULL, 1702296000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19703, '', NULL, 1702382400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19704, '', NULL, 1702468800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19705, '', NULL, 1702555200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19706, '', NULL, 1702641600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19707, '', NULL, 1702728000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19708, '', NULL, 1702814400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19709, '', NULL, 1702900800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19710, '', NULL, 1702987200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19711, '', NULL, 1703073600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19712, '', NULL, 1703160000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19713, '', NULL, 1703246400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19714, '', NULL, 1703332800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19715, '', NULL, 1703419200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19716, '', NULL, 1703505600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19718, '', NULL, 1703678400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19719, '', NULL, 1703764800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19720, '', NULL, 1703851200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19721, '', NULL, 1703937600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19722, '', NULL, 1704024000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19723, '', NULL, 1704110400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19724, '', NULL, 1704196800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19725, '', NULL, 1704283200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19726, '', NULL, 1704369600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19727, '', NULL, 1704456000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19728, '', NULL, 1704542400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19729, '', NULL, 1704628800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19730, '', NULL, 1704715200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19731, '', NULL, 1704801600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19732, '', NULL, 1704888000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19733, '', NULL, 1704974400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19734, '', NULL, 1705060800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19735, '', NULL, 1705147200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19736, '', NULL, 1705233600000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, 'opened-1', NULL, 1705320000000, 'widget_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'ann', 3, 'visit', '', 19737, 'seen-1', NULL, 1705320000000, 'widget_impression', NULL, 's1', '{"é":"🦊"}');
INSERT INTO facts VALUES ('prj_web', 'a|b', 2, '''; DROP TABLE facts; --', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'a|b', 3, '''; DROP TABLE facts; --', '', 19737, '', NULL, 1705320000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 1, '', '', 0, '', 'Asia/Tokyo', 1705320000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '1969-12', 0, '', NULL, 1073741824, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '2022-12', 0, '', NULL, 1024, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 2, 'visit', '2024-01', 0, '', NULL, 20480, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', -1, '', NULL, -43200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19337, '', NULL, 1670760000000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19735, '', NULL, 1705147200000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'bob', 3, 'visit', '', 19737, '', NULL, 1705320000000, 'streak_interaction', 'Asia/Tokyo', NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 1, '', '', 0, '', 'Africa/Cairo', 1704888000000, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 2, 'visit', '2024-01', 0, '', NULL, 3584, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19732, '', NULL, 1704888000000, 'streak_interaction', 'Africa/Cairo', NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19732, 'seen-3', NULL, 1704888000000, 'widget_impression', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19733, '', NULL, 1704974400000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cat', 3, 'visit', '', 19734, '', NULL, 1705060800000, 'streak_interaction', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'cookie', 0, '', '', 0, '', 'phone', NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'looks', 3, 'visit', '', 19737, 'seen-2', NULL, 1705320000000, 'widget_impression', NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', 'phone', 0, '', '', 0, '', 'cat', NULL, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '只', 2, '🦊', '2024-01', 0, '', NULL, 16384, NULL, NULL, NULL, NULL);
INSERT INTO facts VALUES ('prj_web', '只', 3, '🦊', '', 19737, '', NULL, 1705320000000, 'streak_interaction', NULL, NULL, NULL);
