import type { LeaseStore } from "../leases.ts";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** The leases, each a document. The database server's clock says when they are over. */
export function createLeases(connection: Connection): LeaseStore {
  const { leases, database } = connection;

  /** Returns the time of the server, in epoch milliseconds. */
  async function readTime(): Promise<number> {
    const { localTime } = await database.command({ hello: 1 });
    return localTime.getTime();
  }

  async function take(name: string, holder: string, durationMs: number): Promise<boolean> {
    const now = await readTime();
    const free = { _id: name, $or: [{ holder }, { expiresAt: { $lte: new Date(now) } }] };
    const update = { $set: { holder, expiresAt: new Date(now + durationMs) } };
    try {
      await leases.updateOne(free, update, { upsert: true });
      return true;
    } catch (error) {
      // The upsert finds the key taken, by a lease that is not free.
      if (isDuplicateKey(error)) {
        return false;
      }
      throw error;
    }
  }

  return {
    takeLease: (name, holder, durationMs) => connection.run(() => take(name, holder, durationMs)),
    releaseLease: (name, holder) =>
      connection.run(async () => {
        await leases.deleteOne({ _id: name, holder });
      }),
  };
}
