import type { DatabaseSync } from "node:sqlite";
import { UNCOUNTED } from "../analytics.ts";
import { lastUpTo } from "../name-order.ts";
import { type Connection, transaction } from "./connection.ts";

/** A user of whom something else is recorded than before. */
export interface ChangedUser {
  readonly projectId: string;
  readonly userHash: string;
}

/** The notes of a project that are not folded. */
interface Unfolded {
  /** When the first change was noted, in epoch milliseconds. */
  readonly since: number;
  /** The `first` of each segment of the project, in order. */
  readonly segments: string[];
  /** Those whose users have changed. */
  readonly changed: Set<string>;
}

/**
 * The notes of changes. One process has the database, so it remembers in which segments users have changed, and an event
 * pays next to nothing. What is on the disk is only whether there are any notes: written in the transaction of the first
 * change, and removed in the one that folds the last. A process that ends before that leaves it there. Then nobody knows
 * what has changed, and the next process marks all segments.
 */
export interface Changes {
  /** Notes that users have changed. For use inside the transaction that changes them. */
  note(users: readonly ChangedUser[]): void;
  /**
   * Notes of the pieces of a segment what is noted of the segment. For use in the turn in which the division is committed.
   *
   * @param pieces the `first` of each: the first one is that of the segment
   */
  divide(projectId: string, pieces: readonly string[]): void;
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
  const select = connection.prepare<{ first: string }>(
    "SELECT first FROM segments WHERE project_id = ? ORDER BY first",
  );
  const unfolded = new Map<string, Unfolded>();

  function segmentsOf(projectId: string): string[] {
    const firsts = select.all(projectId).map(({ first }) => first);
    return firsts.length === 0 ? [UNCOUNTED.first] : firsts;
  }

  function notesOf(projectId: string): Unfolded {
    const known = unfolded.get(projectId);
    if (known !== undefined) {
      return known;
    }
    const notes = { since: Date.now(), segments: segmentsOf(projectId), changed: new Set<string>() };
    unfolded.set(projectId, notes);
    return notes;
  }

  return {
    unfolded,
    note(users) {
      if (users.length > 0) {
        insert.run();
      }
      for (const { projectId, userHash } of users) {
        const { segments, changed } = notesOf(projectId);
        changed.add(segments[lastUpTo(segments, userHash)] as string);
      }
    },
    divide(projectId, pieces) {
      const notes = unfolded.get(projectId);
      const [segment = UNCOUNTED.first, ...others] = pieces;
      if (notes === undefined) {
        return;
      }
      notes.segments.splice(notes.segments.indexOf(segment) + 1, 0, ...others);
      if (notes.changed.has(segment)) {
        for (const piece of others) {
          notes.changed.add(piece);
        }
      }
    },
    noteNone() {
      remove.run();
    },
  };
}
