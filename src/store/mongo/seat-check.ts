import type { Collection } from "mongodb";
import type { Aliases } from "./aliases.ts";
import { sendUpdates } from "./bulk.ts";
import type { Resolved } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { partsOf } from "./document-ids.ts";
import { isActive, RELIED_ON_MS } from "./gate.ts";
import type { SeatDocument } from "./seat-documents.ts";
import { freeUpdate, type Seats } from "./seats.ts";
import { ALL_DAYS } from "./streak-documents.ts";

/** How many seats are checked at a time. */
const CHECKED_AT_ONCE = 500;

/**
 * Makes the chore that checks whether the holders of seats are active. It frees seats that were claimed for events
 * which were never stored, because their instance was killed or their callers had stopped waiting. It does so once no
 * such event can be under way any more.
 */
export function createSeatCheck(connection: Connection, aliases: Aliases, seats: Seats): () => Promise<void> {
  const updatable = connection.seats as unknown as Collection;

  async function check(held: readonly SeatDocument[]): Promise<void> {
    const parts = held.map(({ s }) => partsOf(s) as [string, string, string]);
    const users = await aliases.resolve(
      parts.map(([projectId, userHash]) => ({ projectId, userHash })),
      ALL_DAYS,
    );
    const updates = [];
    for (const [index, seat] of held.entries()) {
      const { userHash, document } = users[index] as Resolved;
      const [, name, month] = parts[index] as [string, string, string];
      if (userHash !== name) {
        await seats.pass([seat], userHash);
      } else if (isActive(document ?? {}, month)) {
        const { _id, s, claimedAt } = seat;
        updates.push({ filter: { _id, s, claimedAt }, update: { $unset: { claimedAt: "" } }, upsert: false });
      } else {
        updates.push(freeUpdate(seat));
      }
    }
    await sendUpdates(updatable, updates);
  }

  return async () => {
    const before = new Date(Date.now() - connection.underWayMs - RELIED_ON_MS);
    let checked = CHECKED_AT_ONCE;
    while (checked === CHECKED_AT_ONCE) {
      checked = await connection.run(async () => {
        const due = connection.seats.find({ claimedAt: { $lt: before } }).sort({ claimedAt: 1 });
        const held = await due.limit(CHECKED_AT_ONCE).toArray();
        await check(held);
        return held.length;
      });
    }
  };
}
