import { setImmediate } from "node:timers/promises";
import { UsageTally } from "../../domain/usage.ts";
import type { EventType } from "../events.ts";
import type { UsageStore } from "../usage.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";

/** How many rows are counted at a time: a few milliseconds of work, for which all requests wait. */
const SLICE_ROWS = 1000;

/** What projects use. */
export function createUsage(connection: Connection): UsageStore {
  const selectFirst = connection.prepare<Row>(selectFacts(""));
  const selectAfter = connection.prepare<Row>(
    selectFacts("AND (user_hash, kind, event, month, day, analytics_id) > (?, ?, ?, ?, ?, ?)"),
  );
  const selectRejections = connection.prepare<{ month: string; events: number }>(
    "SELECT month, events FROM rejections WHERE project_id = ?",
  );
  // Not of a project that was deleted since: nothing would remove its row.
  const addRejected = connection.prepare(`
    INSERT INTO rejections (project_id, month, events)
    SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM projects WHERE id = ?1)
    ON CONFLICT DO UPDATE SET events = events + excluded.events
  `);

  return {
    async countUsage(projectId, months) {
      const tally = new UsageTally(months);
      const addRow = createAddRow(tally);
      for (const { month, events } of await connection.read(() => selectRejections.all(projectId))) {
        tally.addRejected(month, events);
      }
      let rows = await connection.read(() => selectFirst.all(projectId));
      let last = rows.at(-1);
      while (last !== undefined) {
        for (const row of rows) {
          addRow(row);
        }
        const { user_hash, kind, event, month, day, analytics_id } = last;
        await setImmediate();
        rows = await connection.read(() =>
          selectAfter.all(projectId, user_hash, kind, event, month, day, analytics_id),
        );
        last = rows.at(-1);
      }
      return tally.months;
    },

    addRejected: (projectId, month, events) =>
      connection.write(() => {
        addRejected.run(projectId, month, events);
      }),
  };
}

interface Row {
  readonly user_hash: string;
  readonly kind: number;
  readonly event: string;
  readonly month: string;
  readonly day: number;
  readonly analytics_id: string;
  /** Of a month. */
  readonly days: number | null;
  /** Of an analytics event. */
  readonly analytics_type: Exclude<EventType, "streak_interaction"> | null;
}

/** Returns the query for a slice of a project's facts, in the order of their key. */
function selectFacts(after: string): string {
  return `
    SELECT user_hash, kind, event, month, day, analytics_id, days, analytics_type FROM facts
    WHERE project_id = ? ${after}
    ORDER BY user_hash, kind, event, month, day, analytics_id LIMIT ${SLICE_ROWS}
  `;
}

/** Makes what counts rows that come in the order of their key. A day that was done in several kinds counts once. */
function createAddRow(tally: UsageTally): (row: Row) => void {
  let of = { user: "", event: "", month: "", days: 0 };

  function addMonth({ user_hash: user, event, month, days }: Row): void {
    if (user !== of.user || event !== of.event || month !== of.month) {
      of = { user, event, month, days: 0 };
    }
    tally.addDays(user, month, (days as number) & ~of.days);
    of.days |= days as number;
  }

  return (row) => {
    if (row.kind === FactKind.MONTH) {
      addMonth(row);
    } else if (row.analytics_type !== null) {
      tally.addAnalytics(row.analytics_type, row.day);
    }
  };
}
