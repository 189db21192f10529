import { setImmediate } from "node:timers/promises";
import type { ProjectStore } from "../projects.ts";
import type { StoreLog } from "../stores.ts";
import type { Connection } from "./connection.ts";

/** How many rows one transaction deletes: some 10 ms of work, 30 with large events, for which all requests wait. */
export const SLICE_ROWS = 1000;

/** The same for rows that are as large as many others. */
const SLICE_TALLIES = 20;

/** Every table that holds what is kept for a project, with its key, and how many of its rows one transaction deletes. */
const RECORDED = [
  { table: "facts", key: "project_id, user_hash, kind, event, month, day, analytics_id", rows: SLICE_ROWS },
  { table: "idempotency_keys", key: "project_id, user_hash, key", rows: SLICE_ROWS },
  { table: "tokens", key: "id", rows: SLICE_ROWS },
  { table: "seats", key: "project_id, user_hash, month", rows: SLICE_ROWS },
  { table: "seat_counts", key: "project_id, month", rows: SLICE_ROWS },
  { table: "seat_openings", key: "project_id", rows: SLICE_ROWS },
  { table: "rejections", key: "project_id, month", rows: SLICE_ROWS },
  { table: "segments", key: "project_id, first", rows: SLICE_ROWS },
  { table: "tallies", key: "project_id, first", rows: SLICE_TALLIES },
];

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
  const slices = RECORDED.map(({ table, key, rows }) => {
    const remove = connection.prepare(
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE project_id = ? LIMIT ${rows})`,
    );
    return { remove, rows };
  });

  async function finish(projectId: string): Promise<void> {
    for (const { remove, rows } of slices) {
      let removed = rows;
      // A slice that is not full is the last. What running events add after it can't be reached by anybody.
      while (removed === rows) {
        await setImmediate();
        removed = await connection.write(() => remove.run(projectId));
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
