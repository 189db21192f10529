import type { Connection } from "./sqlite.ts";

/**
 * The other names of users. What a name points to is no alias at that moment, so no mapping ever closes a circle; it may
 * become one later, so a name can be several steps from its user.
 */
export class Aliases {
  readonly #select;
  readonly #upsert;

  constructor(connection: Connection) {
    this.#select = connection.prepare<{ user_hash: string }>(
      "SELECT user_hash FROM aliases WHERE project_id = ? AND alias = ?",
    );
    this.#upsert = connection.prepare(`
      INSERT INTO aliases (project_id, alias, user_hash) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET user_hash = excluded.user_hash
    `);
  }

  /** What `name` was last linked to; undefined when it is a user of its own. */
  targetOf(projectId: string, name: string): string | undefined {
    return this.#select.get(projectId, name)?.user_hash;
  }

  /** The user that `name` is by now, which is itself when it is no alias. */
  resolve(projectId: string, name: string): string {
    let user = name;
    let target = this.targetOf(projectId, user);
    while (target !== undefined) {
      user = target;
      target = this.targetOf(projectId, user);
    }
    return user;
  }

  /** Points `alias` to `userHash`, which must be no alias itself. */
  point(projectId: string, alias: string, userHash: string): void {
    this.#upsert.run(projectId, alias, userHash);
  }
}
