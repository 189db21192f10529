import type { Day } from "../../domain/day.ts";
import { monthOf } from "../../domain/months.ts";
import { isSameZone } from "../../domain/zone.ts";
import type { KindLabel } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { DatedEvent } from "../zones.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";

/** A user whose events are redated. */
export interface RedatedUser extends UserKey {
  readonly home: string;
  /** The IANA name of the zone that has dated the events. */
  readonly wrongZone: string;
}

/** A day that is done by events of one kind. */
export interface DoneDay {
  readonly event: string;
  readonly day: Day;
  readonly label: KindLabel;
}

/** What an event becomes. */
export interface Target extends DoneDay {
  readonly at: number;
  /** The IANA name of the zone that dates it. */
  readonly zone: string;
}

/** The kinds of rows of events that do no day: repeats and actions. */
type Further = typeof FactKind.REPEAT | typeof FactKind.ACTION;

/** The rows of events whose days change. For use inside a transaction. */
export interface DatedRows {
  /**
   * Redates a first event, or removes it if its new day has a first event. Returns false if it was not there.
   *
   * @param label the label of the day that the event has done
   */
  redateFirst(user: RedatedUser, event: DatedEvent, label: KindLabel, to: Target): boolean;
  /** Redates a repeat, if it is there. It becomes the first event of its new day if the day has none. */
  redateRepeat(user: RedatedUser, event: DatedEvent, to: Target): void;
  /** Redates an action, if it is there. The first event of its new day is made of it if the day has none. */
  redateAction(user: RedatedUser, event: DatedEvent, to: Target): void;
  /**
   * Marks a day as not done, after its first event has gone. If a repeat was left there, it becomes the first event; if
   * only an action was left, a first event is made of it. Then the day stays done.
   */
  leave(user: RedatedUser, day: DoneDay): void;
  /** Removes the months in which no day is done any more. */
  removeEmptyMonths(user: UserKey): void;
}

/** Prepares the statements on these rows. */
export function createDatedRows(connection: Connection): DatedRows {
  const row = (kind: number | string) =>
    `project_id = ?1 AND user_hash = ?2 AND kind = ${kind} AND event = ?3 AND month = '' AND day = ?4 AND analytics_id = ?5`;
  // IGNORE leaves an event at its old day if the new day has a first event; removeFirst deletes it there.
  const redateFirst = connection.prepare(`
    UPDATE OR IGNORE facts
    SET day = ?7, at = ?8, received_at = nullif(ifnull(received_at, at), ?8), tz = ?9, analytics_id = ?10
    WHERE ${row(FactKind.EVENT)} AND at = ?6
  `);
  const removeFirst = connection.prepare(`DELETE FROM facts WHERE ${row(FactKind.EVENT)} AND at = ?6`);
  const selectZone = connection.prepare<{ readonly tz: string | null }>(
    `SELECT tz FROM facts WHERE ${row("?7")} AND at = ?6`,
  );
  // IGNORE leaves an action at its old day if the new day has the same action; removeAction deletes it there.
  const updateFurther = connection.prepare(`
    UPDATE OR IGNORE facts SET day = ?6, at = ?7, received_at = nullif(ifnull(received_at, at), ?7), tz = ?8
    WHERE ${row("?9")}
  `);
  const removeAction = connection.prepare(`DELETE FROM facts WHERE ${row(FactKind.ACTION)}`);
  const becomeFirst = connection.prepare(`
    UPDATE OR IGNORE facts SET kind = ${FactKind.EVENT}, analytics_id = ?6, tz = ?7 WHERE ${row(FactKind.REPEAT)}
  `);
  const makeFirst = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, at, received_at, tz)
    SELECT project_id, user_hash, ${FactKind.EVENT}, event, day, ?6, at, received_at, ?7 FROM facts
    WHERE ${row(FactKind.ACTION)} ON CONFLICT DO NOTHING
  `);
  const selectFurther = connection.prepare<{ readonly id: string; readonly tz: string | null }>(`
    SELECT analytics_id AS id, tz FROM facts
    WHERE project_id = ? AND user_hash = ? AND event = ? AND month = '' AND day = ? AND kind = ? ORDER BY at
  `);
  const addDay = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, analytics_id, days)
    VALUES (?, ?, ${FactKind.MONTH}, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET days = days | excluded.days
  `);
  const removeDay = connection.prepare(`
    UPDATE facts SET days = days & ~?5
    WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH} AND event = ?3 AND month = ?4 AND day = 0
      AND analytics_id = ?6
  `);
  const removeEmptyMonths = connection.prepare(
    `DELETE FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH} AND days = 0`,
  );

  function doDay({ projectId, userHash }: UserKey, { event, day, label }: DoneDay): void {
    const { month, bit } = monthOf(day);
    addDay.run(projectId, userHash, event, month, label, bit);
  }

  /** Makes an event the first event of a day that has none. Returns false if the day has one. */
  function promote(user: UserKey, kind: Further, id: string, tz: string | null, to: DoneDay): boolean {
    const make = kind === FactKind.REPEAT ? becomeFirst : makeFirst;
    return make.run(user.projectId, user.userHash, to.event, to.day, id, to.label, tz) > 0;
  }

  function isDatedWrong({ tz }: { readonly tz: string | null }, { home, wrongZone }: RedatedUser): boolean {
    return isSameZone(tz ?? home, wrongZone);
  }

  /** Redates a repeat or an action, if it is there. It does its new day. */
  function redateFurther(user: RedatedUser, kind: Further, { event, day, id = "", at }: DatedEvent, to: Target): void {
    const row = [user.projectId, user.userHash, event, day, id] as const;
    const found = selectZone.get(...row, at, kind);
    if (found === undefined || !isDatedWrong(found, user)) {
      return;
    }
    if (updateFurther.run(...row, to.day, to.at, to.zone, kind) === 0) {
      removeAction.run(...row);
    }
    if (promote(user, kind, id, to.zone, to)) {
      doDay(user, to);
    }
  }

  /** Makes a repeat or an action that was left on a day its first event. Returns false if none was left. */
  function promoteLeft(user: RedatedUser, kind: Further, left: DoneDay): boolean {
    const rows = selectFurther.all(user.projectId, user.userHash, left.event, left.day, kind);
    const row = rows.find((one) => isDatedWrong(one, user));
    return row !== undefined && promote(user, kind, row.id, row.tz, left);
  }

  return {
    redateFirst(user, { event, day, at }, label, to) {
      const row = [user.projectId, user.userHash, event, day, label, at] as const;
      if (redateFirst.run(...row, to.day, to.at, to.zone, to.label) > 0) {
        doDay(user, to);
        return true;
      }
      return removeFirst.run(...row) > 0;
    },

    redateRepeat: (user, event, to) => redateFurther(user, FactKind.REPEAT, event, to),

    redateAction: (user, event, to) => redateFurther(user, FactKind.ACTION, event, to),

    leave(user, left) {
      if (!promoteLeft(user, FactKind.REPEAT, left) && !promoteLeft(user, FactKind.ACTION, left)) {
        const { month, bit } = monthOf(left.day);
        removeDay.run(user.projectId, user.userHash, left.event, month, bit, left.label);
      }
    },

    removeEmptyMonths({ projectId, userHash }) {
      removeEmptyMonths.run(projectId, userHash);
    },
  };
}
