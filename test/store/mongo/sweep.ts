import { createAliases } from "#src/store/mongo/aliases.ts";
import { createApply } from "#src/store/mongo/apply.ts";
import { sendTogether } from "#src/store/mongo/bulk.ts";
import type { Connection } from "#src/store/mongo/connection.ts";
import { createIdempotencyKeys } from "#src/store/mongo/idempotency-keys.ts";
import { createNotes } from "#src/store/mongo/notes.ts";
import { createSeats } from "#src/store/mongo/seats.ts";
import { createSegmentIdCache } from "#src/store/mongo/segment-ids.ts";
import { createSweep } from "#src/store/mongo/sweep.ts";

/** Sweeps what is due, as every instance does by itself now and then. */
export async function sweep(connection: Connection): Promise<void> {
  const notes = createNotes(connection, createSegmentIdCache(connection));
  const apply = createApply(connection, sendTogether(connection), notes);
  const seats = createSeats(connection);
  const aliases = createAliases(connection, apply, createIdempotencyKeys(connection), seats, notes);
  await createSweep(connection, aliases, seats)();
}

/** Makes all links that there are, and that were not swept for good, so many milliseconds old. */
export async function passTimeAfterLinks({ streaks }: Connection, ms: number): Promise<void> {
  await streaks.updateMany({ linkedAt: { $exists: true } }, { $set: { linkedAt: new Date(Date.now() - ms) } });
}
