import type { EventStore, ResolvedUser } from "../events.ts";
import type { Aliases } from "./aliases.ts";
import type { Apply } from "./apply.ts";
import type { Connection } from "./connection.ts";
import { NOT_FOUND } from "./effects.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { LookUp } from "./look-up.ts";
import { createRecord } from "./record.ts";
import type { Seats } from "./seats.ts";
import { isRedatedIn, zonesOf } from "./streak-documents.ts";

/** The events: whose they are, and keeping them. */
export function createEvents(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  seats: Seats,
  apply: Apply,
  lookUp: LookUp,
): EventStore {
  return {
    // Every user is looked up: other instances may link and move users at any time. The query pays for itself, because
    // it tells which users are new.
    resolveUsers: (users) =>
      Promise.all(
        users.map(async ({ projectId, userHash, verify }): Promise<ResolvedUser> => {
          const { userHash: user, document } = await lookUp({ projectId, userHash });
          const isUnverified = document === undefined && !verify;
          return {
            ...{ userHash: user, ...zonesOf(document), ...isRedatedIn(document) },
            ...(isUnverified && { unverified: NOT_FOUND }),
          };
        }),
      ),

    record: createRecord(connection, aliases, keys, seats, apply),
  };
}
