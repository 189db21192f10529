import type { ResolvedUser, UserZone } from "../streak-store.ts";
import { FactKind } from "./facts.ts";
import type { Connection } from "./sqlite.ts";

/**
 * Users and their other names. What a name points to is no alias at that moment, so no mapping ever closes a circle; it may
 * become one later, so a name can be several steps from its user.
 */
export interface Names {
  /** The user that `name` is by now, which is itself when it is no alias. */
  resolve(projectId: string, name: string): ResolvedUser;
  /** What `name` was last linked to; undefined when it is a user of its own. */
  targetOf(projectId: string, name: string): string | undefined;
  /** Points `alias` to `userHash`, which must be no alias itself. */
  point(projectId: string, alias: string, userHash: string): void;
  /** Makes `zone` the user's, unless a later event named one. */
  raiseZone(projectId: string, userHash: string, zone: UserZone): void;
  /** Makes the zone of one user another's, unless that one's is of a later event. */
  copyZone(projectId: string, from: string, to: string): void;
}

/** Ends an insert of a zone: of two the later holds, of two equally late ones the greater name. */
const LATER_HOLDS = `
  ON CONFLICT DO UPDATE SET name = excluded.name, value = excluded.value
    WHERE (excluded.value, excluded.name) > (facts.value, facts.name)
`;

export function createNames(connection: Connection): Names {
  const select = connection.prepare<{ kind: number; name: string; value: number }>(
    `SELECT kind, name, value FROM facts WHERE project_id = ? AND user_hash = ? AND kind <= ${FactKind.ZONE}`,
  );
  const point = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, name) VALUES (?, ?, ${FactKind.ALIAS}, ?)
    ON CONFLICT DO UPDATE SET name = excluded.name
  `);
  const raiseZone = connection.prepare(
    `INSERT INTO facts (project_id, user_hash, kind, name, value) VALUES (?, ?, ${FactKind.ZONE}, ?, ?) ${LATER_HOLDS}`,
  );
  const copyZone = connection.prepare(
    `INSERT INTO facts (project_id, user_hash, kind, name, value)
     SELECT project_id, ?3, kind, name, value FROM facts
     WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ZONE} ${LATER_HOLDS}`,
  );

  return {
    resolve(projectId, name) {
      let userHash = name;
      let row = select.get(projectId, userHash);
      while (row?.kind === FactKind.ALIAS) {
        userHash = row.name;
        row = select.get(projectId, userHash);
      }
      return row === undefined ? { userHash } : { userHash, zone: { name: row.name, at: row.value } };
    },

    targetOf(projectId, name) {
      const row = select.get(projectId, name);
      return row?.kind === FactKind.ALIAS ? row.name : undefined;
    },

    point(projectId, alias, userHash) {
      point.run(projectId, alias, userHash);
    },

    raiseZone(projectId, userHash, zone) {
      raiseZone.run(projectId, userHash, zone.name, zone.at);
    },

    copyZone(projectId, from, to) {
      copyZone.run(projectId, from, to);
    },
  };
}
