import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeptRepeat } from "../conformance/fixture.ts";

/** Returns the repeats that a data folder keeps. */
export function repeatsIn(folder: string): KeptRepeat[] {
  const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
  const rows = database
    .prepare(`
      SELECT project_id AS projectId, user_hash AS userHash, event, day, at, analytics_id AS id,
        tz, meta, session_id AS sessionId
      FROM facts WHERE kind = 4
    `)
    .all();
  database.close();
  const given = (row: object) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return rows.map((row) => given(row) as unknown as KeptRepeat);
}
