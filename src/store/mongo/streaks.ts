import { ledgerOf } from "../ledger.ts";
import type { StreakStore } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { entriesOf } from "./documents.ts";
import { createLinking } from "./linking.ts";
import type { LookUp } from "./look-up.ts";
import type { Notes } from "./notes.ts";
import { checkInsIn, zonesOf } from "./streak-documents.ts";

/** What users have done, and which names are one user. */
export function createStreaks(connection: Connection, aliases: Aliases, lookUp: LookUp, notes: Notes): StreakStore {
  return {
    async readStreak({ projectId, userHash }, event) {
      const { document } = await lookUp({ projectId, userHash, event });
      return { ...checkInsIn(document, event), ...zonesOf(document), ...ledgerOf(entriesOf(document)) };
    },

    linkUser: createLinking(connection, aliases, notes),
  };
}
