import type { StoreLog } from "../stores.ts";
import { createActions } from "./actions.ts";
import { createAliases } from "./aliases.ts";
import { createAnalytics } from "./analytics.ts";
import { createAudit } from "./audit.ts";
import { createChanges } from "./changes.ts";
import { Connection } from "./connection.ts";
import { createDeletions } from "./deletions.ts";
import { createEvents } from "./events.ts";
import type { DataFolder } from "./folder.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createInstances } from "./instances.ts";
import { createLeases } from "./leases.ts";
import { createLedger } from "./ledger.ts";
import type { SqliteStores } from "./ports.ts";
import { createProjects } from "./projects.ts";
import { createSeats } from "./seats.ts";
import { createSessions } from "./sessions.ts";
import { createSettings } from "./settings.ts";
import { createStreaks } from "./streaks.ts";
import { createTokens } from "./tokens.ts";
import { createUsage } from "./usage.ts";
import { createUsers } from "./users.ts";
import { createZones } from "./zones.ts";

/** Makes the ports on a folder that `close` releases. Their methods block the thread that calls them. */
export function createSqliteStores({ database, writeBack, release }: DataFolder, log: StoreLog): SqliteStores {
  const connection = new Connection(database);
  const aliases = createAliases(connection);
  const actions = createActions(connection);
  const keys = createIdempotencyKeys(connection);
  const seats = createSeats(connection);
  const changes = createChanges(connection);
  const users = createUsers(connection, aliases);
  const deletions = createDeletions(connection, log);
  void deletions.finishLeftOver();
  return {
    projects: createProjects(connection, deletions),
    streaks: createStreaks(connection, aliases, actions, keys, seats, changes),
    ledger: createLedger(connection, aliases, changes),
    events: createEvents(connection, aliases, actions, keys, seats, changes, writeBack),
    settings: createSettings(connection),
    users,
    zones: createZones(connection, aliases, actions, changes, users),
    tokens: createTokens(connection),
    sessions: createSessions(connection),
    audit: createAudit(connection),
    seats: { openMonth: seats.openMonth },
    usage: createUsage(connection),
    analytics: createAnalytics(connection, changes),
    leases: createLeases(connection),
    instances: createInstances(),
    // Every other method is done before it returns its promise, and a deletion finds the database closed at its next
    // slice.
    close: release,
  };
}
