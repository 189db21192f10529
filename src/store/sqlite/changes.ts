import type { DatabaseSync } from "node:sqlite";
import { type Connection, transaction } from "./connection.ts";

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

/** The users of a project who have changed and are not folded. */
interface Unfolded {
  /** When the first of them changed, in epoch milliseconds. */
  readonly since: number;
  readonly users: Set<string>;
}

/**
 * The notes of changed users. One process has the database, so it remembers them, and an event pays next to nothing. What
 * is on the disk is only whether there are any: written in the transaction of the first change, and removed in the one
 * that folds the last. A process that ends before that leaves it there. Then nobody knows who has changed, and the next
 * process marks all segments.
 */
export interface Changes {
  /** Notes that users have changed. For use inside the transaction that changes them. */
  note(changed: ChangedUsers): void;
  /** Removes what says on the disk that there are notes. For use inside the transaction that folds the last ones. */
  noteNone(): void;
  /** The notes, by project; the project that has waited longest comes first. */
  readonly unfolded: Map<string, Unfolded>;
}

/**
 * Marks all segments if the process before has left notes. For use when the database is opened, which must fail if this
 * does: without the marks, changes would be missed for ever.
 */
export function markLeftOver(database: DatabaseSync): void {
  transaction(database, () => {
    if (database.prepare("DELETE FROM unfolded_changes").run().changes !== 0) {
      database.exec("UPDATE segments SET changes = changes + 1");
    }
  });
}

/** Prepares the statements of notes. */
export function createChanges(connection: Connection): Changes {
  const insert = connection.prepare("INSERT INTO unfolded_changes (id) VALUES (0) ON CONFLICT DO NOTHING");
  const remove = connection.prepare("DELETE FROM unfolded_changes");
  const unfolded = new Map<string, Unfolded>();
  return {
    unfolded,
    note(changed) {
      for (const [projectId, users] of changed.byProject) {
        insert.run();
        const noted = unfolded.get(projectId) ?? { since: Date.now(), users: new Set() };
        unfolded.set(projectId, noted);
        for (const user of users) {
          noted.users.add(user);
        }
      }
    },
    noteNone() {
      remove.run();
    },
  };
}
