import type { UserZone } from "../streak-store.ts";
import type { Connection } from "./sqlite.ts";

/** Ends an insert into `users`: of two zones the later holds, of two equally late ones the greater name. */
const LATER_HOLDS = `
  ON CONFLICT DO UPDATE SET zone_name = excluded.zone_name, zone_at = excluded.zone_at
    WHERE (excluded.zone_at, excluded.zone_name) > (users.zone_at, users.zone_name)
`;

/** The zones of users. */
export class Zones {
  readonly #select;
  readonly #raise;
  readonly #copy;
  readonly #remove;

  constructor(connection: Connection) {
    this.#select = connection.prepare<{ name: string; at: number }>(
      "SELECT zone_name AS name, zone_at AS at FROM users WHERE project_id = ? AND user_hash = ?",
    );
    this.#raise = connection.prepare(
      `INSERT INTO users (project_id, user_hash, zone_name, zone_at) VALUES (?, ?, ?, ?) ${LATER_HOLDS}`,
    );
    this.#copy = connection.prepare(
      `INSERT INTO users (project_id, user_hash, zone_name, zone_at)
       SELECT project_id, ?3, zone_name, zone_at FROM users WHERE project_id = ?1 AND user_hash = ?2 ${LATER_HOLDS}`,
    );
    this.#remove = connection.prepare("DELETE FROM users WHERE project_id = ? AND user_hash = ?");
  }

  /** The user's zone, as the part of an answer that is left out while none is known. */
  of(projectId: string, userHash: string): { zone?: UserZone } {
    const row = this.#select.get(projectId, userHash);
    return row === undefined ? {} : { zone: { name: row.name, at: row.at } };
  }

  /** Makes `zone` the user's, unless a later event named one. */
  raise(projectId: string, userHash: string, zone: UserZone): void {
    this.#raise.run(projectId, userHash, zone.name, zone.at);
  }

  /** Moves what is known of one user's zone to another. */
  merge(projectId: string, from: string, to: string): void {
    this.#copy.run(projectId, from, to);
    this.#remove.run(projectId, from);
  }
}
