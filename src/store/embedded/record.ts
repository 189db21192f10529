import { monthOf } from "../../streak/months.ts";
import type { Outcome, ResolvedUser, StoredEvent } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import type { Connection } from "./sqlite.ts";
import type { Recorded, SqliteStore } from "./store.ts";
import type { Zones } from "./zones.ts";

/** Recording: one transaction, and with it one sync of the disk, for a whole batch. */
export function createRecording(connection: Connection, aliases: Aliases, zones: Zones): Pick<SqliteStore, "record"> {
  const keys = createIdempotencyKeys(connection);
  const addDay = connection.prepare(`
    INSERT INTO streaks (project_id, user_hash, event, month, bits) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET bits = bits | excluded.bits WHERE bits & excluded.bits = 0
  `);
  const insertEvent = connection.prepare(`
    INSERT INTO events (project_id, user_hash, event, day, analytics_id, type, at, tz, session_id, meta)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);

  const userOf = (projectId: string, userHash: string): ResolvedUser => ({
    userHash,
    ...zones.of(projectId, userHash),
  });

  /** Answers also who the user is, where that can't be told from the event. */
  function recordOne(event: StoredEvent, now: number): readonly [Outcome, ResolvedUser?] {
    const { projectId, idempotencyKey, isGuess, tz } = event;
    const userHash = aliases.resolve(projectId, event.userHash);
    const hasMoved = userHash !== event.userHash;
    if (hasMoved && idempotencyKey === undefined && !isGuess) {
      return ["moved"];
    }
    if (!isGuess && idempotencyKey === undefined) {
      return [apply(event)];
    }
    const known = userOf(projectId, userHash);
    if (isGuess && (hasMoved || (tz === undefined && known.zone !== undefined))) {
      return ["moved", known];
    }
    if (idempotencyKey !== undefined && !keys.claim(projectId, idempotencyKey, now)) {
      return ["repeat", known];
    }
    const outcome = apply({ ...event, userHash });
    return idempotencyKey === undefined && known.zone === undefined
      ? [outcome]
      : [outcome, userOf(projectId, userHash)];
  }

  function apply(event: StoredEvent): Outcome {
    const isNew = event.type === "streak_interaction" ? checkIn(event) : keep(event, event.id);
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

  function recordAll(events: readonly StoredEvent[], now: number): Recorded {
    const outcomes: Outcome[] = [];
    const told: [number, ResolvedUser][] = [];
    for (const [index, event] of events.entries()) {
      const [outcome, user] = recordOne(event, now);
      outcomes.push(outcome);
      if (user !== undefined) {
        told.push([index, user]);
      }
    }
    return { outcomes, told };
  }

  return {
    record: (events, now) => connection.write(() => recordAll(events, now)),
  };
}
