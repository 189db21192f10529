import { setImmediate } from "node:timers/promises";
import type { StreakStore } from "../streak-store.ts";
import type { Connection } from "./sqlite.ts";

/** How many rows one transaction deletes: some 10 ms of work, 30 with large events, for which all requests wait. */
export const SLICE_ROWS = 1000;

/** Every table of what is recorded for a project, with its key. */
const RECORDED = {
  facts: "project_id, user_hash, kind, event, month, day, analytics_id",
  idempotency_keys: "project_id, key",
};

/**
 * The deletion of projects. The project goes at once and leaves a note; then goes what was recorded for it, a slice at a
 * time; last goes the note. So what is cut short, by a crash or by `close`, is known and can be finished.
 */
export interface Deletions extends Pick<StreakStore, "deleteProject"> {
  /** Finishes what was cut short before this start. Never rejects. */
  finishLeftOver(): Promise<void>;
}

export function createDeletions(connection: Connection): Deletions {
  type Row = { id: string };
  const note = connection.prepare(
    "INSERT INTO deleted_projects (id, site_key) SELECT id, site_key FROM projects WHERE site_key = ?",
  );
  const removeProject = connection.prepare("DELETE FROM projects WHERE site_key = ?");
  const selectNoted = connection.prepare<Row>("SELECT id FROM deleted_projects WHERE site_key = ?");
  const selectAllNoted = connection.prepare<Row>("SELECT id FROM deleted_projects");
  const removeNote = connection.prepare("DELETE FROM deleted_projects WHERE id = ?");
  const slices = Object.entries(RECORDED).map(([table, key]) =>
    connection.prepare(
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE project_id = ? LIMIT ${SLICE_ROWS})`,
    ),
  );

  async function finish(projectId: string): Promise<void> {
    for (const slice of slices) {
      let removed = SLICE_ROWS;
      // A slice that is not full was the last: what events under way may add to it then is out of everybody's reach.
      while (removed === SLICE_ROWS) {
        await setImmediate();
        removed = await connection.write(() => slice.run(projectId));
      }
    }
    await connection.write(() => removeNote.run(projectId));
  }

  return {
    async deleteProject(siteKey) {
      const noted = await connection.write(() => {
        note.run(siteKey);
        removeProject.run(siteKey);
        return selectNoted.all(siteKey);
      });
      for (const { id } of noted) {
        await finish(id);
      }
      return noted.length > 0;
    },

    async finishLeftOver() {
      try {
        for (const { id } of await connection.read(() => selectAllNoted.all())) {
          await finish(id);
        }
      } catch (error) {
        // Nobody waits for it, and the store works without.
        if (connection.isOpen) {
          process.emitWarning("What is left of a deleted project can't be removed. The next start tries again.", {
            detail: String(error instanceof Error ? (error.cause ?? error) : error),
          });
        }
      }
    },
  };
}
