import { monthOf } from "../../domain/months.ts";
import { homeOf, isAbroad, labelOf, ORDINARY } from "../day-kinds.ts";
import type { Outcome, StoredEvent } from "../events.ts";
import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { ChangedUser, Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { FoundUser, Recorded, SqliteEvents } from "./ports.ts";
import type { Seats } from "./seats.ts";
import type { WriteBack } from "./write-back.ts";

/** Recording: one transaction, and so one sync of the disk, for a whole batch. */
export function createRecord(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
  writeBack: WriteBack,
): SqliteEvents["record"] {
  // The day and its event in one statement. Neither is there without the other, so both change or neither does.
  const addDay = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, day, days, at, received_at, tz, session_id, meta)
    VALUES (?1, ?2, ${FactKind.MONTH}, ?3, ?4, 0, ?5, NULL, NULL, NULL, NULL, NULL),
      (?1, ?2, ${FactKind.EVENT}, ?3, '', ?6, NULL, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT DO UPDATE SET days = days | excluded.days WHERE kind = ${FactKind.MONTH} AND days & excluded.days = 0
  `);
  // The same with the label of another kind of day: a statement of its own, so that ordinary days don't pay for labels.
  const addOtherDay = connection.prepare(`
    INSERT INTO facts
      (project_id, user_hash, kind, event, month, day, analytics_id, days, at, received_at, tz, session_id, meta)
    VALUES (?1, ?2, ${FactKind.MONTH}, ?3, ?4, 0, ?12, ?5, NULL, NULL, NULL, NULL, NULL),
      (?1, ?2, ${FactKind.EVENT}, ?3, '', ?6, ?12, NULL, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT DO UPDATE SET days = days | excluded.days WHERE kind = ${FactKind.MONTH} AND days & excluded.days = 0
  `);
  const addAnalytics = connection.prepare(`
    INSERT INTO facts
      (project_id, user_hash, kind, event, day, analytics_id, analytics_type, at, received_at, tz, session_id, meta)
    VALUES (?, ?, ${FactKind.EVENT}, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);
  const addRepeat = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, at, received_at, tz, session_id, meta)
    VALUES (?, ?, ${FactKind.REPEAT}, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);

  /** Returns the outcome of an event, and who its user is where the event can't tell: see {@link Recorded}. */
  function recordOne(event: StoredEvent, now: number, changed: ChangedUser[]): readonly [Outcome, FoundUser?] {
    const { projectId, idempotencyKey, unverified, tz } = event;
    const isUnverified = unverified !== undefined;
    const user = aliases.resolve(projectId, event.userHash);
    const isAlias = user.userHash !== event.userHash;
    if (isUnverified && (isAlias || (tz === undefined && user.zone !== undefined))) {
      return ["refuted", user];
    }
    if (isUnverified && idempotencyKey === undefined && isAbroad(event, homeOf(user))) {
      return ["refuted", user];
    }
    if (idempotencyKey === undefined) {
      if (isAlias) {
        return ["moved"];
      }
      const outcome = store(event, user, now, changed);
      return isUnverified && user.zone !== undefined ? [outcome, aliases.resolve(projectId, user.userHash)] : [outcome];
    }
    const isFirst = keys.claim(projectId, user.userHash, idempotencyKey, now);
    const outcome = isFirst ? store(event, user, now, changed) : "replayed";
    if (outcome === "full" || outcome === "unopened") {
      keys.release(projectId, user.userHash, idempotencyKey);
    }
    return [outcome, aliases.resolve(projectId, user.userHash)];
  }

  function store(event: StoredEvent, user: FoundUser, now: number, changed: ChangedUser[]): Outcome {
    const { projectId, type, gate } = event;
    const { userHash } = user;
    if (type === "streak_interaction") {
      const refusal = gate === undefined ? undefined : seats.admit(event, gate, userHash, now);
      if (refusal !== undefined) {
        return refusal;
      }
      if (followZone(event, user)) {
        changed.push({ projectId, userHash });
      }
    }
    const isNewDay = type === "streak_interaction" ? checkIn(event, user) : keepAnalytics(event, userHash);
    const isNew = event.action === undefined ? isNewDay : actions.add(event, event.action, userHash);
    const mayRepeat = event.keepRepeat && !isNewDay && (isNew || event.action === undefined);
    if ((mayRepeat && keepRepeat(event, userHash)) || isNew || isNewDay) {
      changed.push({ projectId, userHash });
    }
    return isNew ? "stored" : "repeat";
  }

  /** Fixes the user's home zone at the first event of another one. Returns whether the user has another zone now. */
  function followZone(event: StoredEvent, user: FoundUser): boolean {
    const { projectId, tz, at } = event;
    const { userHash, zone, home } = user;
    if (zone !== undefined && home === undefined && isAbroad(event, zone.name)) {
      aliases.setHome(projectId, userHash, zone.name);
    }
    return tz !== undefined && aliases.raiseZone(projectId, userHash, { name: tz, at }) && tz !== zone?.name;
  }

  /** Returns whether the day was not done before by an event of its kind. */
  function checkIn(checkedIn: StoredEvent, user: FoundUser): boolean {
    const { projectId, event, day, at, receivedAt = null, tz = null, sessionId = null, meta = null } = checkedIn;
    const { userHash } = user;
    const { month, bit } = monthOf(day);
    const label = labelOf(checkedIn, homeOf(user));
    const values = [projectId, userHash, event, month, bit, day, at, receivedAt, tz, sessionId, meta] as const;
    return (label === ORDINARY ? addDay.run(...values) : addOtherDay.run(...values, label)) > 0;
  }

  /** Returns whether the event was not kept before. */
  function keepAnalytics(analytics: StoredEvent, userHash: string): boolean {
    const { projectId, event, day, id, type, at } = analytics;
    const { receivedAt = null, tz = null, sessionId = null, meta = null } = analytics;
    return addAnalytics.run(projectId, userHash, event, day, id, type, at, receivedAt, tz, sessionId, meta) === 1;
  }

  /**
   * Keeps a streak interaction whose day is done. It is never the one that has done the day, tried again: a transaction
   * that fails leaves nothing. Returns whether the repeat was not kept before.
   */
  function keepRepeat(repeat: StoredEvent, userHash: string): boolean {
    const { projectId, event, day, id, at, receivedAt = null, tz = null, sessionId = null, meta = null } = repeat;
    return addRepeat.run(projectId, userHash, event, day, id, at, receivedAt, tz, sessionId, meta) === 1;
  }

  function recordAll(events: readonly StoredEvent[], now: number): Recorded {
    const outcomes: Outcome[] = [];
    const users: [number, FoundUser][] = [];
    const changed: ChangedUser[] = [];
    for (const [index, event] of events.entries()) {
      const [outcome, user] = recordOne(event, now, changed);
      outcomes.push(outcome);
      if (user !== undefined) {
        users.push([index, user]);
      }
    }
    changes.note(changed);
    return { outcomes, users };
  }

  return async (events, now) => {
    const recorded = await connection.write(() => recordAll(events, now));
    writeBack.note(events.length);
    return recorded;
  };
}
