import { setImmediate } from "node:timers/promises";
import type { ProjectStore } from "../projects.ts";
import type { StoreLog } from "../stores.ts";
import type { Connection } from "./connection.ts";

/** How many rows one transaction deletes: some 10 ms of work, 30 with large events, for which all requests wait. */
export const SLICE_ROWS = 1000;

/** Every table that holds what is kept for a project, with its key. */
const RECORDED = {
  facts: "project_id, user_hash, kind, event, month, day, analytics_id",
  idempotency_keys: "project_id, user_hash, key",
  tokens: "id",
  seats: "project_id, user_hash, month",
  seat_counts: "project_id, month",
  seat_openings: "project_id",
  rejections: "project_id, month",
};

/**
 * The deletion of projects. First the project goes and leaves a note. Then everything recorded for it goes, a slice at
 * a time. The note goes last, so a deletion that a crash or `close` cuts short is known and can be finished.
 */
export interface Deletions extends Pick<ProjectStore, "deleteProject"> {
  /** Finishes the deletions that were cut short before this start. Never rejects. */
  finishLeftOver(): Promise<void>;
}

/** @param log is told of deletions that this start finishes, or fails to finish */
export function createDeletions(connection: Connection, log: StoreLog): Deletions {
  type Row = { id: string; site_key: string };
  const note = connection.prepare(
    "INSERT INTO deleted_projects (id, site_key) SELECT id, site_key FROM projects WHERE site_key = ? AND id = ?",
  );
  const removeProject = connection.prepare("DELETE FROM projects WHERE site_key = ? AND id = ?");
  const selectNoted = connection.prepare<Row>("SELECT id, site_key FROM deleted_projects WHERE site_key = ?");
  const selectAllNoted = connection.prepare<Row>("SELECT id, site_key FROM deleted_projects");
  const removeNote = connection.prepare("DELETE FROM deleted_projects WHERE id = ?");
  const slices = Object.entries(RECORDED).map(([table, key]) =>
    connection.prepare(
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE project_id = ? LIMIT ${SLICE_ROWS})`,
    ),
  );

  async function finish(projectId: string): Promise<void> {
    for (const slice of slices) {
      let removed = SLICE_ROWS;
      // A slice that is not full is the last. What running events add after it can't be reached by anybody.
      while (removed === SLICE_ROWS) {
        await setImmediate();
        removed = await connection.write(() => slice.run(projectId));
      }
    }
    await connection.write(() => removeNote.run(projectId));
  }

  return {
    async deleteProject({ siteKey, id }) {
      const noted = await connection.write(() => {
        if (id !== undefined) {
          note.run(siteKey, id);
          removeProject.run(siteKey, id);
        }
        return selectNoted.all(siteKey);
      });
      for (const project of noted) {
        await finish(project.id);
      }
      return noted.length > 0;
    },

    async finishLeftOver() {
      try {
        for (const { id, site_key: siteKey } of await connection.read(() => selectAllNoted.all())) {
          log.info({ siteKey }, "removing what is left of a deleted project");
          await finish(id);
        }
      } catch (error) {
        // No caller waits for it, and the store works without.
        if (connection.isOpen) {
          log.warn({ err: error }, "what is left of a deleted project can't be removed; the next start tries again");
        }
      }
    },
  };
}
