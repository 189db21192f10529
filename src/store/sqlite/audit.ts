import type { AuditEntry, AuditFilter, AuditStore } from "../audit.ts";
import { fairShares } from "../fair-shares.ts";
import type { Connection } from "./connection.ts";

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
  const removeOlder = connection.prepare("DELETE FROM audit WHERE id < ?");
  const removeBeyond = connection.prepare(`
    DELETE FROM audit WHERE series = ?1
      AND id <= (SELECT id FROM audit WHERE series = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
  `);
  const count = connection.prepare<{ entries: number }>("SELECT count(*) AS entries FROM audit");
  const selectSizes = connection.prepare<{ series: string; entries: number }>(
    "SELECT series, count(*) AS entries FROM audit GROUP BY series",
  );
  const selectPage = createSelectPage(connection);

  return {
    appendAuditEntries: (entries) =>
      connection.write(() => {
        for (const { id, at, series, outcome, projectId, siteKey, actor, method, ...details } of entries) {
          const searched = [projectId ?? null, siteKey ?? null, actor, method];
          insert.run(id, at, series, outcome, ...searched, JSON.stringify(details));
        }
      }),

    confirmAuditEntry: (id) => connection.write(() => void confirm.run(id)),

    removeAuditEntry: (id) => connection.write(() => void remove.run(id)),

    listAuditEntries: (filter, before, limit) =>
      connection.read(() => selectPage(filter, before, limit).map(auditEntryOf)),

    trimAuditEntries: ({ oldest, maxOfSeries, series, maxInAll }) =>
      connection.write(() => {
        removeOlder.run(oldest);
        for (const each of series) {
          removeBeyond.run(each, maxOfSeries);
        }
        if ((count.get()?.entries ?? 0) > maxInAll) {
          for (const { name, keep } of fairShares(selectSizes.all(), maxInAll)) {
            removeBeyond.run(name, keep);
          }
        }
      }),
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
