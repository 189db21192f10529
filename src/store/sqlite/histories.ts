import type { LedgerEntry } from "../../domain/ledger.ts";
import type { AnalyticsStore, HistoryEvent, HistoryRange, HistorySlice, UserHistory } from "../analytics.ts";
import type { EventType } from "../events.ts";
import { inOrder } from "../ledger.ts";
import type { UserZone } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import { entryOf } from "./ledger.ts";

/** How many rows one slice reads: some 5 ms of work, for which all requests wait. A user with more is read whole. */
export const SLICE_ROWS = 2000;

interface Row {
  readonly user_hash: string;
  readonly kind: (typeof FactKind)[keyof typeof FactKind];
  readonly event: string;
  readonly month: string;
  readonly day: number;
  readonly analytics_id: string;
  readonly days: number;
  readonly at: number;
  readonly tz: string | null;
  readonly type: EventType;
  readonly session_id: string | null;
  readonly meta: string | null;
}

/** Makes what reads the histories of a range of users. */
export function createReadHistories(connection: Connection): AnalyticsStore["readHistories"] {
  const select = (condition: string) =>
    connection.prepare<Row>(`
      SELECT user_hash, kind, event, month, day, analytics_id, days, at, tz,
        ifnull(analytics_type, 'streak_interaction') AS type, session_id, meta
      FROM facts WHERE project_id = ? AND ${condition} ORDER BY user_hash, kind, event, month, day, analytics_id
      LIMIT ?
    `);
  const selectFrom = select("user_hash >= ?");
  const selectAfter = select("user_hash > ?");
  const selectFromTo = select("user_hash >= ? AND user_hash < ?");
  const selectAfterTo = select("user_hash > ? AND user_hash < ?");
  const selectUser = select("user_hash = ?");

  function readRows({ projectId, first, end, after }: HistoryRange): Row[] {
    if (end === undefined) {
      return after === undefined
        ? selectFrom.all(projectId, first, SLICE_ROWS)
        : selectAfter.all(projectId, after, SLICE_ROWS);
    }
    return after === undefined
      ? selectFromTo.all(projectId, first, end, SLICE_ROWS)
      : selectAfterTo.all(projectId, after, end, SLICE_ROWS);
  }

  function readSlice(range: HistoryRange): HistorySlice {
    const rows = readRows(range);
    const last = rows.at(-1)?.user_hash;
    if (last === undefined || rows.length < SLICE_ROWS) {
      return { histories: historiesOf(rows), last: undefined };
    }
    // The last user may have more rows: the next slice begins with that user, unless there is no other one.
    const whole = rows.filter(({ user_hash }) => user_hash !== last);
    return whole.length > 0
      ? { histories: historiesOf(whole), last: whole.at(-1)?.user_hash }
      : { histories: historiesOf(selectUser.all(range.projectId, last, -1)), last };
  }

  return (range) => connection.read(() => readSlice(range));
}

/** A history that rows are added to. */
interface OpenHistory extends UserHistory {
  zone?: UserZone;
  ledger?: LedgerEntry[];
  readonly days: Map<string, Record<string, number>>;
  readonly events: HistoryEvent[];
}

/**
 * Returns the histories that rows tell, which lie user by user. Aliases, and users with nothing but a ledger, have
 * none.
 */
function historiesOf(rows: readonly Row[]): UserHistory[] {
  const histories: OpenHistory[] = [];
  for (const row of rows) {
    if (row.kind === FactKind.ALIAS) {
      continue;
    }
    let history = histories.at(-1);
    if (history?.userHash !== row.user_hash) {
      history = { userHash: row.user_hash, days: new Map(), events: [] };
      histories.push(history);
    }
    addRow(history, row);
  }
  for (const history of histories) {
    if (history.ledger !== undefined) {
      history.ledger = inOrder(history.ledger);
    }
  }
  return histories.filter(({ days, events }) => days.size > 0 || events.length > 0);
}

function addRow(history: OpenHistory, row: Row): void {
  const { kind, event, month, days, at, tz } = row;
  if (kind === FactKind.LEDGER) {
    history.ledger ??= [];
    history.ledger.push(entryOf({ id: row.analytics_id, at, fields: row.meta as string }));
  } else if (kind === FactKind.ZONE) {
    history.zone = { name: tz as string, at };
  } else if (kind === FactKind.MONTH) {
    const months = history.days.get(event) ?? {};
    months[month] = days;
    history.days.set(event, months);
  } else {
    history.events.push(eventOf(row));
  }
}

function eventOf({ kind, event, type, day, at, tz, session_id: sessionId, meta }: Row): HistoryEvent {
  return {
    ...{ event, type, day, at },
    ...(kind === FactKind.REPEAT && { isRepeat: true as const }),
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(sessionId !== null && { sessionId }),
  };
}
