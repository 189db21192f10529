import { setImmediate } from "node:timers/promises";
import { isoMonth } from "../../domain/day.ts";
import type { Gate } from "../../domain/plans.ts";
import type { StoredEvent } from "../events.ts";
import { isCurrent, isOpen, type Opening, type Refusal, type SeatStore } from "../seats.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";

/** The users of how many names are given seats at a time: a few milliseconds of work, for which all requests wait. */
const SLICE_NAMES = 200;

/**
 * The seats of months. A user gets a seat in the same transaction that stores the user's first day of the month, so
 * neither is there without the other. `seat_counts` is kept in step with the rows.
 */
export interface Seats extends SeatStore {
  /**
   * Gives the user of an event a seat, unless the user has one. Returns the outcome of the event when it must not be
   * stored. For use inside a transaction.
   */
  admit(event: StoredEvent, gate: Gate, userHash: string, now: number): Refusal | undefined;
  /** Gives the seats of a name that becomes an alias to its user, or frees them. For use inside a transaction. */
  follow(projectId: string, name: string, userHash: string): void;
}

/** Prepares the statements on seats. */
export function createSeats(connection: Connection): Seats {
  const selectSeat = connection.prepare("SELECT 1 FROM seats WHERE project_id = ? AND user_hash = ? AND month = ?");
  const selectDays = connection.prepare(
    `SELECT 1 FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH} AND month = ? LIMIT 1`,
  );
  const addSeat = connection.prepare(
    "INSERT INTO seats (project_id, user_hash, month) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const removeSeats = connection.prepare<{ month: string }>(
    "DELETE FROM seats WHERE project_id = ? AND user_hash = ? RETURNING month",
  );
  const selectCount = connection.prepare<{ taken: number }>(
    "SELECT taken FROM seat_counts WHERE project_id = ? AND month = ?",
  );
  const addToCount = connection.prepare(`
    INSERT INTO seat_counts (project_id, month, taken) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET taken = taken + excluded.taken
  `);
  const selectOpening = connection.prepare<{ since: number; opened_at: number; unseated: string }>(
    "SELECT since, opened_at, unseated FROM seat_openings WHERE project_id = ?",
  );
  const setOpening = connection.prepare(`
    INSERT INTO seat_openings (project_id, since, opened_at, unseated) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET since = excluded.since, opened_at = excluded.opened_at, unseated = excluded.unseated
  `);
  // From name to name, so that the events of a name cost nothing.
  const selectMonths = connection.prepare<{ name: string; month: string | null }>(`
    WITH RECURSIVE names (name) AS (
      SELECT min(user_hash) FROM facts WHERE project_id = ?1 AND user_hash > ?2
      UNION ALL
      SELECT (SELECT min(user_hash) FROM facts WHERE project_id = ?1 AND user_hash > name) FROM names
      WHERE name IS NOT NULL LIMIT ${SLICE_NAMES}
    )
    SELECT DISTINCT name, month FROM names
    LEFT JOIN facts ON project_id = ?1 AND user_hash = name AND kind = ${FactKind.MONTH}
    WHERE name IS NOT NULL ORDER BY name
  `);
  const selectMonthsOf = connection.prepare<{ month: string }>(
    `SELECT DISTINCT month FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH}`,
  );
  /** The months that are being opened, each with the users of links made meanwhile: they may be read too early. */
  const underWay = new Set<{ readonly projectId: string; readonly linked: Set<string> }>();

  function openingOf(projectId: string): Opening | undefined {
    const row = selectOpening.get(projectId);
    return row && { since: row.since, openedAt: row.opened_at, unseated: JSON.parse(row.unseated) };
  }

  /** Gives a user a seat, within the limit or not. */
  function seat(projectId: string, userHash: string, month: string): void {
    if (addSeat.run(projectId, userHash, month) > 0) {
      addToCount.run(projectId, month, 1);
    }
  }

  function admit({ projectId, day }: StoredEvent, gate: Gate, userHash: string, now: number): Refusal | undefined {
    const month = isoMonth(day);
    if (selectSeat.get(projectId, userHash, month) !== undefined) {
      return undefined;
    }
    // Whoever is active goes on, also while the month is not open yet.
    if (selectDays.get(projectId, userHash, month) === undefined) {
      if (!isOpen(openingOf(projectId), month, gate.since, now)) {
        return "unopened";
      }
      if ((selectCount.get(projectId, month)?.taken ?? 0) >= gate.activeStreakers) {
        return "full";
      }
    }
    seat(projectId, userHash, month);
    return undefined;
  }

  function follow(projectId: string, name: string, userHash: string): void {
    for (const { month } of removeSeats.all(projectId, name)) {
      addToCount.run(projectId, month, -1);
      seat(projectId, userHash, month);
    }
    for (const one of underWay) {
      if (one.projectId === projectId) {
        one.linked.add(userHash);
      }
    }
  }

  /** Reads all users of a project and seats those who are active in a month. Returns the other months with days. */
  async function seatActive(projectId: string, month: string): Promise<Set<string>> {
    const others = new Set<string>();
    let after: string | undefined = "";
    while (after !== undefined) {
      await setImmediate();
      after = await connection.write(() => {
        const rows = selectMonths.all(projectId, after as string);
        for (const row of rows) {
          if (row.month === month) {
            seat(projectId, row.name, month);
          } else if (row.month !== null) {
            others.add(row.month);
          }
        }
        return rows.at(-1)?.name;
      });
    }
    return others;
  }

  async function openMonth(projectId: string, month: string, since: number, now: number): Promise<void> {
    const before = await connection.read(() => openingOf(projectId));
    if (isOpen(before, month, since, now)) {
      return;
    }
    const current = { projectId, linked: new Set<string>() };
    underWay.add(current);
    try {
      const others = await seatActive(projectId, month);
      await connection.write(() => {
        for (const userHash of current.linked) {
          for (const row of selectMonthsOf.all(projectId, userHash)) {
            if (row.month === month) {
              seat(projectId, userHash, month);
            } else {
              others.add(row.month);
            }
          }
        }
        const opened = isCurrent(before, since, now)
          ? { ...before, unseated: before.unseated.filter((unseated) => unseated !== month) }
          : { since, openedAt: now, unseated: [...others] };
        setOpening.run(projectId, opened.since, opened.openedAt, JSON.stringify(opened.unseated));
      });
    } finally {
      underWay.delete(current);
    }
  }

  return { admit, follow, openMonth };
}
