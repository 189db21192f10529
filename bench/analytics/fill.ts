import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Day, dayOf } from "#src/domain/day.ts";
import { emptyMonths, withDay } from "#src/domain/months.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { segmentId, streakId } from "#src/store/mongo/document-ids.ts";
import { eventDocument, fieldOf, zoneField } from "#src/store/mongo/documents.ts";
import { FactKind } from "#src/store/sqlite/facts.ts";
import type { Place } from "../flat/place.ts";
import { EVENTS, type History, historyOf, nameOf, sessionOf } from "./histories.ts";

/** How many users are written at a time. */
const BATCH = 2_000;

/** How many users a segment has, about as many as in a project that has grown to this size. */
const USERS_OF_A_SEGMENT = 10_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Writes histories of users straight into the tables or collections of a project, which is much faster than recording
 * them. Analytics have counted nothing of the project then. In MongoDB the project has its segments, as if it had grown: a
 * server that reads the whole range of a query, whatever its limit, would read all events again and again for the only
 * segment of a new project. No server may be running on the place.
 *
 * @returns how many events there are
 */
export async function fill(place: Place, siteKey: string, users: number): Promise<number> {
  const today = dayOf(Date.now(), "UTC");
  return "DATA_DIR" in place.env
    ? fillFolder(place.env.DATA_DIR, siteKey, users, today)
    : await fillMongo(place.env.MONGODB_URI, siteKey, users, today);
}

/** Returns the events of a user, those of each event in the order of their days. */
function eventsOf(projectId: string, history: History): StoredEvent[] {
  const { userHash, days, impressions, meta } = history;
  const common = (day: Day, hour: number) => {
    return { projectId, userHash, day, at: day * DAY_MS + hour * 3_600_000, sessionId: sessionOf(userHash, day), meta };
  };
  const checkIns = EVENTS.flatMap((event) =>
    days[event].map((day): StoredEvent => ({ ...common(day, 12), event, type: "streak_interaction", id: "" })),
  );
  const looks = impressions.map(
    (day, index): StoredEvent => ({
      ...common(day, 11),
      ...{ event: "visit", type: "widget_impression", id: `look-${userHash}-${index}` },
    }),
  );
  return [...checkIns, ...looks];
}

function monthsOf(days: readonly Day[]) {
  return days.reduce(withDay, emptyMonths);
}

function fillFolder(folder: string, siteKey: string, users: number, today: Day): number {
  const database = new DatabaseSync(join(folder, "streakd.db"));
  // What is filled here is thrown away if the machine crashes.
  database.exec("PRAGMA synchronous = OFF");
  const projectId = `${database.prepare("SELECT id FROM projects WHERE site_key = ?").get(siteKey)?.id}`;
  const zone = database.prepare(
    `INSERT INTO facts (project_id, user_hash, kind, tz, at) VALUES (?, ?, ${FactKind.ZONE}, ?, ?)`,
  );
  const month = database.prepare(
    `INSERT INTO facts (project_id, user_hash, kind, event, month, days) VALUES (?, ?, ${FactKind.MONTH}, ?, ?, ?)`,
  );
  const event = database.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, analytics_type, at, session_id, meta)
    VALUES (?, ?, ${FactKind.EVENT}, ?, ?, ?, ?, ?, ?, ?)
  `);
  let events = 0;
  for (let from = 0; from < users; from += BATCH) {
    database.exec("BEGIN");
    for (let index = from; index < Math.min(from + BATCH, users); index++) {
      const history = historyOf(index, today);
      if (history.zone !== undefined) {
        zone.run(projectId, history.userHash, history.zone, 0);
      }
      for (const name of EVENTS) {
        for (const [key, bits] of Object.entries(monthsOf(history.days[name]))) {
          month.run(projectId, history.userHash, name, key, bits);
        }
      }
      for (const { userHash, event: name, day, id, type, at, sessionId = null, meta = null } of eventsOf(
        projectId,
        history,
      )) {
        event.run(
          ...[projectId, userHash, name, day, id, type === "streak_interaction" ? null : type, at, sessionId, meta],
        );
        events += 1;
      }
    }
    database.exec("COMMIT");
  }
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return events;
}

async function fillMongo(uri: string, siteKey: string, users: number, today: Day): Promise<number> {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  try {
    const project = await connection.projects.findOne({ _id: siteKey });
    const projectId = `${project?.id}`;
    let count = 0;
    for (let from = 0; from < users; from += BATCH) {
      const size = Math.min(BATCH, users - from);
      const histories = Array.from({ length: size }, (_, index) => historyOf(from + index, today));
      const events = histories.flatMap((history) => eventsOf(projectId, history).map((event) => eventDocument(event)));
      await Promise.all([
        connection.streaks.insertMany(
          histories.map(({ userHash, zone, days }) => ({
            ...{ _id: streakId(projectId, userHash), p: projectId, u: userHash },
            days: Object.fromEntries(EVENTS.map((event) => [fieldOf(event), monthsOf(days[event])])),
            ...(zone !== undefined && { zone: zoneField({ name: zone, at: 0 }) }),
          })),
          { ordered: false },
        ),
        connection.events.insertMany(events, { ordered: false }),
      ]);
      count += events.length;
    }
    const firsts = Array.from({ length: Math.ceil(users / USERS_OF_A_SEGMENT) }, (_, index) =>
      index === 0 ? "" : nameOf(index * USERS_OF_A_SEGMENT),
    );
    await connection.segments.insertMany(
      firsts.map((first) => ({ _id: segmentId(projectId, first), first, changes: 0, revision: 0 })),
    );
    return count;
  } finally {
    await connection.close();
  }
}
