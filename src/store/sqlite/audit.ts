import { setImmediate } from "node:timers/promises";
import type { AuditEntry, AuditFilter, AuditStore, SeriesBound } from "../audit.ts";
import { fairShares } from "../fair-shares.ts";
import type { Connection } from "./connection.ts";

/** How many rows one transaction removes: some 3 ms of work, for which all requests wait. */
const SLICE_ROWS = 500;

/** A row of the audit log. */
export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly series: string;
  readonly outcome: AuditEntry["outcome"];
  readonly project_id: string | null;
  readonly site_key: string | null;
  readonly actor: string;
  readonly method: string;
  readonly details: string;
}

/** The audit log, each entry a row. Fields that are searched for have columns, and the rest is JSON. */
export function createAudit(connection: Connection): AuditStore {
  const insert = connection.prepare(`
    INSERT INTO audit (id, at, series, outcome, project_id, site_key, actor, method, details)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);
  const confirm = connection.prepare("UPDATE audit SET outcome = 'done' WHERE id = ? AND outcome = 'unknown'");
  const remove = connection.prepare("DELETE FROM audit WHERE id = ?");
  const removeOlder = connection.prepare(
    `DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < ? LIMIT ${SLICE_ROWS})`,
  );
  const selectFirstBeyond = connection.prepare<Pick<AuditRow, "id">>(
    "SELECT id FROM audit WHERE series = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
  );
  const removeOfSeries = connection.prepare(`
    DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE series = ? AND id <= ? LIMIT ${SLICE_ROWS})
  `);
  const count = connection.prepare<{ entries: number }>("SELECT count(*) AS entries FROM audit");
  const selectSizes = connection.prepare<{ series: string; entries: number }>(
    "SELECT series, count(*) AS entries FROM audit GROUP BY series",
  );
  const selectPage = createSelectPage(connection);

  /** Removes rows until a slice is not full, which is the last. Other calls get their turn between two slices. */
  async function removeInSlices(removeSlice: () => number): Promise<void> {
    let removed = SLICE_ROWS;
    while (removed === SLICE_ROWS) {
      await setImmediate();
      removed = await connection.write(removeSlice);
    }
  }

  /** Removes all entries of a series but the newest. */
  async function removeBeyond({ name, keep }: SeriesBound): Promise<void> {
    const first = await connection.read(() => selectFirstBeyond.get(name, keep));
    if (first !== undefined) {
      await removeInSlices(() => removeOfSeries.run(name, first.id));
    }
  }

  return {
    appendAuditEntries: (entries) =>
      connection.write(() => {
        for (const { id, at, series, outcome, projectId, siteKey, actor, method, ...details } of entries) {
          const searched = [projectId ?? null, siteKey ?? null, actor, method];
          insert.run(id, at, series, outcome, ...searched, JSON.stringify(details));
        }
      }),

    confirmAuditEntries: (ids) =>
      connection.write(() => {
        for (const id of ids) {
          confirm.run(id);
        }
      }),

    removeAuditEntry: (id) => connection.write(() => void remove.run(id)),

    listAuditEntries: (filter, before, limit) =>
      connection.read(() => selectPage(filter, before, limit).map(auditEntryOf)),

    async trimAuditEntries({ oldest, series, maxInAll }) {
      await removeInSlices(() => removeOlder.run(oldest));
      for (const each of series) {
        await removeBeyond(each);
      }
      const sizes = await connection.read(() => ((count.get()?.entries ?? 0) > maxInAll ? selectSizes.all() : []));
      for (const each of fairShares(sizes, maxInAll)) {
        await removeBeyond(each);
      }
    },
  };
}

/**
 * Returns the statement that selects a page. Each set of filters has its own statement, so that each uses its index.
 */
function createSelectPage(connection: Connection) {
  const statements = new Map<string, ReturnType<typeof connection.prepare<AuditRow>>>();
  return ({ projectId, siteKey, actor }: AuditFilter, before: string | undefined, limit: number): AuditRow[] => {
    const given = Object.entries({ "project_id = ?": projectId, "site_key = ?": siteKey, "actor = ?": actor }).flatMap(
      ([condition, value]) => (value === undefined ? [] : [{ condition, value }]),
    );
    const conditions = [...given.map(({ condition }) => condition), ...(before === undefined ? [] : ["id < ?"])];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const statement =
      statements.get(where) ?? connection.prepare<AuditRow>(`SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`);
    statements.set(where, statement);
    return statement.all(...given.map(({ value }) => value), ...(before === undefined ? [] : [before]), limit);
  };
}

/** Returns the entry of a row. */
export function auditEntryOf(row: AuditRow): AuditEntry {
  const { id, at, series, outcome, project_id: projectId, site_key: siteKey, actor, method, details } = row;
  return {
    ...{ id, at, series, outcome, actor, method },
    ...(projectId !== null && { projectId }),
    ...(siteKey !== null && { siteKey }),
    ...JSON.parse(details),
  };
}
