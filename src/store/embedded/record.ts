import { monthOf } from "../../streak/months.ts";
import type { Outcome, StoredEvent, StreakStore } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import type { Connection } from "./sqlite.ts";
import type { Zones } from "./zones.ts";

/** Recording: one transaction, and with it one sync of the disk, for a whole batch. */
export function createRecording(connection: Connection, aliases: Aliases, zones: Zones): Pick<StreakStore, "record"> {
  const keys = createIdempotencyKeys(connection);
  const addDay = connection.prepare(`
    INSERT INTO streaks (project_id, user_hash, event, month, bits) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET bits = bits | excluded.bits WHERE bits & excluded.bits = 0
  `);
  const insertEvent = connection.prepare(`
    INSERT INTO events (project_id, user_hash, event, day, analytics_id, type, at, tz, session_id, meta)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);

  function recordOne(event: StoredEvent, now: number): Outcome {
    const { projectId, idempotencyKey } = event;
    const userHash = aliases.resolve(projectId, event.userHash);
    if (idempotencyKey === undefined && userHash !== event.userHash) {
      return "moved";
    }
    if (idempotencyKey !== undefined && !keys.claim(projectId, idempotencyKey, now)) {
      return "repeat";
    }
    const own = { ...event, userHash };
    const isNew = own.type === "streak_interaction" ? checkIn(own) : keep(own, own.id);
    return isNew ? "stored" : "repeat";
  }

  /** Answers whether the day was not done before. */
  function checkIn(event: StoredEvent): boolean {
    const { projectId, userHash, tz, at } = event;
    if (tz !== undefined) {
      zones.raise(projectId, userHash, { name: tz, at });
    }
    const { month, bit } = monthOf(event.day);
    const isNew = addDay.run(projectId, userHash, event.event, month, bit) === 1;
    if (isNew) {
      keep(event, "");
    }
    return isNew;
  }

  /** Answers whether the event was not kept before. */
  function keep(event: StoredEvent, analyticsId: string): boolean {
    const { projectId, userHash, day, type, at, tz, sessionId, meta } = event;
    const optional = [tz ?? null, sessionId ?? null, meta ?? null];
    return insertEvent.run(projectId, userHash, event.event, day, analyticsId, type, at, ...optional) === 1;
  }

  return {
    record: (events, now) => connection.write(() => events.map((event) => recordOne(event, now))),
  };
}
