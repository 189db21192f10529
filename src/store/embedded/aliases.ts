import type { Connection } from "./sqlite.ts";

/**
 * The other names of users. What a name points to is no alias at that moment, so no mapping ever closes a circle; it may
 * become one later, so a name can be several steps from its user.
 */
export interface Aliases {
  /** What `name` was last linked to; undefined when it is a user of its own. */
  targetOf(projectId: string, name: string): string | undefined;
  /** The user that `name` is by now, which is itself when it is no alias. */
  resolve(projectId: string, name: string): string;
  /** Points `alias` to `userHash`, which must be no alias itself. */
  point(projectId: string, alias: string, userHash: string): void;
}

export function createAliases(connection: Connection): Aliases {
  const select = connection.prepare<{ user_hash: string }>(
    "SELECT user_hash FROM aliases WHERE project_id = ? AND alias = ?",
  );
  const upsert = connection.prepare(`
    INSERT INTO aliases (project_id, alias, user_hash) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET user_hash = excluded.user_hash
  `);

  const targetOf = (projectId: string, name: string) => select.get(projectId, name)?.user_hash;

  return {
    targetOf,

    resolve(projectId, name) {
      let user = name;
      let target = targetOf(projectId, user);
      while (target !== undefined) {
        user = target;
        target = targetOf(projectId, user);
      }
      return user;
    },

    point(projectId, alias, userHash) {
      upsert.run(projectId, alias, userHash);
    },
  };
}
