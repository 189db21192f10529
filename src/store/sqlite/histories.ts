import type { Day } from "../../domain/day.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import { actionsOfDays } from "../actions.ts";
import type { AnalyticsStore, HistoryEvent, HistoryRange, HistorySlice, UserHistory } from "../analytics.ts";
import { addMonth, checkInsOf, isDoneBefore, type OpenCheckIns, ORDINARY, openCheckIns } from "../day-kinds.ts";
import type { EventType } from "../events.ts";
import { inOrder } from "../ledger.ts";
import type { UserZone } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import { entryOf } from "./ledger.ts";

/**
 * How many rows one slice reads: some 5 ms of work, for which all requests wait. A user with more is read whole. The
 * rows of actions are not included, because they are only counted.
 */
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
      FROM facts WHERE project_id = ? AND ${condition} AND kind <> ${FactKind.ACTION}
      ORDER BY user_hash, kind, event, month, day, analytics_id LIMIT ?
    `);
  const selectFrom = select("user_hash >= ?");
  const selectAfter = select("user_hash > ?");
  const selectFromTo = select("user_hash >= ? AND user_hash < ?");
  const selectAfterTo = select("user_hash > ? AND user_hash < ?");
  const selectUser = select("user_hash = ?");
  const countActions = connection.prepare<{ readonly day: Day; readonly count: number }>(`
    SELECT day, count(*) AS count FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.ACTION} AND event = ? AND month = ''
    GROUP BY day HAVING count(*) > 1
  `);

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

  /** Returns how many actions each day of an event has, where that is more than one. */
  function actionsOf(projectId: string, userHash: string, event: string): Map<Day, number> {
    return new Map(countActions.all(projectId, userHash, event).map(({ day, count }) => [day, count]));
  }

  function readSlice(range: HistoryRange): HistorySlice {
    const isAsked = (event: string) => range.actionEvents?.includes(event) === true;
    const historiesOf = (rows: readonly Row[]) =>
      openHistories(rows)
        .map((open) =>
          closed(open, (event) => (isAsked(event) ? actionsOf(range.projectId, open.userHash, event) : new Map())),
        )
        .filter(({ days, events }) => days.size > 0 || events.length > 0);
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
interface OpenHistory extends Omit<UserHistory, "days"> {
  zone?: UserZone;
  home?: string;
  ledger?: LedgerEntry[];
  readonly checkIns: Map<string, OpenCheckIns>;
  /** The events that have days with more than one action. */
  readonly counted: Set<string>;
  readonly events: HistoryEvent[];
}

/** Returns the histories that rows tell, which lie user by user. Aliases have none. */
function openHistories(rows: readonly Row[]): OpenHistory[] {
  const histories: OpenHistory[] = [];
  for (const row of rows) {
    if (row.kind === FactKind.ALIAS) {
      continue;
    }
    let history = histories.at(-1);
    if (history?.userHash !== row.user_hash) {
      history = { userHash: row.user_hash, checkIns: new Map(), counted: new Set(), events: [] };
      histories.push(history);
    }
    addRow(history, row);
  }
  return histories;
}

function closed(
  { checkIns, counted, ledger, ...history }: OpenHistory,
  actionsOf: (event: string) => ReadonlyMap<Day, number>,
): UserHistory {
  const days = new Map(
    [...checkIns].map(([event, open]) => {
      return [event, { ...checkInsOf(open), ...(counted.has(event) && actionsOfDays(actionsOf(event))) }];
    }),
  );
  return { ...history, days, ...(ledger && { ledger: inOrder(ledger) }) };
}

function addRow(history: OpenHistory, row: Row): void {
  const { kind, event, month, days, at, tz, analytics_id: id } = row;
  if (kind === FactKind.LEDGER) {
    history.ledger ??= [];
    history.ledger.push(entryOf({ id, at, fields: row.meta as string }));
  } else if (kind === FactKind.ZONE) {
    history.zone = { name: tz as string, at };
    if (row.meta !== null) {
      history.home = row.meta;
    }
  } else if (kind === FactKind.MONTH) {
    const checkIns = history.checkIns.get(event) ?? openCheckIns();
    addMonth(checkIns, id, month, days);
    history.checkIns.set(event, checkIns);
  } else if (kind === FactKind.BEYOND_FIRST) {
    if (days > 0) {
      history.counted.add(event);
    }
  } else {
    history.events.push(eventOf(row, isRepeat(row, history.checkIns.get(event))));
  }
}

/** Whether a row is a repeat, or the event of a day that an event of another kind has done, too. */
function isRepeat({ kind, type, day, analytics_id: label }: Row, checkIns: OpenCheckIns | undefined): boolean {
  if (kind === FactKind.REPEAT) {
    return true;
  }
  const isOther = type === "streak_interaction" && label !== ORDINARY;
  return isOther && checkIns !== undefined && isDoneBefore(checkIns, label, day);
}

function eventOf(row: Row, isRepeat: boolean): HistoryEvent {
  const { event, type, day, at, tz, session_id: sessionId, meta } = row;
  return {
    ...{ event, type, day, at },
    ...(isRepeat && { isRepeat }),
    ...(tz !== null && { tz }),
    ...(meta !== null && { meta }),
    ...(sessionId !== null && { sessionId }),
  };
}
