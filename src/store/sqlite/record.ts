import { monthOf } from "../../domain/months.ts";
import type { Outcome, ResolvedUser, StoredEvent } from "../streak-store.ts";
import type { Names } from "./aliases.ts";
import { FactKind } from "./facts.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import type { Connection } from "./sqlite.ts";
import type { Recorded, SqliteStore } from "./store.ts";
import type { WriteBack } from "./write-back.ts";

/** Recording: one transaction, and with it one sync of the disk, for a whole batch. */
export function createRecording(
  connection: Connection,
  names: Names,
  writeBack: WriteBack,
): Pick<SqliteStore, "record"> {
  const keys = createIdempotencyKeys(connection);
  // The day and its event at once. Neither is there without the other, so both change or none does.
  const addDay = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, day, value, type, tz, session_id, meta)
    VALUES (?1, ?2, ${FactKind.MONTH}, ?3, ?4, 0, ?5, NULL, NULL, NULL, NULL),
      (?1, ?2, ${FactKind.EVENT}, ?3, '', ?6, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT DO UPDATE SET value = value | excluded.value WHERE kind = ${FactKind.MONTH} AND value & excluded.value = 0
  `);
  const insertAnalytics = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, value, type, tz, session_id, meta)
    VALUES (?, ?, ${FactKind.EVENT}, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);

  /** Answers also who the user is, where that can't be told from the event. */
  function recordOne(event: StoredEvent, now: number): readonly [Outcome, ResolvedUser?] {
    const { projectId, idempotencyKey, isGuess, tz } = event;
    const user = names.resolve(projectId, event.userHash);
    const hasMoved = user.userHash !== event.userHash;
    if (isGuess && (hasMoved || (tz === undefined && user.zone !== undefined))) {
      return ["moved", user];
    }
    if (idempotencyKey === undefined) {
      if (hasMoved) {
        return ["moved"];
      }
      const outcome = apply(event, user.userHash);
      return isGuess && user.zone !== undefined ? [outcome, names.resolve(projectId, user.userHash)] : [outcome];
    }
    const outcome = keys.claim(projectId, idempotencyKey, now) ? apply(event, user.userHash) : "repeat";
    return [outcome, names.resolve(projectId, user.userHash)];
  }

  function apply(event: StoredEvent, userHash: string): Outcome {
    const isNew = event.type === "streak_interaction" ? checkIn(event, userHash) : keep(event, userHash);
    return isNew ? "stored" : "repeat";
  }

  /** Answers whether the day was not done before. */
  function checkIn(checkedIn: StoredEvent, userHash: string): boolean {
    const { projectId, event, day, type, at, tz = null, sessionId = null, meta = null } = checkedIn;
    if (tz !== null) {
      names.raiseZone(projectId, userHash, { name: tz, at });
    }
    const { month, bit } = monthOf(day);
    return addDay.run(projectId, userHash, event, month, bit, day, at, type, tz, sessionId, meta) > 0;
  }

  /** Answers whether the event was not kept before. */
  function keep(kept: StoredEvent, userHash: string): boolean {
    const { projectId, event, day, id, type, at, tz = null, sessionId = null, meta = null } = kept;
    return insertAnalytics.run(projectId, userHash, event, day, id, at, type, tz, sessionId, meta) === 1;
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
    async record(events, now) {
      const recorded = await connection.write(() => recordAll(events, now));
      writeBack.note(events.length);
      return recorded;
    },
  };
}
