import type { Connection } from "./connection.ts";

/** Users of whom something else is recorded than before, by project. */
export class ChangedUsers {
  readonly #users = new Map<string, Set<string>>();

  add(projectId: string, userHash: string): this {
    const users = this.#users.get(projectId) ?? new Set();
    this.#users.set(projectId, users.add(userHash));
    return this;
  }

  /** The users of each project. */
  get byProject(): Iterable<readonly [projectId: string, users: ReadonlySet<string>]> {
    return this.#users;
  }
}

/** The notes of changed users. They are written in the transaction that changes the users, so every note is settled. */
export interface Changes {
  /** Notes that users have changed: one row for each project. For use inside a transaction. */
  note(changed: ChangedUsers): void;
}

/** Prepares the statement that notes changes. */
export function createChanges(connection: Connection): Changes {
  const insert = connection.prepare("INSERT INTO changes (project_id, made_at, users) VALUES (?, ?, ?)");
  return {
    note(changed) {
      for (const [projectId, users] of changed.byProject) {
        insert.run(projectId, Date.now(), JSON.stringify([...users]));
      }
    },
  };
}
