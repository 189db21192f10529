import { ledgerOf } from "../ledger.ts";
import type { StreakStore } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { entriesOf, fieldOf, zoneOf } from "./documents.ts";
import { createLinking } from "./linking.ts";
import type { LookUp } from "./look-up.ts";
import type { Notes } from "./notes.ts";

/** What users have done, and which names are one user. */
export function createStreaks(connection: Connection, aliases: Aliases, lookUp: LookUp, notes: Notes): StreakStore {
  return {
    async readStreak({ projectId, userHash }, event) {
      const { document } = await lookUp({ projectId, userHash, event });
      return { days: document?.days?.[fieldOf(event)] ?? {}, ...zoneOf(document), ...ledgerOf(entriesOf(document)) };
    },

    linkUser: createLinking(connection, aliases, notes),
  };
}
