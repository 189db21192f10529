import type { KindLabel } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";

/** Creates what returns the labels of the days that a user has done. For use inside a transaction. */
export function createReadLabels(connection: Connection): (user: UserKey) => KindLabel[] {
  const select = connection.prepare<{ readonly label: KindLabel }>(`
    SELECT DISTINCT analytics_id AS label FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH}
  `);
  return ({ projectId, userHash }) => select.all(projectId, userHash).map(({ label }) => label);
}
