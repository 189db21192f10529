PRAGMA application_id = 1937009508;
PRAGMA user_version = 1;
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
INSERT INTO projects VALUES ('proj_app', 'prj_app', '{"id":"prj_app","siteKey":"proj_app","name":"Site proj_app","allowedOrigins":[],"timeZone":"Asia/Tokyo","live":false,"widgets":[]}');
INSERT INTO projects VALUES ('proj_web', 'prj_web', '{"id":"prj_web","siteKey":"proj_web","name":"Site proj_web","allowedOrigins":["https://app.example.com","*.example.com"],"timeZone":"Europe/Berlin","live":true,"widgets":[{"event":"visit","rules":{"mode":"continuous"},"milestones":[{"id":"ms_1","target":7,"msg":"1 week!","rewardType":"message"}],"settings":{"theme":{"name":"beige"},"position":"bottom-right","mainMessage":"It''s on"}}]}');
INSERT INTO deleted_projects VALUES ('prj_gone', 'proj_gone');
INSERT INTO users VALUES ('prj_app', 'ann', 'Pacific/Kiritimati', 1705406400000);
INSERT INTO users VALUES ('prj_gone', 'user 0', 'UTC', 1705320000000);
INSERT INTO users VALUES ('prj_gone', 'user 1', 'UTC', 1705320000000);
INSERT INTO users VALUES ('prj_gone', 'user 2', 'UTC', 1705320000000);
INSERT INTO users VALUES ('prj_gone', 'user 3', 'UTC', 1705320000000);
INSERT INTO users VALUES ('prj_gone', 'user 4', 'UTC', 1705320000000);
INSERT INTO users VALUES ('prj_web', 'ann', 'America/New_York', 1705320000000);
INSERT INTO users VALUES ('prj_web', 'bob', 'Asia/Tokyo', 1705320000000);
INSERT INTO users VALUES ('prj_web', 'cat', 'Africa/Cairo', 1704888000000);
INSERT INTO streaks VALUES ('prj_app', 'ann', 'visit', '2024-01', 32768);
INSERT INTO streaks VALUES ('prj_app', 'cookie', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_gone', 'user 0', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_gone', 'user 1', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_gone', 'user 2', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_gone', 'user 3', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_gone', 'user 4', 'visit', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_web', '', '', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_web', 'ann', 'like', '2024-01', 24576);
INSERT INTO streaks VALUES ('prj_web', 'ann', 'visit', '2023-12', 2113929152);
INSERT INTO streaks VALUES ('prj_web', 'ann', 'visit', '2024-01', 32767);
INSERT INTO streaks VALUES ('prj_web', 'a|b', '''; DROP TABLE facts; --', '2024-01', 16384);
INSERT INTO streaks VALUES ('prj_web', 'bob', 'visit', '1969-12', 1073741824);
INSERT INTO streaks VALUES ('prj_web', 'bob', 'visit', '2022-12', 1024);
INSERT INTO streaks VALUES ('prj_web', 'bob', 'visit', '2024-01', 20480);
INSERT INTO streaks VALUES ('prj_web', 'cat', 'visit', '2024-01', 3584);
INSERT INTO streaks VALUES ('prj_web', '只', '🦊', '2024-01', 16384);
INSERT INTO aliases VALUES ('prj_web', 'cookie', 'phone');
INSERT INTO aliases VALUES ('prj_web', 'phone', 'cat');
INSERT INTO events VALUES ('prj_app', 'ann', 'visit', 19738, '', 'streak_interaction', 1705406400000, 'Pacific/Kiritimati', NULL, NULL);
INSERT INTO events VALUES ('prj_app', 'cookie', 'visit', 19737, '', 'streak_interaction', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_gone', 'user 0', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'UTC', NULL, NULL);
INSERT INTO events VALUES ('prj_gone', 'user 1', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'UTC', NULL, NULL);
INSERT INTO events VALUES ('prj_gone', 'user 2', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'UTC', NULL, NULL);
INSERT INTO events VALUES ('prj_gone', 'user 3', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'UTC', NULL, NULL);
INSERT INTO events VALUES ('prj_gone', 'user 4', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'UTC', NULL, NULL);
INSERT INTO events VALUES ('prj_web', '', '', 19737, '', 'streak_interaction', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'like', 19736, '', 'streak_interaction', 1705233600000, 'Europe/Paris', NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'like', 19737, '', 'streak_interaction', 1705320000000, 'America/New_York', 's1', '{"postId":"123","n":"it''s"}');
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19698, '', 'streak_interaction', 1701950400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19699, '', 'streak_interaction', 1702036800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19700, '', 'streak_interaction', 1702123200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19701, '', 'streak_interaction', 1702209600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19702, '', 'streak_interaction', 1702296000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19703, '', 'streak_interaction', 1702382400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19704, '', 'streak_interaction', 1702468800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19705, '', 'streak_interaction', 1702555200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19706, '', 'streak_interaction', 1702641600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19707, '', 'streak_interaction', 1702728000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19708, '', 'streak_interaction', 1702814400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19709, '', 'streak_interaction', 1702900800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19710, '', 'streak_interaction', 1702987200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19711, '', 'streak_interaction', 1703073600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19712, '', 'streak_interaction', 1703160000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19713, '', 'streak_interaction', 1703246400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19714, '', 'streak_interaction', 1703332800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19715, '', 'streak_interaction', 1703419200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19716, '', 'streak_interaction', 1703505600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19718, '', 'streak_interaction', 1703678400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19719, '', 'streak_interaction', 1703764800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19720, '', 'streak_interaction', 1703851200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19721, '', 'streak_interaction', 1703937600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19722, '', 'streak_interaction', 1704024000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19723, '', 'streak_interaction', 1704110400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19724, '', 'streak_interaction', 1704196800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19725, '', 'streak_interaction', 1704283200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19726, '', 'streak_interaction', 1704369600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19727, '', 'streak_interaction', 1704456000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19728, '', 'streak_interaction', 1704542400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19729, '', 'streak_interaction', 1704628800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19730, '', 'streak_interaction', 1704715200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19731, '', 'streak_interaction', 1704801600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19732, '', 'streak_interaction', 1704888000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19733, '', 'streak_interaction', 1704974400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19734, '', 'streak_interaction', 1705060800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19735, '', 'streak_interaction', 1705147200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19736, '', 'streak_interaction', 1705233600000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19737, '', 'streak_interaction', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19737, 'opened-1', 'widget_interaction', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'ann', 'visit', 19737, 'seen-1', 'widget_impression', 1705320000000, NULL, 's1', '{"é":"🦊"}');
INSERT INTO events VALUES ('prj_web', 'a|b', '''; DROP TABLE facts; --', 19737, '', 'streak_interaction', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'bob', 'visit', -1, '', 'streak_interaction', -43200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'bob', 'visit', 19337, '', 'streak_interaction', 1670760000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'bob', 'visit', 19735, '', 'streak_interaction', 1705147200000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'bob', 'visit', 19737, '', 'streak_interaction', 1705320000000, 'Asia/Tokyo', NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'cat', 'visit', 19732, '', 'streak_interaction', 1704888000000, 'Africa/Cairo', NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'cat', 'visit', 19732, 'seen-3', 'widget_impression', 1704888000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'cat', 'visit', 19733, '', 'streak_interaction', 1704974400000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'cat', 'visit', 19734, '', 'streak_interaction', 1705060800000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', 'looks', 'visit', 19737, 'seen-2', 'widget_impression', 1705320000000, NULL, NULL, NULL);
INSERT INTO events VALUES ('prj_web', '只', '🦊', 19737, '', 'streak_interaction', 1705320000000, NULL, NULL, NULL);
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
