import { ledgerOf } from "../ledger.ts";
import type { AskedActions, StreakRecord, StreakStore, UserKey } from "../streaks.ts";
import { createActionCounter, withActions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { entriesOf, type StreakDocument } from "./documents.ts";
import { createLinking } from "./linking.ts";
import type { LookUp } from "./look-up.ts";
import type { Notes } from "./notes.ts";
import { checkInsIn, zonesOf } from "./streak-documents.ts";

/** What users have done, and which names are one user. */
export function createStreaks(connection: Connection, aliases: Aliases, lookUp: LookUp, notes: Notes): StreakStore {
  const counter = createActionCounter(connection);

  /**
   * Counts the actions of a name, then looks the name up. If the name is a user then, it was a user before, too, and
   * the count is complete. If it is an alias, some of its actions may have moved to its user: then the user's are
   * counted. If both were read at once, a link between the two reads could have taken the actions away already. Reads
   * do not share counts as they share look-ups: a query of many ranges takes longer than many queries at once.
   */
  async function readWithActions(user: UserKey, event: string, asked: AskedActions): Promise<StreakRecord> {
    const counts = await connection.run(() => counter.countOf(user, event));
    const { projectId, userHash, document } = await lookUp({ ...user, event });
    return userHash === user.userHash
      ? withActions(recordOf(document, event), counts, asked)
      : await readWithActions({ projectId, userHash }, event, asked);
  }

  return {
    async readStreak({ projectId, userHash }, event, actions) {
      if (actions !== undefined) {
        return await readWithActions({ projectId, userHash }, event, actions);
      }
      const { document } = await lookUp({ projectId, userHash, event });
      return recordOf(document, event);
    },

    linkUser: createLinking(connection, aliases, notes),
  };
}

function recordOf(document: StreakDocument | undefined, event: string): StreakRecord {
  return { ...checkInsIn(document, event), ...zonesOf(document), ...ledgerOf(entriesOf(document)) };
}
