/**
 * The ordinary service on an embedded store: better-sqlite3 with a write-ahead log that is synced at each commit, as
 * streakd's is, and a transaction a request.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { type PeerEvent, serve } from "./routes.ts";
import { advance, DEMO_PROJECT, dateOf, type PeerProject, stateOf } from "./streak.ts";

const database = new Database(join(process.env.DATA_DIR ?? "", "peer.db"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE projects (site_key TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE events (
    site_key TEXT NOT NULL, user_hash TEXT NOT NULL, event TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (site_key, user_hash, event, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE streaks (
    site_key TEXT NOT NULL, user_hash TEXT NOT NULL, event TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (site_key, user_hash, event)
  ) STRICT, WITHOUT ROWID;
`);
database.prepare("INSERT INTO projects VALUES (?, ?)").run("proj_demo", JSON.stringify(DEMO_PROJECT));

const selectProject = database.prepare<[string], string>("SELECT document FROM projects WHERE site_key = ?").pluck();
const insertEvent = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
const selectStreak = database
  .prepare<[string, string, string], string>(
    "SELECT document FROM streaks WHERE site_key = ? AND user_hash = ? AND event = ?",
  )
  .pluck();
const upsertStreak = database.prepare(
  "INSERT INTO streaks VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document",
);

function findProject({ siteKey, event }: PeerEvent): PeerProject | undefined {
  const document = selectProject.get(siteKey);
  const project: PeerProject | undefined = document === undefined ? undefined : JSON.parse(document);
  return project?.widgets.some((widget) => widget.event === event) ? project : undefined;
}

function findStreak({ siteKey, userHash, event }: PeerEvent) {
  const document = selectStreak.get(siteKey, userHash, event);
  return document === undefined ? undefined : JSON.parse(document);
}

const store = database.transaction((reported: PeerEvent, day: string, at: number) => {
  const { siteKey, userHash, event } = reported;
  if (insertEvent.run(siteKey, userHash, event, day, at).changes === 1) {
    upsertStreak.run(siteKey, userHash, event, JSON.stringify(advance(findStreak(reported), day)));
  }
});

await serve({
  async record(event) {
    const project = findProject(event);
    if (project === undefined) {
      return false;
    }
    const now = Date.now();
    store(event, dateOf(now, event.tz ?? project.timeZone), now);
    return true;
  },

  async state(of) {
    const project = findProject(of);
    if (project === undefined) {
      return undefined;
    }
    const today = dateOf(Date.now(), of.tz ?? project.timeZone);
    return JSON.stringify(stateOf(findStreak(of), project, of.event, today));
  },
});
