import type { StoreLog, Stores } from "../stores.ts";
import { createAliases } from "./aliases.ts";
import { createAnalytics } from "./analytics.ts";
import { createApply } from "./apply.ts";
import { createAudit } from "./audit.ts";
import type { SendBulk } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { createDeletions } from "./deletions.ts";
import { createEvents } from "./events.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createInstances } from "./instances.ts";
import { createLeases } from "./leases.ts";
import { createLedger } from "./ledger.ts";
import { createLookUp } from "./look-up.ts";
import { createNotes } from "./notes.ts";
import { createOpenMonth } from "./open-month.ts";
import { createProjects } from "./projects.ts";
import { createSeatCheck } from "./seat-check.ts";
import { createSeats } from "./seats.ts";
import { createSegmentIdCache } from "./segment-ids.ts";
import { createSessions } from "./sessions.ts";
import { createSettings } from "./settings.ts";
import { createStreaks } from "./streaks.ts";
import { createSweep } from "./sweep.ts";
import { createTokens } from "./tokens.ts";
import { createUsage } from "./usage.ts";
import { createUsers } from "./users.ts";
import { createZones } from "./zones.ts";

/** See {@link Stores}. Clients that a batch has answered send their next events within the next few turns. */
const COALESCE_TURNS = 3;

/** The same for a look-up: longer, so that the events that arrived together with a state read share its query. */
const LOOK_UP_TURNS = COALESCE_TURNS + 3;

/**
 * Makes the store's ports on a database whose collections exist, and starts its housekeeping.
 *
 * @param log is told when housekeeping fails
 */
export function createMongoStores(connection: Connection, send: SendBulk, log: StoreLog): Stores {
  const segmentIds = createSegmentIdCache(connection);
  const notes = createNotes(connection, segmentIds);
  const apply = createApply(connection, send, notes);
  const keys = createIdempotencyKeys(connection);
  const seats = createSeats(connection);
  const aliases = createAliases(connection, apply, keys, seats, notes);
  const lookUp = createLookUp(connection, aliases, LOOK_UP_TURNS);
  const users = createUsers(connection, aliases);
  const deletions = createDeletions(connection);
  startHousekeeping(
    connection,
    [
      { name: "finishing deletions", run: deletions.finishLeftOver },
      { name: "sweeping links", run: createSweep(connection, aliases, seats) },
      { name: "publishing notes", run: () => connection.run(notes.publishOld) },
      { name: "checking seats", run: createSeatCheck(connection, aliases, seats) },
    ],
    log,
  );
  return {
    projects: createProjects(connection, deletions),
    streaks: createStreaks(connection, aliases, lookUp, notes),
    ledger: createLedger(connection, aliases, notes),
    events: createEvents(connection, aliases, keys, seats, apply, lookUp),
    settings: createSettings(connection),
    users,
    zones: createZones(connection, aliases, apply, notes, users),
    tokens: createTokens(connection),
    sessions: createSessions(connection),
    audit: createAudit(connection),
    seats: { openMonth: createOpenMonth(connection, aliases, seats) },
    usage: createUsage(connection),
    analytics: createAnalytics(connection, notes, segmentIds),
    leases: createLeases(connection),
    instances: createInstances(connection),
    coalesceTurns: COALESCE_TURNS,
    async close() {
      // Only when nothing is running have all notes ended. Unless other instances know that, they fold these again and again.
      await connection.drain();
      await notes.publishEnded().catch(() => undefined);
      await connection.close();
    },
  };
}
