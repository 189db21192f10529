import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { SqliteEvents } from "./ports.ts";
import { createRecord } from "./record.ts";
import type { Seats } from "./seats.ts";
import type { WriteBack } from "./write-back.ts";

/** The events: whose they are, and keeping them. */
export function createEvents(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
  writeBack: WriteBack,
): SqliteEvents {
  return {
    resolveUsers: (users) =>
      connection.read(() => users.map(({ projectId, userHash }) => aliases.resolve(projectId, userHash))),

    record: createRecord(connection, aliases, actions, keys, seats, changes, writeBack),
  };
}
