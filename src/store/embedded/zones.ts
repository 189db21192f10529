import type { UserZone } from "../streak-store.ts";
import type { Connection } from "./sqlite.ts";

/** The zones of users. */
export interface Zones {
  /** The user's zone, as the part of an answer that is left out while none is known. */
  of(projectId: string, userHash: string): { zone?: UserZone };
  /** Makes `zone` the user's, unless a later event named one. */
  raise(projectId: string, userHash: string, zone: UserZone): void;
  /** Moves what is known of one user's zone to another. */
  merge(projectId: string, from: string, to: string): void;
}

/** Ends an insert into `users`: of two zones the later holds, of two equally late ones the greater name. */
const LATER_HOLDS = `
  ON CONFLICT DO UPDATE SET zone_name = excluded.zone_name, zone_at = excluded.zone_at
    WHERE (excluded.zone_at, excluded.zone_name) > (users.zone_at, users.zone_name)
`;

export function createZones(connection: Connection): Zones {
  const select = connection.prepare<{ name: string; at: number }>(
    "SELECT zone_name AS name, zone_at AS at FROM users WHERE project_id = ? AND user_hash = ?",
  );
  const raise = connection.prepare(
    `INSERT INTO users (project_id, user_hash, zone_name, zone_at) VALUES (?, ?, ?, ?) ${LATER_HOLDS}`,
  );
  const copy = connection.prepare(
    `INSERT INTO users (project_id, user_hash, zone_name, zone_at)
     SELECT project_id, ?3, zone_name, zone_at FROM users WHERE project_id = ?1 AND user_hash = ?2 ${LATER_HOLDS}`,
  );
  const remove = connection.prepare("DELETE FROM users WHERE project_id = ? AND user_hash = ?");

  return {
    of(projectId, userHash) {
      const row = select.get(projectId, userHash);
      return row === undefined ? {} : { zone: { name: row.name, at: row.at } };
    },

    raise(projectId, userHash, zone) {
      raise.run(projectId, userHash, zone.name, zone.at);
    },

    merge(projectId, from, to) {
      copy.run(projectId, from, to);
      remove.run(projectId, from);
    },
  };
}
